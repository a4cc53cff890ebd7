"""The ASGI application: ``uvicorn app:server``. ``heatmap serve`` does the same with friendlier words."""

from datetime import date
from threading import Thread

from heatmap.api import warm_up
from heatmap.pages.place import draw_body
from heatmap.projects.shelf import open_shelf
from heatmap.site import make_site
from heatmap.store import open_snapshot

server = make_site(open_snapshot())


def _prepare() -> None:
    """The first reader should not wait for tables that the second finds ready; pages are answered meanwhile."""
    snapshot = open_snapshot()
    warm_up(snapshot)
    open_shelf(snapshot)
    draw_body(str(snapshot.areas["lsoa"].code[0]), "", date.today())


Thread(target=_prepare, daemon=True).start()
