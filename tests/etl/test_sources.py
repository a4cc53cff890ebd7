"""Raw files: found in a mirror or fetched, and every way they can be wrong, each with its sentence."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from etl import sources
from etl.fetching import fetch_raw
from etl.sources import find_raw, read_csv, to_numbers
from heatmap.errors import DataContractError, SourceError
from heatmap.layers.cards import RawFile

COLUMNS = {"lsoa21cd": "code", "imd_rank": "rank"}
GOOD = b"lsoa21cd,lsoa21nm,imd_rank\nE01000001,City of London 001A,26525\nE01000002,City of London 001B,32000\n"


def write(folder: Path, content: bytes, name: str = "table.csv.gz") -> Path:
    """A raw file, gzipped if its name says so."""
    path = folder / name
    path.write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
    return path


def said_by(what: type[Exception], call: object, *args: object) -> str:
    """The sentence with which a call fails."""
    with pytest.raises(what) as fault:
        call(*args)  # type: ignore[operator]
    return str(fault.value)


# ---- the mirror ----


def test_a_file_of_the_mirror_with_its_hash_is_taken(tmp_path: Path) -> None:
    """The right file in the right place is simply used."""
    path = write(tmp_path, GOOD)
    file = RawFile(path="table.csv.gz", sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    assert find_raw(file, tmp_path) == path


def test_a_file_missing_in_the_mirror_is_named(tmp_path: Path) -> None:
    """What is absent is named with the folder where it should lie."""
    said = said_by(SourceError, find_raw, RawFile(path="iod/table.csv.gz"), tmp_path)
    assert said == f"iod/table.csv.gz: not in the mirror folder {tmp_path.name}/. Put it there."


def test_a_wrong_hash_is_told(tmp_path: Path) -> None:
    """Another file under the same name is refused, with both hashes and the two ways on."""
    path = write(tmp_path, GOOD)
    own = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (
        said_by(SourceError, find_raw, RawFile(path="table.csv.gz", sha256="ab" * 32), tmp_path)
        == f"table.csv.gz: not the file the card describes (its sha256 begins {own[:12]}, the card says abababababab)."
        " The copy is damaged, or the publisher has changed it: get it again, or check the new one and put its hash in"
        " the card."
    )


def test_a_file_changed_under_way_is_hashed_again(tmp_path: Path) -> None:
    """A hash once taken is not believed for a file that has changed since."""
    path = write(tmp_path, b"one", "a.csv")
    before = sources.hash_file(path)
    write(tmp_path, b"another", "a.csv")
    assert sources.hash_file(path) != before


# ---- what lies in the file ----


def test_the_named_columns_are_read_as_text(tmp_path: Path) -> None:
    """Only what the card names is read, under our names; codes keep their zeros and numbers wait."""
    assert read_csv(write(tmp_path, GOOD), COLUMNS).to_dict("list") == {
        "code": ["E01000001", "E01000002"],
        "rank": ["26525", "32000"],
    }


def test_a_byte_order_mark_is_no_part_of_the_first_header(tmp_path: Path) -> None:
    """Excel and the publishers set one; the column is found all the same."""
    assert list(read_csv(write(tmp_path, b"\xef\xbb\xbf" + GOOD), COLUMNS)) == ["code", "rank"]


@pytest.mark.parametrize("left", [10, 40, 60])
def test_a_truncated_file_is_told(tmp_path: Path, left: int) -> None:
    """A download that broke off is not half read."""
    path = write(tmp_path, GOOD)
    path.write_bytes(path.read_bytes()[:left])
    assert said_by(SourceError, read_csv, path, COLUMNS) == "table.csv.gz: the file is cut short or damaged. Get it again."


def test_a_page_in_place_of_a_gzip_is_told(tmp_path: Path) -> None:
    """A network's log-in page saved under the file's name is no gzip."""
    path = tmp_path / "table.csv.gz"
    path.write_bytes(b"<html>Please log in</html>")
    assert said_by(SourceError, read_csv, path, COLUMNS) == "table.csv.gz: the file is cut short or damaged. Get it again."


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00rubbish\x9d", b'a,b\n"1,2\n', b"a,b\n1,2\n1,2,3,4\n"])
def test_what_is_no_csv_is_told(tmp_path: Path, content: bytes) -> None:
    """Empty, in another encoding, with an open quotation mark or with ragged rows: the same advice."""
    said = said_by(SourceError, read_csv, write(tmp_path, content, "table.csv"), COLUMNS)
    assert said == "table.csv: not a CSV in UTF-8. Save it as 'CSV UTF-8' and try again."


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """The absent column is named and what the file has instead is listed."""
    path = write(tmp_path, GOOD.replace(b"imd_rank", b"IMD Rank"))
    assert (
        said_by(DataContractError, read_csv, path, COLUMNS)
        == "table.csv.gz: no column imd_rank. The file has: lsoa21cd, lsoa21nm, IMD Rank. Check [columns] on the card."
    )


@pytest.mark.parametrize("cell", ["n/a", "1,234", "-", "12%", "nan"])
def test_a_cell_that_is_no_number_is_named_with_its_line(tmp_path: Path, cell: str) -> None:
    """The line is the one a text editor shows, the header being line 1."""
    path = write(tmp_path, GOOD.replace(b"32000", f'"{cell}"'.encode()))
    table = read_csv(path, COLUMNS)
    assert (
        said_by(DataContractError, to_numbers, table, ["rank"], "imd2025")
        == f"imd2025: line 3: rank = {cell!r} is not a number. Fix that cell."
    )


def test_an_empty_cell_is_absent_not_nothing(tmp_path: Path) -> None:
    """An empty cell becomes an absent number, never a zero."""
    table = to_numbers(read_csv(write(tmp_path, GOOD.replace(b"32000", b"")), COLUMNS), ["rank"], "imd2025")
    assert table["rank"].isna().tolist() == [False, True]


# ---- the publisher's address ----


class Publisher(BaseHTTPRequestHandler):
    """A publisher on this computer: each address misbehaves in its own way, and every request is noted."""

    def do_GET(self) -> None:
        """Hand out ``server.content`` as the address says."""
        server: World = self.server  # type: ignore[assignment]
        begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
        server.asked.append((self.path, begin))
        first = len([path for path, _ in server.asked if path == self.path]) == 1
        if (self.path.endswith("busy.csv") and first) or self.path.endswith("never.csv"):
            return self.send_error(503)
        if self.path.endswith("gone.csv"):
            return self.send_error(404)
        content = server.content[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.path.endswith("dropped.csv") and first:
            content = content[: len(content) // 2]
        self.wfile.write(content)
        return None

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class World(ThreadingHTTPServer):
    """The publisher's server: what it hands out, and what it was asked for (address, first byte)."""

    daemon_threads = True
    content = b"lsoa21cd,imd_rank\n" + b"E01000001,26525\n" * 300_000

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Publisher)
        self.asked: list[tuple[str, int]] = []

    def file(self, name: str, sha256: str | None = None, **more: object) -> RawFile:
        """A card's file at this publisher; its true hash unless another is given."""
        known = hashlib.sha256(self.content).hexdigest() if sha256 is None else sha256
        url = f"http://127.0.0.1:{self.server_port}/{name}"
        return RawFile.model_validate({"path": f"iod/{name}", "url": url, "sha256": known} | more)


