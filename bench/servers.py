"""Servers on free ports of this machine: started, timed, weighed and always stopped; and the build, timed and weighed."""

import http.client
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench import Book

ROOT = Path(__file__).parent.parent
_PATIENCE_S = 60
# The command line builds into data/built; its function takes any folder.
_BUILD = "import sys; from pathlib import Path; from etl.build import build; build(Path(sys.argv[1]), folder=Path(sys.argv[2]))"


@dataclass
class Server:
    """One running server. ``start_s`` is the time from spawning the process to its first answer."""

    process: psutil.Popen
    port: int
    start_s: float

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def weigh(self, book: Book, when: str) -> None:
        """Note the MiB of each worker: those that only it holds, and all that are resident."""
        weights = [process.memory_full_info() for process in (self.process, *self.process.children(recursive=True))]
        for weight in weights:
            if weight.uss > max(each.uss for each in weights) / 2:  # the others only watch over the workers
                book.add(f"memory own {when}", "ours", weight.uss / 2**20)
                book.add(f"memory {when}", "ours", weight.rss / 2**20)


@contextmanager
def serving(app: str, asked: str = "/health", workers: int = 1, **camera: object) -> Iterator[Server]:
    """A server for as long as the block lasts.

    asked    the address whose first answer says that it has started
    camera   what BENCH_CAMERA tells the baseline and the floor of our own map
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # As an installed program starts: with its modules compiled, whatever this shell says.
    environment = {**os.environ, "BENCH_CAMERA": json.dumps(camera), "PYTHONPYCACHEPREFIX": str(ROOT / "var" / "bench")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--workers", str(workers), "--log-level", "error"]
    began = time.perf_counter()
    process = psutil.Popen(command, cwd=ROOT, env=environment)
    try:
        while not _answers(port, asked):
            if process.poll() is not None or time.perf_counter() - began > _PATIENCE_S:
                raise RuntimeError(f"{app} did not start within {_PATIENCE_S} s")
            time.sleep(0.01)
        yield Server(process, port, time.perf_counter() - began)
    finally:
        if process.poll() is None:
            family = [process, *process.children(recursive=True)]
            process.terminate()
            for straggler in psutil.wait_procs(family, timeout=5)[1]:
                straggler.kill()


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def measure_build(mirror: Path, book: Book) -> None:
    """Build twice into the same empty folder: seconds, and the highest sum of resident MiB of the process and its children."""
    with tempfile.TemporaryDirectory() as folder:
        for what in ("build", "rebuild"):
            began, peak = time.perf_counter(), 0
            process = psutil.Popen([sys.executable, "-c", _BUILD, str(mirror), folder], cwd=ROOT)
            while process.poll() is None:
                with suppress(psutil.NoSuchProcess):  # one of them has just ended
                    peak = max(peak, sum(each.memory_info().rss for each in (process, *process.children(recursive=True))))
                time.sleep(0.1)
            if process.returncode:
                raise RuntimeError(f"the build ended with code {process.returncode}")
            book.add(f"{what} time", "ours", time.perf_counter() - began)
            book.add(f"{what} memory", "ours", peak / 2**20)
