"""A small application for tests of what stands around an application: it says which process answers."""

from __future__ import annotations

import os
from typing import Any

from heatmap.web.logs import set_up_logs
from heatmap.worker import end_with_master

set_up_logs()
end_with_master()


async def server(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads the whole request, then answers with the number of this process."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    if scope["path"] == "/broken":
        raise KeyError("B14 7QH")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})
