"""The floor: a bare MapLibre page that draws our tiles with literal values. Everything but the page is our own app.

``uvicorn bench.floor_app:server``; BENCH_CAMERA (JSON: box, zoom, center) says where our own map stands and opens.
"""

import json
import os
from pathlib import Path

from fastapi.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from app import server as ours
from heatmap.drawing.tokens import colour
from heatmap.map import description as mapview
from heatmap.snapshot import open_snapshot

page = mapview.describe_page(open_snapshot())
layer = page["layers"][page["defaultLayer"]]
floor = {
    **json.loads(os.environ["BENCH_CAMERA"]),
    **page["levels"]["lsoa"],
    "source": page["style"]["sources"]["lsoa"],
    "paint": layer["paint"],
    "colours": [colour(mapview.PALETTE[number]) for number in layer["views"]["lsoa.tenths"]["colours"]],
}
HTML = (Path(__file__).parent / "floor.html").read_text(encoding="utf-8").replace("{{floor}}", json.dumps(floor))


async def server(scope: Scope, receive: Receive, send: Send) -> None:
    """The bare page at /, our own app everywhere else."""
    answer = HTMLResponse(HTML) if scope["type"] == "http" and scope["path"] == "/" else ours
    await answer(scope, receive, send)
