"""The guides may not lie: every key, column, command, option, route and setting is documented, and every worked example works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from clones import make_clone
from walks import Walk, read_blocks

import command.cli
import etl.cli
from heatmap.layers.cards import FLAGS, Heading, Kind, LayerCard, OurColumn, PointColumn, PointsCard, RawFile, Source, Symbol
from heatmap.layers.catalogue import LAYERS_DIR, read_card
from heatmap.server import make_server
from heatmap.settings import ROOT, SETTINGS
from heatmap.snapshot import open_snapshot

DOCS = ROOT / "docs"
GUIDES = sorted([*DOCS.glob("*.md"), *DOCS.glob("gallery/*.md"), ROOT / "CONTRIBUTING.md", ROOT / "GLOSSARY.md", ROOT / "README.md"])
WALKED = ("CONTRIBUTING.md", "docs/add-a-reader.md", "docs/add-a-statistic.md", "docs/add-a-page.md", "docs/add-local-help.md")
MODELS = (LayerCard, PointsCard, Source, RawFile, Kind)
KEYS = sorted({key for model in MODELS for key in model.model_fields})


def read(name: str) -> str:
    """A guide's text."""
    return (ROOT / name).read_text(encoding="utf-8")


# ---- cards ----


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_a_card_is_explained(key: str) -> None:
    """docs/layers.md says what each key of a card, a source, a file and a kind holds."""
    assert re.search(rf"`\[*{key}\]*( = \w+)?`", read("docs/layers.md"))


@pytest.mark.parametrize("key", [key for key in KEYS if key != "id"])
def test_every_key_of_a_card_stands_in_the_example(key: str) -> None:
    """data/layers/_example.toml has each key, written out or as a comment that one can take the # from."""
    assert re.search(rf"^(# )?(\[+{key}\]+|{key} = )", read("data/layers/_example.toml"), re.MULTILINE)


def test_the_example_is_a_card(tmp_path: Path) -> None:
    """As it stands, and as points or kinds or a publisher's file once the # are taken away."""
    text = read("data/layers/_example.toml")
    as_it_stands = tmp_path / "street_trees2026_england_lsoa21.toml"
    as_it_stands.write_text(text, encoding="utf-8")
    assert isinstance(read_card(as_it_stands), LayerCard)
    head, rest = text.split("# ---- an indicator")
    middle, points = rest.split("# ---- points")
    files = re.sub(r"^# (\[\[file|\w+ = )", r"\1", middle[middle.index("# ---- a publisher") :], flags=re.MULTILINE)
    more = re.sub(r"^# (\[\[kinds)", r"\1", files, flags=re.MULTILINE)
    as_it_stands.write_text(head + "# ---- an indicator" + middle[: middle.index("# ---- a publisher")] + more, encoding="utf-8")
    assert read_card(as_it_stands).file and read_card(as_it_stands).kinds  # type: ignore[union-attr]
    source = middle[middle.index("[source]") : middle.index("# ---- a publisher")]
    places = tmp_path / "food_banks2026_england_points.toml"
    places.write_text(head + re.sub(r"^# (\w+ = )", r"\1", points[points.index("\n") :], flags=re.MULTILINE) + source, encoding="utf-8")
    assert isinstance(read_card(places), PointsCard)


@pytest.mark.parametrize("name", sorted({*get_args(OurColumn), *get_args(PointColumn), *FLAGS[1:], *get_args(Heading), *get_args(Symbol)}))
def test_every_column_and_choice_is_explained(name: str) -> None:
    """What a file's columns may be called, why a figure may be absent, what places may be."""
    assert f"`{name}`" in read("docs/layers.md")


def test_the_example_is_no_layer() -> None:
    """Files that begin with _ are not read as cards."""
    assert (LAYERS_DIR / "_example.toml").is_file()
    assert "_example" not in {path.stem for path in LAYERS_DIR.glob("[!_]*.toml")}


# ---- commands ----


def options_of(app: typer.Typer) -> Iterator[tuple[str, str]]:
    """Every command of an app with each of its options."""
    yield from _options_of(typer.main.get_command(app), "")


def _options_of(group: Any, before: str) -> Iterator[tuple[str, str]]:
    for word, one in group.commands.items():
        name = f"{before}{word}"
        if hasattr(one, "commands"):
            yield from _options_of(one, f"{name} ")
            continue
        yield name, ""
        for option in one.params:
            for written in (*option.opts, *option.secondary_opts):
                if written.startswith("--"):
                    yield name, written


