"""While ``heatmap show`` watches a card, an open page loads itself again after each good save, and tells the faults of any other."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from heatmap.settings import LIVE, SNAPSHOT

#: In the folder of the snapshot on show: what is wrong with the last save, a sentence a line; absent while all is well.
FAULT: Final = "fault.txt"


def add_live(server: FastAPI) -> None:
    """Let a page ask which save is on show; nothing is added where no card is watched."""
    if LIVE():
        server.add_api_route("/live", _say_save, methods=["GET"], include_in_schema=False)


def make_live_script(address: str) -> str:
    """The script element that asks, or nothing where no card is watched.

    address     of ``assets/live.js``
    """
    return f'<script src="{address}" data-live="{int(LIVE())}" defer></script>' if LIVE() else ""


def _say_save() -> PlainTextResponse:
    """The number of the save on show, and on further lines what is wrong with a later one."""
    fault = Path(SNAPSHOT()) / FAULT
    said = fault.read_text(encoding="utf-8") if SNAPSHOT() and fault.is_file() else ""
    return PlainTextResponse(f"{LIVE()}\n{said}".rstrip(), headers={"Cache-Control": "no-store"})
