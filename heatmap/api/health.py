"""Whether the server answers, for a load balancer and for whoever watches it."""

from __future__ import annotations

import asyncio
from typing import Final

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response

from heatmap.api.models import Health
from heatmap.api.projects import shelf_of
from heatmap.api.sharing import store_of
from heatmap.projects.shelf import was_away
from heatmap.web.sending import pack_json

router = APIRouter(tags=["the server"])
#: How long the answer waits for the database, in seconds.
ANSWER_S: Final = 1.0


@router.get("/health", summary="Whether the server answers", response_model=Health)
async def say_health(request: Request) -> Response:
    """Says "ok", or "degraded" while the database of projects does not answer, and names the build of the data.

    The status is 200 in both cases: maps, places and the projects read last are still served, so a load balancer should not take
    the worker away.
    """
    away = await _is_database_away(request)
    said = {
        "status": "degraded" if away else "ok",
        "build": request.app.state.snapshot.build,
        "database": "away" if away else "ok",
    }
    return Response(pack_json(said).plain(), media_type="application/json", headers={"Cache-Control": "no-store"})


async def _is_database_away(request: Request) -> bool:
    """Asked in a thread of its own, so that busy readers' threads cannot keep the answer waiting.

    A busy worker, or a database that is slow to fail, takes longer than the answer may: then what was known last is said, and the
    next answer has what the thread found.
    """
    state = request.app.state
    if not hasattr(state, "health_limiter"):
        state.health_limiter = CapacityLimiter(2)
    asked = to_thread.run_sync(shelf_of, request, abandon_on_cancel=True, limiter=state.health_limiter)
    try:
        return (await asyncio.wait_for(asked, ANSWER_S)).away
    except TimeoutError:
        return was_away(store_of(request))
