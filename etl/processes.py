"""Whether a process that left its number on the disk still runs."""

from __future__ import annotations

import os


def is_alive(process: int) -> bool:
    """Whether a process of that number runs on this machine; where asking would end it, as on Windows, it counts as running.

    >>> is_alive(os.getpid())
    True
    """
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it lives, and belongs to someone else
        return True
    return True
