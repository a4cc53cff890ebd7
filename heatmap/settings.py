"""What a deployer may set, each by an environment variable; the command line and the docs read this list."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One setting: its variable, what holds if it is not set, and what it is for."""

    name: str
    default: str
    help: str

    def __call__(self) -> str:
        """Its value now."""
        return os.environ.get(self.name, self.default)


HOST = Setting("HOST", "127.0.0.1", "The address to serve on; 0.0.0.0 for every address of the machine.")
PORT = Setting("PORT", "8050", "The port to serve on.")
WORKERS = Setting("WORKERS", "1", "How many processes serve the pages.")
FEEDBACK_URL = Setting("FEEDBACK_URL", "", "Where “Tell us what is wrong” leads: a web page or a mailto: address.")
SNAPSHOT = Setting("HEATMAP_SNAPSHOT", "", "The folder of the snapshot to serve, if not the embedded one.")
LOCAL = Setting("HEATMAP_LOCAL", "", "The deployer's own folder, where `heatmap import` keeps the lists it has read, if not `local`.")
LIVE = Setting("HEATMAP_LIVE", "", "Set by `heatmap show`: the number of the save on show, so that an open page loads itself again.")
SETTINGS = (HOST, PORT, WORKERS, FEEDBACK_URL, SNAPSHOT, LOCAL, LIVE)
