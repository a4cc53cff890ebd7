"""What the log holds: one line for each request and each fault, with its time and level, on the standard error.

A line names the method, the route's template, the status and the time it took. It never has an address of a reader, a query, or
anything that was typed: a fault is named by its kind and by the line of our code, since its text may hold what was typed.
"""

from __future__ import annotations

import logging
import time
import traceback
from pathlib import Path
from typing import Final

from heatmap.settings import LOG_LEVEL, ROOT

FAULTS = logging.getLogger("heatmap.faults")
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class _Utc(logging.Formatter):
    converter = time.gmtime  # type: ignore[assignment]
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        """A fault without its text, whoever logs it."""
        return say_fault_where(ei[1]) if isinstance(ei, tuple) and isinstance(ei[1], BaseException) else ""


def set_up_logs() -> None:
    """Write our own lines to the standard error, and silence the web server's own, which has addresses and queries in it.

    Called when the application is loaded, so that ``uvicorn app:server`` is as silent as ``heatmap serve``.
    A level that we do not know counts as "info".
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Utc(_FORMAT))
    for name, level in (("heatmap", _LEVELS.get(LOG_LEVEL().lower(), logging.INFO)), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
    web_server = logging.getLogger("uvicorn.access")
    web_server.handlers, web_server.propagate = [], False


def say_fault_where(fault: BaseException) -> str:
    """A fault by its kind and the innermost line of our own code that it passed; nothing of its text.

    >>> try:
    ...     int("B14 7QH")
    ... except ValueError as fault:
    ...     say_fault_where(fault)
    'ValueError'
    """
    for frame in reversed(traceback.extract_tb(fault.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(ROOT / "heatmap"):
            return f"{type(fault).__name__} in {path.relative_to(ROOT).as_posix()}:{frame.lineno}"
    return type(fault).__name__
