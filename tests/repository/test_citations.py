"""What the guides, comments and docstrings cite is in the repository: a reader who looks for it finds it."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from heatmap.settings import ROOT

FILES = sorted(
    subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\n")[:-1]
)
READ = [name for name in FILES if Path(name).suffix in {".md", ".py", ".js", ".css"} and (ROOT / name).is_file()]
#: A path from one of our folders, or a file of prose, code or style by its name, with or without folders.
CITED = re.compile(
    r"(?<![\w/.:<>{}*-])"
    r"((?:heatmap|etl|command|tests|docs|data|assets|bench|requirements)/[\w./-]*\w/?|[\w-]+(?:/[\w-]+)*\.(?:md|py|js|css))"
    r"(?![\w*<{}/-])"
)
#: A block of a guide; one that is headed by a path is a file that the reader writes.
FENCE = re.compile(r"^ *```[ \w]*?(?: (\S+/\S+))?\n.*?^ *```$", re.MULTILINE | re.DOTALL)


def read_prose(name: str) -> Iterator[str]:
    """The parts of a file that are written for people: a guide outside its blocks, comments, docstrings without their examples."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".md"):
        yield FENCE.sub("", text)
    elif name.endswith(".py"):
        yield from (token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield re.sub(r"^ *(>>>|\.\.\.).*(\n.+)*", "", ast.get_docstring(node) or "", flags=re.MULTILINE)
    else:
        yield from re.findall(r"/\*.*?\*/|(?<!:)//[^\n]*", text, re.DOTALL)


def find_missing(name: str, prose: str, made: frozenset[str] = frozenset()) -> set[str]:
    """The paths that a text cites and the repository has not; ``made`` are those that its reader writes.

    An ending is enough: ``place/story.py`` cites ``heatmap/place/story.py``.
    """
    cited = {path.rstrip("/") for path in CITED.findall(prose)} - made
    known = {f"/{each}" for each in FILES} | {f"/{folder}" for each in FILES for folder in map(str, Path(each).parents)}
    return {path for path in cited if not any(each.endswith(f"/{path}") for each in known)}


@pytest.mark.parametrize("name", READ)
def test_what_is_cited_is_there(name: str) -> None:
    """Every path of a guide, a comment and a docstring."""
    made = (
        frozenset(path for path in FENCE.findall((ROOT / name).read_text(encoding="utf-8")) if path)
        if name.endswith(".md")
        else frozenset()
    )
    assert find_missing(name, "\n".join(read_prose(name)), made) == set()


def test_a_path_that_is_gone_is_found() -> None:
    """Such as the two that this test was written for."""
    assert find_missing("any.py", "Source: sentences_of_old.md, section 3; check_palettes.py measures them. See heatmap/store.") == {
        "sentences_of_old.md",
        "check_palettes.py",
        "heatmap/store",
    }
    assert find_missing("any.py", "place/story.py, docs/decisions/ and https://example.org/a.js") == set()
