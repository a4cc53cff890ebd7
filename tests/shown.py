"""``heatmap show`` in a process of its own, as a learner has it running beside the editor."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from walks import free_port


class Shown:
    """``heatmap show`` as it runs in the clone."""

    def __init__(self, layer: str, clone: Path, environment: dict[str, str]):
        self.port, self.log, opened = free_port(), clone / "show.log", clone / "opened.log"
        opener = clone / "bin" / "opener"
        opener.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n', encoding="utf-8")
        opener.chmod(0o755)
        self.opened = opened
        self.url = f"http://127.0.0.1:{self.port}"
        with self.log.open("wb") as to:
            self.process = subprocess.Popen(
                ["heatmap", "show", layer, "--port", str(self.port)],
                cwd=clone,
                env=environment | {"BROWSER": f"{opener} %s"},
                stdout=to,
                stderr=to,
                start_new_session=True,
            )

    def get(self, path: str) -> str:
        """What the site answers."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as answer:
            return answer.read().decode()

    def wait(self, what: Callable[[], bool], patience: float = 60) -> None:
        """Until something is so."""
        began = time.monotonic()
        while time.monotonic() - began < patience:
            with contextlib.suppress(OSError):
                if what():
                    return
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)
        pytest.fail(f"That did not happen within {patience:.0f} s:\n{self.log.read_text(encoding='utf-8')}")

    def stop(self, how: int = signal.SIGINT) -> None:
        """Press Ctrl+C in its window."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        self.process.wait(20)
