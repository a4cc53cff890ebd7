"""What a deployer may set, each by an environment variable; the command line and the docs read this list."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: The folder of the whole product: the assets, the data and the pages lie in it.
ROOT: Final = Path(__file__).parent.parent


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
DATA = Setting("HEATMAP_DATA", "", "The folder where what people share is kept, if not the platform's own place for a user's data.")
DATABASE_URL = Setting(
    "DATABASE_URL", "", "A PostgreSQL database for what people share, like postgresql://user:password@host/name; else SQLite."
)
WRITES = Setting("HEATMAP_WRITES_AN_HOUR", "60", "How often one client may share, correct or report in an hour.")
ROOT_PATH = Setting("ROOT_PATH", "", "The path under which a proxy shows the map, like /heatmap, if not at the root of a site.")
LOG_LEVEL = Setting("HEATMAP_LOG", "info", "Which lines the log has: info (every request), warning or error (faults alone).")
SETTINGS = (HOST, PORT, WORKERS, FEEDBACK_URL, SNAPSHOT, LOCAL, LIVE, DATA, DATABASE_URL, WRITES, LOG_LEVEL, ROOT_PATH)
