"""Walk a page of the guides as a reader would: write its files, run its commands, and hold what they print against it.

What a fenced block is, its first line says after the three backticks:

    sh              run it; it must succeed
    sh fails        run it; it must fail, with a sentence and no traceback
    sh stays        start it and leave it running, to the end of the page
    sh once         set-up that a test cannot repeat: it is read, not run
    text            each of its lines must stand in what the last commands printed
    <kind> <path>   write this file
    python append <path>    write this at the end of that file, after two blank lines
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"^```(.+?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PORT = re.compile(r"\b80[56]\d\b")
PATIENCE = 90.0  # seconds


@dataclass(frozen=True)
class Block:
    """One fenced block: what its first line says, and what stands in it."""

    said: str
    text: str


def read_blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(said.strip(), text) for said, text in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def free_port() -> int:
    """A port that nothing serves on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Walk:
    """One walk through a page in a clone. Ports that the page names are replaced by free ones."""

    def __init__(self, folder: Path, environment: dict[str, str]):
        self.folder, self.environment = folder, environment
        self.printed = ""
        self.running: list[subprocess.Popen[bytes]] = []
        self.ports: dict[str, str] = {}

    def __enter__(self) -> Walk:
        return self

    def __exit__(self, *_: Any) -> None:
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def take(self, block: Block) -> None:
        """Do what a block says."""
        kind, _, rest = block.said.partition(" ")
        if kind == "sh":
            {"": self._run, "fails": self._fail, "stays": self._stay, "once": lambda text: None}[rest](self._with_ports(block.text))
        elif kind == "text":
            self._hold(self._with_ports(block.text))
        elif rest.startswith("append "):
            with (self.folder / rest.removeprefix("append ")).open("a", encoding="utf-8") as to:
                to.write(f"\n\n{block.text}")
        else:
            path = self.folder / rest
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")

    def _with_ports(self, text: str) -> str:
        return _PORT.sub(lambda found: self.ports.setdefault(found[0], str(free_port())), text)

    def _run(self, text: str) -> None:
        done = self._shell(text)
        assert done.returncode == 0, f"{text}\nfailed with:\n{self.printed}"

    def _fail(self, text: str) -> None:
        done = self._shell(text)
        assert done.returncode == 1, f"{text}\nshould have failed; it said:\n{self.printed}"
        assert "Traceback" not in self.printed

    def _shell(self, text: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["sh", "-e", "-c", text],
            cwd=self.folder,
            env=self._environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
        )
        self.printed = done.stdout
        return done

    def _stay(self, text: str) -> None:
        log = self.folder / f"stays-{len(self.running)}.log"
        with log.open("wb") as to:
            self.running.append(
                subprocess.Popen(
                    ["sh", "-e", "-c", text],
                    cwd=self.folder,
                    env=self._environment(),
                    stdout=to,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
        address, began = None, time.monotonic()
        while time.monotonic() - began < PATIENCE:
            self.printed = log.read_text(encoding="utf-8")
            address = address or next(iter(re.findall(r"http://[\w.:]+", self.printed)), None)
            if address and answers(address):
                return
            assert self.running[-1].poll() is None, f"{text}\nended with:\n{self.printed}"
            time.sleep(0.2)
        raise AssertionError(f"{text}\ndid not serve within {PATIENCE:.0f} s; it said:\n{self.printed}")

    def _environment(self) -> dict[str, str]:
        # The default port of the page, where a command names none; and no browser is opened.
        return self.environment | {"PORT": self.ports.setdefault("8050", str(free_port())), "BROWSER": "true"}

    def _hold(self, text: str) -> None:
        for line in text.splitlines():
            assert line in self.printed, f"The page shows the line\n{line}\nbut the commands printed\n{self.printed}"


def answers(address: str) -> bool:
    """Whether a site serves there."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, int(port))) == 0
