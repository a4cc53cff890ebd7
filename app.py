"""The ASGI application: ``uvicorn app:server``. ``heatmap serve`` does the same with friendlier words."""

from datetime import date
from pathlib import Path
from threading import Thread

from heatmap.code_faults import say_code_fault
from heatmap.errors import HeatmapError
from heatmap.store import open_snapshot

try:
    from heatmap.api import warm_up
    from heatmap.pages import inequality_areas, place
    from heatmap.projects.shelf import open_shelf
    from heatmap.site import make_site

    server = make_site(open_snapshot())
except SyntaxError as fault:  # of a page that another imports
    raise SystemExit(say_code_fault(fault, Path(fault.filename or "?"))) from None
except HeatmapError as fault:
    raise SystemExit(str(fault)) from None


def _prepare() -> None:
    """The first reader should not wait for tables that the second finds ready; pages are answered meanwhile."""
    snapshot = open_snapshot()
    warm_up(snapshot)
    open_shelf(snapshot)
    place.draw_body(str(snapshot.areas["lsoa"].code[0]), "", date.today())
    inequality_areas.draw_body("")  # the parts of England that every ranking is made of


Thread(target=_prepare, daemon=True).start()
