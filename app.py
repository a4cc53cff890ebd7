"""The ASGI application: ``uvicorn app:server``. ``heatmap serve`` does the same with friendlier words."""

from threading import Thread

from heatmap.api import warm_up
from heatmap.site import make_site
from heatmap.store import open_snapshot

server = make_site(open_snapshot())
# The first reader should not wait for tables that the second finds ready; the page is answered meanwhile.
Thread(target=warm_up, args=(open_snapshot(),), daemon=True).start()
