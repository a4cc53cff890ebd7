"""The master process of ``heatmap serve``: it starts the workers, replaces those that die, and says so in the log.

SIGHUP replaces every worker, one after another, while the others go on. SIGTERM and Ctrl+C end all within ten seconds.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import Final

from uvicorn import Config
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from heatmap.web.connections import MOST_CONNECTIONS

#: How long a worker may finish what it has begun, and how long we then wait for it at most, in seconds.
FINISH_S, END_S = 5, 8.0
#: A worker that says nothing for so long is replaced. Five seconds, uvicorn's own, are too few: a worker whose processor is busy with
#: readers may take longer to say that it lives, and both were replaced under load though nothing was wrong.
SILENT_S: Final = 60
_LOG = logging.getLogger("heatmap.workers")


class Workers(Multiprocess):
    """As many processes as the configuration says, each serving the same socket."""

    def keep_subprocess_alive(self) -> None:
        """Replace workers that have died or say nothing, and write down which and why."""
        before = list(self.processes)
        ended = {id(process): not process.process.is_alive() for process in before}
        super().keep_subprocess_alive()
        for old, new in zip(before, self.processes, strict=True):
            if new is not old:
                how = _say_how(old) if ended[id(old)] else f"said nothing for {SILENT_S} seconds"
                _LOG.error("worker %s %s; worker %s takes its place", old.pid, how, new.pid)

    def restart_all(self) -> None:
        """Replace every worker; the next waits until the one before is ready."""
        _LOG.warning("every worker is replaced, as SIGHUP asks")
        super().restart_all()
        _LOG.warning("now serving: %s", ", ".join(str(process.pid) for process in self.processes))

    def join_all(self) -> None:
        """Wait for the workers to end; stop by force whoever has not ended in time."""
        until = time.monotonic() + END_S
        for process in self.processes:
            process.process.join(max(0.0, until - time.monotonic()))
            if process.process.is_alive():
                _LOG.error("worker %s did not end within %.0f seconds and is stopped by force", process.pid, END_S)
                process.process.kill()
            process.process.join()


def configure(host: str, port: int, workers: int, app: str = "app:server") -> Config:
    """What uvicorn is told: our connections with their limits, no access log of its own, and time to finish."""
    return Config(
        app,
        host=host,
        port=port,
        workers=workers,
        http="heatmap.web.connections:Connection",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=FINISH_S,
        timeout_worker_healthcheck=SILENT_S,
    )


def allow_connections() -> None:
    """Let each worker hold as many connections as it may: the system's own limit of open files is often a thousand."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + 500
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _say_how(process: Process) -> str:
    code = process.exitcode
    return f"was stopped by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"