COMMANDS = [(said, *pair) for said, app in (("heatmap", command.cli.app), ("python -m etl", etl.cli.app)) for pair in options_of(app)]


@pytest.mark.parametrize(("said", "name", "option"), COMMANDS)
def test_every_command_and_option_is_explained(said: str, name: str, option: str) -> None:
    """Each command has its line in docs/commands.md, with all of its options."""
    line = re.search(rf"^\| `{said} {name}[ `].*$", read("docs/commands.md"), re.MULTILINE)
    assert line and f"`{option or said}" in line[0].replace(f"`{said} {name}", f"`{said} `{said}")


def test_every_command_explains_itself() -> None:
    """Without a docstring, --help would be silent."""
    for app in (command.cli.app, etl.cli.app):
        groups: list[Any] = [typer.main.get_command(app)]
        for group in groups:
            groups += [one for one in group.commands.values() if hasattr(one, "commands")]
            assert all(one.help and all(getattr(option, "help", "-") for option in one.params) for one in group.commands.values())


@pytest.mark.parametrize("target", re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
def test_every_target_of_make_is_named(target: str) -> None:
    """What make can do stands with the commands."""
    assert f"`make {target}`" in read("docs/commands.md")


# ---- routes and settings ----


def test_every_route_of_the_api_is_explained() -> None:
    """docs/api.md names every address that the API's own description has, and none that it has not."""
    paths = set(make_server(open_snapshot()).openapi()["paths"])
    named = set(re.findall(r"^\| `(/[^`]*)` \|", read("docs/api.md"), re.MULTILINE))
    assert named == paths


def read_settings() -> set[str]:
    """Every environment variable that the code reads."""
    found = {setting.name for setting in SETTINGS}
    for path in [*(path for room in ("heatmap", "etl", "command") for path in (ROOT / room).rglob("*.py")), ROOT / "tests" / "conftest.py"]:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"environ(?:\.get\(|\[)\"(\w+)\"", text)) | set(re.findall(r"envvar=\"(\w+)\"", text))
    return found


@pytest.mark.parametrize("name", sorted(read_settings()))
def test_every_setting_is_explained(name: str) -> None:
    """docs/architecture.md lists each environment variable with its default and what it is for."""
    assert re.search(rf"^\| `{name}` \| [^|]+ \| [^|]+ \|$", read("docs/architecture.md"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "assets").glob("*.js")))
def test_every_script_has_its_line(name: str) -> None:
    """docs/architecture.md says what each script of a page is for."""
    assert re.search(rf"^\| [^|]*`{re.escape(name)}`[^|]* \| [^|]+ \|$", read("docs/architecture.md"), re.MULTILINE)


# ---- the guides themselves ----


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(guide: Path) -> None:
    """Every link to a file of ours finds it."""
    links = re.findall(r"\]\((?!https?://)([^)#]+)", guide.read_text(encoding="utf-8"))
    assert [link for link in links if not (guide.parent / link).exists()] == []


def test_the_glossary_is_in_order() -> None:
    """One can find a word by the alphabet, and every reason and polarity has its word."""
    text = read("GLOSSARY.md")
    words = re.findall(r"^\| \*\*([^*]+)\*\*", text, re.MULTILINE)
    assert words == sorted(words, key=str.lower) and len(words) >= 40
    assert all(f"`{name}`" in text for name in (*FLAGS[1:], "high_is_worse", "low_is_worse", "no_judgement"))


def test_set_up_is_what_make_does() -> None:
    """What a walk cannot repeat is at least there: the target, and the command it makes known."""
    once = [block.text for block in read_blocks(ROOT / "CONTRIBUTING.md") if block.said == "sh once"]
    assert once == ["make setup\n. .venv/bin/activate\n"]
    assert re.search(r"^setup:", read("Makefile"), re.MULTILINE) and 'heatmap = "command.cli:main"' in read("pyproject.toml")


@pytest.mark.programs
@pytest.mark.parametrize("page", WALKED)
def test_a_guide_can_be_walked(tmp_path: Path, page: str) -> None:
    """In a fresh clone, every file and command of the page gives what the page says."""
    environment = make_clone(tmp_path / "clone")
    blocks = read_blocks(ROOT / page)
    assert len(blocks) >= 2
    with Walk(tmp_path / "clone", environment) as walk:
        for block in blocks:
            walk.take(block)
