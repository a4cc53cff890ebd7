"""``python -m etl``: the door of the ETL's command line, which is in ``etl/cli.py``."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line. Until its libraries have been read there is nothing to tidy up: Ctrl+C simply ends it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from etl.cli import main as run  # half a second of libraries

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