@pytest.fixture
def world() -> Iterator[World]:
    """A publisher on the loopback, for one test."""
    server = World()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def lies_in(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_without_an_address_is_told(tmp_path: Path) -> None:
    """Where nobody knows the publisher's address, the way on is a folder with the file."""
    assert (
        said_by(SourceError, fetch_raw, RawFile(path="iod/table.csv.gz"), tmp_path)
        == "iod/table.csv.gz: we have no publisher's address for this file. Give a folder that has it: python -m etl build --mirror"
        " FOLDER."
    )


def test_what_is_fetched_lies_where_a_mirror_has_it(world: World, tmp_path: Path) -> None:
    """A fetched file is whole, stands under its path, and is found there as in any mirror."""
    file = world.file("table.csv")
    path = fetch_raw(file, tmp_path)
    assert path.read_bytes() == world.content
    assert find_raw(file, tmp_path) == path
    assert lies_in(tmp_path) == ["iod/table.csv"]


def test_without_a_mirror_a_file_is_fetched(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The build itself fetches what a card names, once: the second time it is there."""
    monkeypatch.setattr(sources, "FETCHED", tmp_path)
    file = world.file("table.csv")
    assert find_raw(file, None).read_bytes() == world.content
    assert find_raw(file, None) == tmp_path / "iod/table.csv"
    assert len(world.asked) == 1


def test_a_file_that_has_changed_at_the_publisher_is_not_kept(world: World, tmp_path: Path) -> None:
    """A wrong hash ends in a sentence, and nothing is left that could be taken for the file."""
    file = world.file("table.csv", sha256="ab" * 32)
    assert (
        said_by(SourceError, fetch_raw, file, tmp_path)
        == f"{file.url}: the publisher's file has changed since the card was written. Check the new file against the card,"
        " then put its hash in 'sha256'."
    )
    assert lies_in(tmp_path) == []


def test_a_dropped_connection_is_gone_on_with(world: World, tmp_path: Path) -> None:
    """After the connection drops, the rest alone is asked for, and the whole has its hash."""
    path = fetch_raw(world.file("dropped.csv"), tmp_path)
    assert path.read_bytes() == world.content
    (_, first), (_, second) = world.asked
    assert first == 0 and 0 < second < len(world.content)
    assert lies_in(tmp_path) == ["iod/dropped.csv"]


def test_a_part_of_yesterday_is_gone_on_with(world: World, tmp_path: Path) -> None:
    """Stopped by the reader and begun again: what had come is kept, since the hash will tell."""
    part = tmp_path / "iod" / ".table.csv.part"
    part.parent.mkdir()
    part.write_bytes(world.content[:1_000_000])
    assert fetch_raw(world.file("table.csv"), tmp_path).read_bytes() == world.content
    assert world.asked == [("/table.csv", 1_000_000)]


def test_a_part_of_yesterday_is_thrown_away_where_no_hash_would_tell(world: World, tmp_path: Path) -> None:
    """Without a hash two versions could be glued together, so the file is fetched from its beginning."""
    part = tmp_path / "iod" / ".table.csv.part"
    part.parent.mkdir()
    part.write_bytes(b"of another day")
    assert fetch_raw(world.file("table.csv", sha256=""), tmp_path).read_bytes() == world.content
    assert world.asked == [("/table.csv", 0)]


def test_a_busy_publisher_is_asked_again(world: World, tmp_path: Path) -> None:
    """503 once, then the file."""
    assert fetch_raw(world.file("busy.csv"), tmp_path).read_bytes() == world.content
    assert len(world.asked) == 2


@pytest.mark.parametrize(("name", "fault"), [("gone.csv", "HTTPError"), ("never.csv", "RetryError")])
def test_what_cannot_be_fetched_is_told(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str) -> None:
    """Not there, or busy for ever: one sentence with the way on, and no file."""
    monkeypatch.setattr("urllib3.util.retry.Retry.sleep", lambda *_: None)
    file = world.file(name)
    assert (
        said_by(SourceError, fetch_raw, file, tmp_path)
        == f"{file.url}: we could not fetch it ({fault}) after 4 tries. Check the connection, or give a folder with the files: --mirror"
        " FOLDER."
    )
    assert lies_in(tmp_path) == []


def test_an_untried_address_is_said_to_be_so(world: World, tmp_path: Path) -> None:
    """Whoever fetches from an address that nobody has tried is told before it happens."""
    told: list[str] = []
    fetch_raw(world.file("table.csv", tried=False), tmp_path, told.append)
    assert told[0] == "fetching table.csv (an address nobody has tried yet)"
    assert told[-1] == "  4.8 of 4.8 MB"
