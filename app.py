"""The ASGI application: ``uvicorn app:server``. ``heatmap serve`` does the same with friendlier words."""

from datetime import date
from threading import Thread

from heatmap.api import warm_up
from heatmap.pages import inequality_areas, place
from heatmap.projects.shelf import open_shelf
from heatmap.site import make_site
from heatmap.store import open_snapshot

server = make_site(open_snapshot())


def _prepare() -> None:
    """The first reader should not wait for tables that the second finds ready; pages are answered meanwhile."""
    snapshot = open_snapshot()
    warm_up(snapshot)
    open_shelf(snapshot)
    place.draw_body(str(snapshot.areas["lsoa"].code[0]), "", date.today())
    inequality_areas.draw_body("")  # the parts of England that every ranking is made of


Thread(target=_prepare, daemon=True).start()
