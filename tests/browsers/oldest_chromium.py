"""Fetch the oldest Chromium that we support: one npm package carries it whole, for Linux on x86-64, and npm's registry keeps it.

``python tests/browsers/oldest_chromium.py`` puts it into ``var/browsers/chromium109``; what is there already is left alone.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import brotli

from heatmap.settings import ROOT

PACKAGE = "@sparticuz/chromium@109.0.6"
SHA512 = "f614c4d370d79eb5938863697e32df9868487e689501ead23e29c36fec796c174ce0a1783cc335359d00f95ed629ace803e09ab125ffa2c1caf0ad0cb8eeaeaa"
FOLDER = ROOT / "var" / "browsers" / "chromium109"


def main() -> None:
    """Fetch, check, unpack; stops with one sentence where the package is not the one we know."""
    if (FOLDER / "chromium").exists():
        return
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["npm", "pack", PACKAGE, "--silent", "--pack-destination", scratch], check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(scratch).glob("*.tgz")
        content = archive.read_bytes()
    if hashlib.sha512(content).hexdigest() != SHA512:
        sys.exit(f"{PACKAGE}: what npm sent is not what we know under this name. Do not use it; try again from another network.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(content)) as package:
        for name in ("swiftshader.tar.br", "aws.tar.br"):  # the drawing of WebGL, and libraries
            with tarfile.open(fileobj=io.BytesIO(_read(package, name))) as inner:
                inner.extractall(FOLDER, filter="data")
        program = FOLDER / "chromium.part"
        program.write_bytes(_read(package, "chromium.br"))
        program.chmod(0o755)
        program.rename(FOLDER / "chromium")


def _read(package: tarfile.TarFile, name: str) -> bytes:
    file = package.extractfile(f"package/bin/{name}")
    assert file
    return brotli.decompress(file.read())


if __name__ == "__main__":
    main()
