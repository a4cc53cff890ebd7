"""While ``heatmap show`` watches a card, an open page loads itself again after each save."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from heatmap.settings import LIVE


def add_live(server: FastAPI) -> None:
    """Let a page ask which save is on show; nothing is added where no card is watched."""
    if LIVE():
        server.add_api_route("/live", _say_save, methods=["GET"], include_in_schema=False)


def make_live_script(address: str) -> str:
    """The script element that asks, or nothing where no card is watched.

    address     of ``assets/live.js``
    """
    return f'<script src="{address}" data-live="{int(LIVE())}" defer></script>' if LIVE() else ""


async def _say_save() -> PlainTextResponse:
    return PlainTextResponse(LIVE(), headers={"Cache-Control": "no-store"})
