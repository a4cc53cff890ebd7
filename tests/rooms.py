"""The rooms of the house (docs/rooms.toml): who may import whom, every import there is, and the table of docs/architecture.md.

``python -m tests.rooms`` prints the table again.
"""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from heatmap.settings import ROOT

ARCHITECTURE = ROOT / "docs" / "architecture.md"
_TABLE = re.compile(r"(<!-- rooms: python -m tests\.rooms -->\n).*?(<!-- end -->)", re.DOTALL)


@cache
def read_rooms() -> dict[str, Any]:
    """The whole file: floors from the ground up, and what stands beside ``heatmap``."""
    return tomllib.loads((ROOT / "docs" / "rooms.toml").read_text(encoding="utf-8"))


def floors() -> list[dict[str, str]]:
    """What each room of ``heatmap`` is for, by floor, from the ground up."""
    return [{room: what for room, what in floor.items() if room != "name"} for floor in read_rooms()["floor"]]


def may_import(room: str) -> frozenset[str]:
    """The other rooms of ``heatmap`` that a room may import: ``etl``, ``command``, or one of ``heatmap`` itself."""
    at = [floor for floor in floors() if room in floor]
    if room == "command":
        return frozenset(each for floor in floors() for each in floor)
    if room == "etl":
        named = {each for floor in read_rooms()["floor"] if floor["name"] == "ground" for each in floor if each != "name"}
        return frozenset(named | set(read_rooms()["etl"]["imports"]) - {"ground"})
    return frozenset(each for floor in floors()[: floors().index(at[0])] for each in floor)


def modules() -> list[Path]:
    """Every module of ours."""
    return sorted(path for room in ("heatmap", "etl", "command") for path in (ROOT / room).rglob("*.py"))


def room_of(path: Path) -> str:
    """The room that a module is in: one of ``heatmap``, ``etl`` or ``command``; ``heatmap`` for the package's own two files."""
    first, second, *_ = [*path.relative_to(ROOT).with_suffix("").parts, ""]
    return first if first != "heatmap" or second.startswith("__") else second


def imports_of(text: str) -> set[str]:
    """Every module a source imports, wherever in it: ``from a import b`` may mean a or a.b, so both are given.

    >>> sorted(imports_of("import a.b\\ndef f():\\n    from heatmap import store\\n"))
    ['a.b', 'heatmap', 'heatmap.store']
    """
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write the whole name: from heatmap.errors import ..."
            found |= {str(node.module)} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def rooms_in(imports: set[str]) -> set[str]:
    """The rooms of ours among imports; what the package itself says, its version, is no room.

    >>> sorted(rooms_in({"heatmap", "heatmap.__version__", "heatmap.web.sending", "etl.areas", "numpy"}))
    ['etl', 'web']
    """
    inside = {name.split(".")[1] for name in imports if name.startswith("heatmap.")} - {"__version__"}
    return inside | {name.partition(".")[0] for name in imports} & {"etl", "command"}


def faults_of(path: Path, text: str) -> list[str]:
    """Every import of a module that the table does not allow."""
    room, rooms = room_of(path), read_rooms()
    name = path.relative_to(ROOT).as_posix()
    imports = imports_of(text)
    allowed = {room}
    if room == "heatmap":
        allowed |= {"command"} if name in rooms["command"]["called_by"] else set()
    else:
        allowed |= may_import(room) | ({"etl"} if room == "command" else set()) | set(rooms["etl"]["except"].get(name, ()))
    found = sorted(rooms_in(imports) - allowed)
    found += [lib for lib, known in rooms["libraries"].items() if lib in {each.partition(".")[0] for each in imports} and room not in known]
    for alone, libraries in rooms["alone"].items():
        if name.startswith(f"{alone}/"):
            own = alone.replace("/", ".")
            found += sorted(each for each in imports if each.startswith(("etl.", "heatmap")) and not each.startswith(own))
            found += sorted({each.partition(".")[0] for each in imports} & set(libraries))
    return [f"{name} imports {each}, which docs/rooms.toml does not allow" for each in found]


def print_table() -> str:
    """The rooms as a table in Markdown, from the top of the house to the ground."""
    rooms = read_rooms()
    lines = ["| floor | room | what it is for |", "|---|---|---|"]
    lines.append(f"| beside | `command` | {rooms['command']['for']}: imports everything, and nobody imports it |")
    lines.append(f"| beside | `etl` | {rooms['etl']['for']}: imports {', '.join(rooms['etl']['imports'])}; only `command` imports it |")
    numbered = list(enumerate(zip(rooms["floor"], floors(), strict=True), start=1))
    for number, (floor, inside) in reversed(numbered):
        lines += [f"| {number} {floor['name']} | `{room}` | {what} |" for room, what in inside.items()]
    return "\n".join(lines)


def put_table(text: str) -> str:
    """A guide with the table as it is today between its two marks."""
    return _TABLE.sub(lambda found: f"{found[1]}{print_table()}\n{found[2]}", text)


if __name__ == "__main__":
    ARCHITECTURE.write_text(put_table(ARCHITECTURE.read_text(encoding="utf-8")), encoding="utf-8")
