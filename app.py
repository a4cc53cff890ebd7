"""The ASGI application. Serve it by ``heatmap serve``, which adds limits to each connection and replaces workers that die."""

from pathlib import Path

from heatmap.code_faults import say_code_fault
from heatmap.errors import HeatmapError
from heatmap.snapshot import open_snapshot
from heatmap.web.logs import set_up_logs

set_up_logs()
try:
    from heatmap import worker
    from heatmap.site import make_site

    server = make_site(open_snapshot())
except SyntaxError as fault:  # of a page that another imports
    raise SystemExit(say_code_fault(fault, Path(fault.filename or "?"))) from None
except HeatmapError as fault:
    raise SystemExit(str(fault)) from None
worker.begin(open_snapshot())
