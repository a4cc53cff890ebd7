"""``heatmap serve`` from outside: limits of a connection, workers that die or are replaced, and how it ends."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from heatmap.settings import ROOT

PATIENCE_S = 180  # a start takes long on a busy machine
#: The real master, workers and connections around a small application, with short times so that tests need not wait.
_SERVE = """
import sys
from command import workers
from heatmap.web import connections
connections.HEADERS_S, connections.REQUEST_S, connections.LARGEST_HEADERS = 1.0, 2.0, 20_000
connections.MOST_CONNECTIONS = 8
from heatmap.web.logs import set_up_logs
set_up_logs()
config = workers.configure("127.0.0.1", 0, int(sys.argv[1]), "tests.small_app:server")
listening = config.bind_socket()
listening.listen(100)
print(listening.getsockname()[1], flush=True)
workers.Workers(config, [listening]).run()
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGHUP and SIGTERM")


class Served:
    """The master process and what it wrote."""

    def __init__(self, workers: int, folder: Path):
        self.log = folder / "log"
        script = folder / "serve_small.py"  # a file: spawned workers import the main module again
        lines = _SERVE.splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("from heatmap.web.logs"))
        script.write_text("\n".join([*lines[:at], "if __name__ == '__main__':", *(f"    {line}" for line in lines[at:])]), encoding="utf-8")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(script), str(workers)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.pids = self.wait_for(lambda found: len(found) == workers)

    def ask(self, path: str = "/") -> str:
        """The process that answers."""
        with contextlib.closing(self.connect()) as connection:
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def connect(self) -> http.client.HTTPConnection:
        """A connection that stays open."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def wait_for(self, are_right: Callable[[set[str]], bool]) -> set[str]:
        """Ask until the processes that answer are as they should be."""
        found: set[str] = set()
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                found = {self.ask() for _ in range(30)}
            if are_right(found):
                return found
            time.sleep(0.1)
        pytest.fail(f"{found}\n{self.said()}")

    def send(self, *pieces: bytes) -> tuple[bytes, bytes]:
        """The first line and the body that come back for raw bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as raw:
            with contextlib.suppress(ConnectionError):
                for piece in pieces:
                    raw.sendall(piece)
            got = b""
            with contextlib.suppress(ConnectionError):
                while piece := raw.recv(65536):
                    got += piece
        head, _, body = got.partition(b"\r\n\r\n")
        return head.split(b"\r\n")[0], body

    def said(self) -> str:
        """The log."""
        return self.log.read_text(encoding="utf-8")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[int], Served]]:
    """Starts the small application; it is stopped at the end."""
    started: list[Served] = []

    def start(workers: int) -> Served:
        started.append(Served(workers, tmp_path))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.communicate(timeout=10)


HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"


def test_what_is_too_much_or_too_slow_is_refused_with_a_sentence(serve):
    """Address, headers, garbage, slowness and too many connections: each with its status, and the worker goes on."""
    served = serve(1)
    for pieces, status, sentence in (
        ((b"GET /?" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",), b"414", b"This address is too long."),
        ((HEAD + b"X: y\r\n" * 8000 + b"\r\n",), b"431", b"The headers of this request are too large."),
        ((HEAD + b"X: ", *[b"a" * 65536] * 200), b"431", b"The headers of this request are too large."),
        ((b"\x16\x03\x01 nonsense\r\n\r\n",), b"400", b"This is not a request that we can read."),
        ((b"GET / HT",), b"408", b"This request took too long to arrive."),
        ((POST + b"Content-Length: 10\r\n\r\nabc",), b"408", b"This request took too long to arrive."),
    ):
        line, body = served.send(*pieces)
        assert status in line and sentence in body
    assert served.send(HEAD + b"X: " + b"a" * 15_000 + b"\r\nConnection: close\r\n\r\n")[0] == b"HTTP/1.1 200 OK"
    held = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(8)]
    line, body = served.send(HEAD + b"\r\n")
    assert b"503" in line and b"Too many people" in body
    for each in held:
        each.close()
    assert served.wait_for(lambda found: found == served.pids)


def test_a_connection_that_stays_open_has_its_time_for_each_request(serve):
    """A second request on a connection may come late, but not drip."""
    served = serve(1)
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_S) as raw:
        raw.sendall(HEAD + b"\r\n")
        assert b"200 OK" in raw.recv(65536)
        time.sleep(1.5)  # longer than headers may take: nothing has begun
        raw.sendall(HEAD)
        got = b""
        while piece := raw.recv(65536):
            got += piece
    assert b"408" in got


def test_every_worker_is_replaced_and_no_request_is_lost(serve):
    """SIGHUP under readers that keep their connections open."""
    served = serve(2)
    lost: list[str] = []
    stop = threading.Event()

    def read() -> None:
        connection = served.connect()
        while not stop.is_set():
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
                answer.read()
                if answer.will_close:
                    connection = served.connect()
            except (OSError, http.client.HTTPException) as fault:
                lost.append(repr(fault))
                connection.close()
                connection = served.connect()
            time.sleep(0.01)
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for each in readers:
        each.start()
    served.process.send_signal(signal.SIGHUP)
    served.wait_for(lambda found: len(found) == 2 and not found & served.pids)
    stop.set()
    for each in readers:
        each.join()
    assert lost == []
    assert "every worker is replaced, as SIGHUP asks" in served.said()


def test_a_dead_worker_is_replaced_and_said_in_the_log(serve):
    """Which worker, how it died, and which takes its place."""
    served = serve(2)
    dead = min(served.pids)
    os.kill(int(dead), signal.SIGKILL)
    now = served.wait_for(lambda found: len(found) == 2 and dead not in found)
    assert f"worker {dead} was stopped by signal 9; worker {(now - served.pids).pop()} takes its place" in served.said()


def test_sigterm_ends_it_within_ten_seconds_whatever_is_half_sent(serve):
    """Also with a request of which the end never comes."""
    served = serve(2)
    with socket.create_connection(("127.0.0.1", served.port)) as half:
        half.sendall(POST + b"Content-Length: 10\r\n\r\nabc")
        began = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(15) == 0
    assert time.monotonic() - began < 10
    assert "Traceback" not in served.said()


def test_workers_do_not_outlive_a_master_that_was_killed(serve):
    """The port is free again."""
    served = serve(2)
    served.process.kill()
    until = time.monotonic() + PATIENCE_S
    while any(Path(f"/proc/{pid}").exists() or _lives(int(pid)) for pid in served.pids):
        assert time.monotonic() < until, served.said()
        time.sleep(0.1)
    assert served.said().count("the master process has gone, so this worker ends") == 2


def _lives(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_a_fault_in_the_log_says_nothing_that_was_typed(serve):
    """The web server would print the fault's own text; our log names its kind alone, with time and level."""
    served = serve(1)
    served.ask("/broken?postcode=B147QH")
    said = served.said()
    assert "KeyError" in said and "ERROR uvicorn.error" in said
    assert "B14" not in said and "127.0.0.1" not in said and "Traceback" not in said
