"""The ASGI application. Serve it by ``heatmap serve``, which adds limits to each connection and replaces workers that die."""

from heatmap import worker
from heatmap.logs import set_up_logs
from heatmap.site import make_site
from heatmap.store import open_snapshot

set_up_logs()
server = make_site(open_snapshot())
worker.begin(open_snapshot())
