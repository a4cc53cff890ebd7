"""Our scripts and styles, for tests that read them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from heatmap.settings import ROOT

SCRIPTS: Final = sorted((ROOT / "assets").glob("*.js"))
STYLES: Final = sorted((ROOT / "assets").glob("*.css"))


def without_comments(path: Path) -> str:
    """A source without its comments, which may name what it does not use."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"(^|[\s;{}(,])//[^\n]*", r"\1", text) if path.suffix == ".js" else text
