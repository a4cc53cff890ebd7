"""The baseline: what a good Dash builder writes first. One choroplethmap trace, GeoJSON by URL, a Patch of the values.

``uvicorn bench.baseline_app:server``; BENCH_CAMERA (JSON: box, zoom, center) says where our own map stands and opens.
Only the GeoJSON is compressed: on the loopback it would cost the rest more time than it saves.
"""

import json
import lzma
import os

import brotli
import plotly.graph_objects as go
from dash import Dash, Input, Output, Patch, dcc, html
from fastapi import FastAPI, Response

from bench import SERIES
from heatmap.snapshot import open_snapshot

camera = json.loads(os.environ["BENCH_CAMERA"])
snapshot = open_snapshot()
codes = snapshot.areas["lsoa"].code.tolist()


def tenths_of(series: str) -> list[int]:
    """Every LSOA's tenth, by position."""
    return snapshot.table(f"{series}2025_england_lsoa21")["lsoa"].decile.tolist()


def compress_geojson() -> bytes:
    """The snapshot's outlines (75 m, four decimals) with their codes and nothing else, compressed once."""
    outlines = json.loads(lzma.decompress(snapshot.path("outlines/lsoa").read_bytes()))
    for feature in outlines["features"]:
        feature["id"], feature["properties"] = feature["properties"]["code"], {}
    return brotli.compress(json.dumps(outlines, separators=(",", ":")).encode(), quality=5)


geojson = compress_geojson()
server = FastAPI()


@server.get("/lsoa.geojson")
def send_outlines() -> Response:
    """The outlines, as they were compressed at the start."""
    return Response(geojson, headers={"Content-Encoding": "br"}, media_type="application/geo+json")


def draw_map() -> go.Figure:
    """England by the first indicator, in ten fixed colours, with no line between areas."""
    trace = go.Choroplethmap(
        geojson="/lsoa.geojson", locations=codes, z=tenths_of("imd"), zmin=1, zmax=10, colorscale="Viridis", marker_line_width=0
    )
    lng, lat = camera["center"]
    place = {"style": "white-bg", "zoom": camera["zoom"], "center": {"lon": lng, "lat": lat}}
    return go.Figure(trace, go.Layout(map=place, margin={"l": 0, "r": 0, "t": 0, "b": 0}))


left, top, width, height = camera["box"]
app = Dash("baseline", server=server, assets_ignore=".*")  # else Dash would serve our own scripts with it
app.layout = html.Div(
    [
        html.Div(dcc.Dropdown(list(SERIES), "imd", id="series", clearable=False), style={"width": left - 20}),
        dcc.Graph(
            figure=draw_map(),
            id="map",
            style={"position": "absolute", "left": left, "top": top, "width": width, "height": height},
        ),
    ]
)


@app.callback(Output("map", "figure"), Input("series", "value"), prevent_initial_call=True)
def show_series(series: str) -> Patch:
    """The values alone, so that the outlines are not sent again."""
    figure = Patch()
    figure["data"][0]["z"] = tenths_of(series)
    return figure
