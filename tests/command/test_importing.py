"""Lists of local help come onto the map through a real server with pages and failures; what is wrong is told, and nothing is lost."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, get_args

import pytest
from feeds import FOOD_BANKS, SERVICES, Answer, paged, publish, send
from openpyxl import Workbook
from small_cards import make_points
from typer.testing import CliRunner

from command.cli import app
from command.importers import feed as feed_room
from command.importers import importing
from command.importers.importing import write_card
from command.importers.need_terms import NeedTerms, find_term
from command.importers.open_referral_places import read_places
from etl.snapshot import SnapshotWriter
from heatmap.drawing.elements import to_html
from heatmap.errors import HeatmapError, SnapshotError
from heatmap.layers.cards import HEADINGS, PointsCard
from heatmap.layers.catalogue import make_card
from heatmap.pages.place.near import draw_near
from heatmap.place.address import PlaceAddress
from heatmap.place.help_near import HelpAsked, find_help
from heatmap.place.national_help import Need
from heatmap.snapshot import Snapshot
from heatmap.words.files import open_words

HERE, TODAY = "E01008966", date(2026, 11, 25)
ABOUT = ("--id", "kings_heath", "--publisher", "Kings Heath Together", "--licence", "OGL-UK-3.0", "--page", "https://example.org/")
ESSENTIALS = f"kings_heath_essentials{date.today().year}_england_points"
PANTRY = SERVICES[0]


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployer's own folder, and a server's pauses cut short."""
    monkeypatch.setenv("HEATMAP_LOCAL", str(tmp_path / "mine"))
    monkeypatch.setattr(feed_room, "PAUSE", 0.01)
    return tmp_path / "mine"


def run(*words: str) -> tuple[str, str]:
    """What ``heatmap import`` prints, and what it tells meanwhile; an error of ours is raised."""
    done = CliRunner().invoke(app, ["import", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout, done.stderr


def refer(answer: Answer, *more: str, path: str = "") -> tuple[str, str]:
    """Import from an Open Referral server that answers like that."""
    with publish(answer) as publisher:
        return run("open-referral", publisher.address + path, *ABOUT, *more)


def refused(answer: Answer, *more: str) -> str:
    """What is said when the import is refused, with the server's name for its changing address."""
    with publish(answer) as publisher, pytest.raises(HeatmapError) as fault:
        run("open-referral", publisher.address, *ABOUT, *more)
    return str(fault.value).replace(publisher.address, "ADDRESS")


def hash_folder(folder: Path) -> dict[str, str]:
    """Every file of a folder by its content."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def places(local: Path, layer: str) -> list[dict[str, Any]]:
    """An imported layer's places as the server will read them."""
    return Snapshot(local=local / "built").places(layer).to_dict("records")


def changed(service: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A service with something changed; None takes the key out."""
    return {key: value for key, value in (service | changes).items() if value is not None}


def at(service: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A service whose place is changed."""
    place = json.loads(json.dumps(service["service_at_locations"][0]))
    place["location"] |= changes
    return service | {"service_at_locations": [place]}


# ---- a council's directory ----


@pytest.mark.parametrize(
    "headers",
    [("last_page", "total_pages", "total_items"), ("last_page",), ("total_pages",), ("total_items",), ()],
    ids=lambda headers: "+".join(headers) or "nothing",
)
@pytest.mark.parametrize("size", [1, 4, 100])
def test_every_page_is_followed(local: Path, headers: tuple[str, ...], size: int) -> None:
    """However an API says which page is the last; one that says nothing is followed until a page is empty."""
    out, _ = refer(paged(SERVICES, size, headers))
    assert out.count("Imported: ") == 4 and "own latitude and longitude: 3; by the middle of their postcode: 1" in out


def test_a_service_that_the_list_holds_in_part_is_asked_for_alone(local: Path) -> None:
    """The standard's list has what is one to one; the rest comes by id, each once."""
    with publish(paged(SERVICES, 3, whole=False)) as publisher:
        run("open-referral", f"{publisher.address}/services?page=9", *ABOUT)
    alone = [path for path in publisher.asked if path.startswith("/services/")]
    assert sorted(alone) == sorted(f"/services/{each['id']}" for each in SERVICES)
    assert [path for path in publisher.asked if path not in alone] == ["/services?page=1&per_page=100", "/services?page=2&per_page=100"]
    assert places(local, ESSENTIALS)[0]["languages"] == "English, Urdu"


def test_a_service_that_is_not_there_alone(local: Path) -> None:
    """It is named; the others come if one wants them."""
    good = paged(SERVICES, 9, whole=False)

    def answer(request: BaseHTTPRequestHandler, path: str, query: dict[str, str]) -> None:
        send(request, b"", 404) if path.endswith("0001") else send(request, [1]) if path.endswith("0002") else good(request, path, query)

    assert refused(answer).splitlines() == [
        (
            "127.0.0.1: service 'Kings Heath Community Pantry' (id 11111111-0000-4000-8000-000000000001) on page 1: asked for alone, it is"
            " not there. Tell the publisher."
        ),
        (
            "127.0.0.1: service 'Money advice drop-in' (id 11111111-0000-4000-8000-000000000002) on page 1: it is not a record, which"
            " the schema asks for. Tell the publisher."
        ),
        "Nothing was imported. Leave such records out: --leave-out",
    ]
    assert refer(answer, "--leave-out")[0].count("Imported: ") == 2


def test_a_service_becomes_a_place(local: Path) -> None:
    """Need, eligibility, cost, hours, languages, access, contact and the day of the last check; never a person's name or address of
    mail."""
    refer(paged(SERVICES, 2))
    (row,) = places(local, ESSENTIALS)
    assert row == {
        "id": PANTRY["id"], "name": "Kings Heath Community Pantry", "what": "Weekly food shop for members. Bring a bag.", "need": "food",
        "ages": "16 and over", "eligibility": "People on a low income", "cost": "Members: £3.50 a week", "access": "Step-free. Ring the"
        " bell",
        "languages": "English, Urdu", "opening": "Tuesday, Thursday 10:00 to 13:00", "phone": "0121 496 0001",
        "website": "https://pantry.example.org/", "address": "All Saints Hall, 2 Vicarage Road, Birmingham", "postcode": "B14 7RA",
        "checked_on": "2026-10-01", "latitude": 52.43, "longitude": -1.893, "lsoa21_code": "E01009178", "placed": "coordinates",
    }  # fmt: skip
    everything = b"".join(path.read_bytes() for path in (local / "built").rglob("*.toml")) + json.dumps(row).encode()
    assert b"Persona" not in everything and b"@example" not in everything


def test_what_is_left_out_is_told(local: Path) -> None:
    """What is closed, has no place, or has a link no browser may follow, with its name."""
    _, told = refer(paged(SERVICES, 100))
    assert "1 ('Closed playgroup'): skipped: the feed says that they are not active now." in told
    assert "1 ('Talking helpline'): skipped: no location with a postcode or a latitude and longitude (a helpline, or online)." in told
    assert "1 ('Old lunch club <script>window.hacked=1</script>'): a web address that no browser may follow: listed without it." in told
    assert places(local, f"kings_heath_participation{date.today().year}_england_points")[0]["website"] == ""


def test_a_service_of_unknown_words_needs_a_heading(local: Path) -> None:
    """It is left out and told, or stands under the heading that was said."""
    strange = [PANTRY, changed(SERVICES[1], name="Registrar of ships", attributes=None)]
    _, told = refer(paged(strange, 100))
    assert (
        "1 ('Registrar of ships'): no term of theirs is in data/words/need_terms.toml: left out. Add the term, or say --otherwise" in told
    )
    refer(paged(strange, 100), "--otherwise", "increase_participation")
    assert places(local, f"kings_heath_participation{date.today().year}_england_points")[0]["name"] == "Registrar of ships"


def test_costs_and_hours_that_are_over_are_left_out() -> None:
    """As of a day; what has no end holds."""
    from command.importers.open_referral import ReferralService

    service = ReferralService.model_validate(
        PANTRY
        | {
            "cost_options": [{"id": "1", "amount": 5, "valid_to": "2026-11-24"}, {"id": "2", "amount": 0, "valid_to": "2026-11-25"}],
            "schedules": [{"id": "1", "description": "Old times", "valid_to": "2020-01-01"}],
        }
    )
    (row,) = read_places([service], None, TODAY).rows
    assert (row["cost"], row["opening"]) == ("Free", "The times that were listed are over: ring first")


def test_each_location_of_a_service_is_a_place(local: Path) -> None:
    """With an id of its own."""
    two = [PANTRY["service_at_locations"][0], SERVICES[1]["service_at_locations"][0]]
    refer(paged([PANTRY | {"service_at_locations": two}], 100))
    found = places(local, ESSENTIALS)
    assert [row["id"] for row in found] == [f"{PANTRY['id']}-loc1", f"{PANTRY['id']}-loc2"] and found[1]["placed"] == "postcode"


def test_a_file_fetched_by_hand(local: Path, tmp_path: Path) -> None:
    """A page of a feed, or a list of services, without a network."""
    for number, content in enumerate((SERVICES, {"contents": SERVICES})):
        path = tmp_path / f"services{number}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        assert run("open-referral", str(path), *ABOUT)[0].count("Imported: ") == 4
    with pytest.raises(HeatmapError, match=re.escape("none.json: there is no such file here")):
        run("open-referral", "none.json", *ABOUT)


def test_the_same_feed_gives_the_same_bytes(local: Path) -> None:
    """An import that changes nothing writes nothing else."""
    refer(paged(SERVICES, 2))
    before = hash_folder(local)
    refer(paged(SERVICES, 3))
    assert hash_folder(local) == before


# ---- bad input ----

SEA = at(PANTRY, latitude=52.5, longitude=2.5)


def says(content: bytes, status: int = 200, **headers: str) -> Answer:
    """A server that answers everything with these bytes."""
    return lambda request, path, query: send(request, content, status, **headers)


def drop(request: BaseHTTPRequestHandler, path: str, query: dict[str, str]) -> None:
    """A server that promises much, sends little, and goes."""
    request.send_response(200)
    request.send_header("Content-Length", "5000")
    request.end_headers()
    request.wfile.write(b'{"contents": [')
    request.wfile.flush()
    request.close_connection = True


def hang(request: BaseHTTPRequestHandler, path: str, query: dict[str, str]) -> None:
    """A server that takes its time."""
    time.sleep(1.5)
    request.close_connection = True


def repeat(request: BaseHTTPRequestHandler, path: str, query: dict[str, str]) -> None:
    """A server whose every page is the first, and never the last."""
    send(request, {"contents": SERVICES, "last_page": False, "page_number": 1})


CASES: list[tuple[str, Answer, str]] = [
    ("not JSON", says(b'{"contents": [}'), "ADDRESS/services: not JSON, at line 1. Tell its publisher, and try again when it is mended."),
    (
        "a web page",
        says(b"<!doctype html><title>x</title>"),
        "ADDRESS/services: a web page or XML, not JSON. Give the address of the feed, not of the page about it.",
    ),
    ("empty", says(b" "), "ADDRESS/services: the answer is empty. Look the address up again at its publisher’s."),
    (
        "no number",
        says(b'{"contents": [{"latitude": NaN}]}'),
        "ADDRESS/services: not JSON. Tell its publisher, and try again when it is mended.",
    ),
    ("too deep", says(b"[" * 200_000), "ADDRESS/services: not JSON. Tell its publisher, and try again when it is mended."),
    (
        "other JSON",
        says(b'{"hello": 1}'),
        (
            "ADDRESS/services: page 1 has no list 'contents', so it is not a page of Open Referral UK 3.0. Give the address of an Open"
            " Referral UK 3.0 API."
        ),
    ),
    (
        "version 1.0",
        says(b'{"content": []}'),
        (
            "ADDRESS/services: page 1 has no list 'contents', so it is not a page of Open Referral UK 3.0. It speaks an older version"
            " of the"
            " standard, 1.0: ask its publisher for the address of 3.0."
        ),
    ),
    (
        "no services",
        says(b'{"contents": []}'),
        "ADDRESS/services: the feed has no services. Check the address with its publisher.",
    ),
    (
        "no record",
        says(b'{"contents": ["x"]}'),
        "ADDRESS/services: page 1 holds 'x' among its services, which is not a record. Tell the publisher.",
    ),
    (
        "a status that is none",
        paged([PANTRY, changed(SERVICES[1], status="open")], 9),
        (
            "127.0.0.1: service 'Money advice drop-in' (id 11111111-0000-4000-8000-000000000002) on page 1: status = 'open' breaks the"
            " schema: it should be 'active', 'inactive', 'defunct' or 'temporarily closed'. Tell the publisher.\nNothing was imported."
            " Leave such records out: --leave-out"
        ),
    ),
    (
        "no name",
        paged([changed(PANTRY, name=None)], 9),
        (
            "127.0.0.1: service 'without a name' (id 11111111-0000-4000-8000-000000000001) on page 1: name is missing, which the schema"
            " asks for. Tell the publisher.\nNothing was imported. Leave such records out: --leave-out"
        ),
    ),
    (
        "a text for a number",
        paged([at(PANTRY, latitude="52.4")], 9),
        (
            "127.0.0.1: service 'Kings Heath Community Pantry' (id 11111111-0000-4000-8000-000000000001) on page 1:"
            " service_at_locations.1.location.latitude = '52.4' breaks the schema: it should be a valid number. Tell the"
            " publisher.\nNothing was imported. Leave such records out: --leave-out"
        ),
    ),
    (
        "a day that is none",
        paged([changed(PANTRY, assured_date="last spring")], 9),
        (
            "127.0.0.1: service 'Kings Heath Community Pantry' (id 11111111-0000-4000-8000-000000000001) on page 1: assured_date = 'last"
            " spring' breaks the schema: it should be a day, like 2026-03-31. Tell the publisher.\nNothing was imported. Leave such records"
            " out: --leave-out"
        ),
    ),
    (
        "a day to come",
        paged([changed(PANTRY, assured_date="2999-01-01")], 9),
        (
            "127.0.0.1: service 'Kings Heath Community Pantry' (id 11111111-0000-4000-8000-000000000001): checked_on '2999-01-01' has not"
            " come yet. Write the day on which someone last checked.\nNothing was imported. Tell the publisher; or leave such records out:"
            " --leave-out"
        ),
    ),
    (
        "a point in the sea",
        paged([SEA], 9),
        (
            "127.0.0.1: service 'Kings Heath Community Pantry' (id 11111111-0000-4000-8000-000000000001): latitude 52.5, longitude 2.5"
            " are outside England. England's latitudes are 50 to 56, its longitudes -6 to 2: look for a lost point or digit.\nNothing was"
            " imported. Tell the publisher; or leave such records out: --leave-out"
        ),
    ),
    (
        "a point in the Channel",
        paged([at(PANTRY, latitude=50.3, longitude=-1.0)], 9),
        (
            "127.0.0.1: service 'Kings Heath Community Pantry' (id 11111111-0000-4000-8000-000000000001): latitude 50.3, longitude -1"
            " are in the sea, or in Wales or Scotland. The map is of England: take the place out, or check the digits.\nNothing was"
            " imported."
            " Tell the publisher; or leave such records out: --leave-out"
        ),
    ),
    (
        "a page for ever",
        repeat,
        (
            "ADDRESS/services: page 2 has only services that came before ('Kings Heath Community Pantry' (id"
            " 11111111-0000-4000-8000-000000000001)), so its pages repeat for ever. Tell the publisher, and try again when they have"
            " fixed it."
        ),
    ),
    (
        "500",
        says(b"oh", 500),
        "ADDRESS/services: it answers 500 (Internal Server Error), 4 times. Try again later; if it stays so, tell its publisher.",
    ),
    (
        "429",
        says(b"", 429, Retry_After="0"),
        "ADDRESS/services: it answers 429 (Too Many Requests), 4 times. Try again later; if it stays so, tell its publisher.",
    ),
    ("404", says(b"", 404), "ADDRESS/services: it answers 404 (Not Found). Look the address up again at its publisher’s."),
    ("401", says(b"", 401), "ADDRESS/services: it answers 401 (Unauthorized). It wants a key: ask its publisher for an open address."),
    (
        "drops in the middle",
        drop,
        "ADDRESS/services: it stopped in the middle of its answer, 4 times. Try again later; if it stays so, tell its publisher.",
    ),
    (
        "another server",
        says(b"", 302, Location="https://elsewhere.example.com/services?key=1"),
        (
            "ADDRESS/services: it sends us on to another server, https://elsewhere.example.com/services. Look whether that is its"
            " publisher's, then give that address."
        ),
    ),
    (
        "on and on",
        says(b"", 301, Location="/services"),
        "ADDRESS/services: it sends us on and on. Look the address up again at its publisher's.",
    ),
]


@pytest.mark.parametrize(("answer", "sentence"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_bad_input_is_a_sentence_and_nothing_is_lost(local: Path, answer: Answer, sentence: str) -> None:
    """The record is named, the next step is said, and the last good import lies there to the byte."""
    refer(paged(SERVICES, 100))
    before = hash_folder(local)
    assert refused(answer) == sentence
    assert hash_folder(local) == before
    assert len(Snapshot(local=local / "built").local_layers) == 4


def test_a_slow_server_is_waited_for_and_then_told(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for ever."""
    monkeypatch.setattr(feed_room, "READ_S", 0.2)
    assert refused(hang) == "ADDRESS/services: it did not answer within 30 s, 4 times. Try again later; if it stays so, tell its publisher."


@pytest.mark.parametrize(
    "begins", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n"], ids=["status", "headers", "body"]
)
def test_an_answer_that_drips_meets_its_limit(local: Path, monkeypatch: pytest.MonkeyPatch, begins: bytes) -> None:
    """A byte now and then keeps every wait short, and the whole for ever: it ends all the same, and is not asked again."""
    monkeypatch.setattr(feed_room, "WHOLE_S", 1.5)
    gone = threading.Event()

    def drip(request: BaseHTTPRequestHandler, path: str, query: dict[str, str]) -> None:
        request.wfile.write(begins)
        while not gone.wait(0.05):
            try:
                request.wfile.write(b"X")
            except OSError:
                return

    began = time.monotonic()
    try:
        said = refused(drip)
    finally:
        gone.set()
    assert (
        said == "ADDRESS/services: it sends its answer so slowly that it was not complete after 2 s. Try again later; if it stays so,"
        " tell its"
        " publisher."
    )
    assert time.monotonic() - began < 20


def test_an_enormous_answer_is_cut_off(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One answer, and all together; also where it comes packed small."""
    import gzip

    monkeypatch.setattr(feed_room, "LARGEST_MB", 1)
    bomb = gzip.compress(b" " * (8 << 20))
    assert len(bomb) < 20_000
    too_large = "ADDRESS/services: its answer is larger than 1 MB. Ask its publisher for smaller pages."
    assert refused(says(b" " * (3 << 20))) == refused(says(bomb, Content_Encoding="gzip")) == too_large
    monkeypatch.setattr(feed_room, "LARGEST_FEED_MB", 0)
    assert refused(paged(SERVICES, 1)) == "ADDRESS/services: the full feed is larger than 0 MB. Ask its publisher for your area alone."


def test_nobody_there(local: Path) -> None:
    """A server that is not there, and addresses that are none."""
    with publish(repeat) as publisher:
        pass
    with pytest.raises(HeatmapError, match=re.escape("it cannot be reached, 4 times. Try again later")):
        run("open-referral", publisher.address, *ABOUT)
    for address in ("ftp://example.org", "https://", "http://[::1"):
        with pytest.raises(HeatmapError, match=re.escape("no address on the web. Write it in full, starting with https://.")):
            run("open-referral", address, *ABOUT)


def test_a_certificate_that_is_not_in_order(local: Path, tmp_path: Path) -> None:
    """Signed by nobody known: it is said what that may mean, and not gone round. A server without any is told apart."""
    openssl = shutil.which("openssl")
    assert openssl, "this test makes a certificate with openssl: apt install openssl"
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
    )
    with publish(paged(SERVICES, 9)) as publisher:
        secure = publisher.address.replace("http://", "https://")
        with pytest.raises(HeatmapError, match=re.escape("no safe connection could be made. Check whether the address begins with")):
            run("open-referral", secure, *ABOUT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with publish(paged(SERVICES, 9), context) as publisher:
        secure = publisher.address.replace("http://", "https://")
        with pytest.raises(HeatmapError) as fault:
            run("open-referral", secure, *ABOUT)
    assert (
        str(fault.value)
        == f"{secure}/services: its certificate is not in order (out of date, for another name, or signed by nobody known), so it may be"
        " another server that answers. Tell its publisher; do not go round it."
    )


@pytest.mark.parametrize("fails", [says(b"", 503, Retry_After="0"), drop], ids=["busy", "drops"])
def test_what_fails_for_a_moment_is_asked_again(local: Path, fails: Answer) -> None:
    """Twice nothing, then the feed: it is imported, and the waiting was told."""
    good, left = paged(SERVICES, 100), [1, 1]

    def answer(request: BaseHTTPRequestHandler, path: str, query: dict[str, str]) -> None:
        (fails if left and left.pop() else good)(request, path, query)

    out, told = refer(answer)
    assert out.count("Imported: ") == 4 and told.count("asked again in") == 2


def test_an_address_of_the_same_server_is_followed(local: Path) -> None:
    """A server may move things within itself."""
    good = paged(SERVICES, 100)

    def answer(request: BaseHTTPRequestHandler, path: str, query: dict[str, str]) -> None:
        if path.startswith("/old"):
            send(request, b"", 301, Location=request.path.replace("/old", ""))
        else:
            good(request, path, query)

    assert refer(answer, path="/old")[0].count("Imported: ") == 4


def test_records_that_break_the_rules_may_be_left_out(local: Path) -> None:
    """Each is told, and the others come."""
    out, told = refer(paged([PANTRY, SERVICES[1] | {"status": "open"}, SEA | {"id": "sea"}], 100), "--leave-out")
    assert out.startswith(f"Imported: {ESSENTIALS}, 1 place\nOn the map")
    assert (
        "left out: 127.0.0.1: service 'Money advice drop-in'" in told
        and "left out: 127.0.0.1: service 'Kings Heath Community Pantry' (id sea)" in told
    )
    assert "no place is left that could be shown" in refused(paged([SEA], 9), "--leave-out")


def test_what_could_colour_a_terminal_is_taken_away(local: Path) -> None:
    """Escape sequences and marks that turn a line's direction, in what is kept and in what is told."""
    nasty = "Pantry \x1b[31m\u202eevil\r\nline"
    refer(paged([PANTRY | {"name": nasty}], 9))
    assert places(local, ESSENTIALS)[0]["name"] == "Pantry [31mevil line"
    assert "'Pantry [31mevil line'" in refused(paged([PANTRY | {"name": nasty, "status": "open"}], 9))


def test_a_script_in_a_name_stays_words(local: Path) -> None:
    """On the page, and in what the API gives; no link leads to a script."""
    evil = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
    refer(paged([PANTRY | {"name": evil, "url": "javascript:alert(3)", "fees": "a", "cost_options": [{"id": "1", "option": evil}]}], 9))
    snapshot = Snapshot(local=local / "built")
    page = to_html(draw_near(find_help(snapshot.area(HERE), snapshot, TODAY, HelpAsked()), PlaceAddress(), snapshot, TODAY))
    assert "&lt;img src=x onerror=alert(1)&gt;&lt;/script&gt;" in page and "<img src=x" not in page and "<script" not in page
    assert "javascript:" not in page
    from heatmap.api.points import write_services_csv, write_services_geojson

    table = snapshot.places(ESSENTIALS)
    assert json.loads(write_services_geojson(table, {}))["features"][0]["properties"]["name"] == evil
    formula = table.assign(name="=HYPERLINK(1)")
    assert b"=HYPERLINK" not in write_services_csv(formula).replace(b"'=HYPERLINK", b"")


# ---- food banks ----


def food(answer: Any, *more: str) -> tuple[str, str]:
    """Import food banks from a server that answers like that."""
    with publish(lambda request, path, query: send(request, answer)) as publisher:
        return run("give-food", f"{publisher.address}/api/2/foodbanks/", *more)


def test_food_banks_of_england(local: Path) -> None:
    """The closed and those of other nations are left out and told; the day on which each stood in the list is its date."""
    out, told = food(FOOD_BANKS)
    layer = f"food_banks{date.today().year}_england_points"
    assert out.startswith(f"Imported: {layer}, 2 places\n")
    assert "1 ('Gone'): closed" in told and "1 ('Cardiff'): in Wales, Scotland or Northern Ireland: the map is of England." in told
    clacton, heath = places(local, layer)
    assert (heath["name"], heath["phone"], heath["address"]) == (
        "Kings Heath food bank",
        "0121 496 0002",
        "Church Hall, Vicarage Road, Birmingham",
    )
    assert heath["website"] == "https://example.org/at/kings-heath/" and clacton["website"] == "https://clacton.example.org"
    card = Snapshot(local=local / "built").points_cards[layer]
    assert (card.heading, card.list_name, heath["checked_on"]) == ("provide_essentials", "Give Food’s list", date.today().isoformat())


def test_food_banks_as_geojson_and_where_they_give_food_out(local: Path) -> None:
    """Both shapes of the list; a place names its food bank, and its postcode tells the nation."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-1.8931, 52.4301]},
            "properties": {
                "name": "Kings Heath",
                "slug": "kings-heath",
                "address": "Hall",
                "country": "England",
                "telephone": "0121 496 0002",
                "url": "https://example.org/a",
            },
        }
    ]
    food({"type": "FeatureCollection", "features": features})
    layer = f"food_banks{date.today().year}_england_points"
    assert places(local, layer)[0]["phone"] == "0121 496 0002"
    bank = {
        "name": "Brandwood",
        "slug": "brandwood",
        "foodbank": {"name": "Kings Heath", "slug": "kings-heath"},
        "urls": {"html": "https://example.org/b"},
    }
    there = [
        bank | {"postcode": "B14 7RA", "lat_lng": "52.43,-1.89"},
        bank | {"slug": "c", "postcode": "CF10 1AA", "lat_lng": "51.48,-3.18"},
        bank | {"slug": "new", "postcode": "B14 9ZZ", "lat_lng": "52.43,-1.89"},
    ]
    food(there)
    assert [(row["id"], row["name"]) for row in places(local, layer)] == [
        ("kings-heath-brandwood", "Brandwood (Kings Heath) food bank"),
        ("kings-heath-new", "Brandwood (Kings Heath) food bank"),
    ]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ([], "no list of food banks"),
        ({"hello": 1}, "no list of food banks"),
        ([{"name": "A"}], "record 1, 'A': slug is missing. Tell Give Food"),
        ([FOOD_BANKS[0] | {"lat_lng": "here"}], "record 1, 'Kings Heath': lat_lng is not as Give Food’s API has it"),
        (
            [FOOD_BANKS[0] | {"lat_lng": "52.5,2.5"}],
            "Give Food: 'Kings Heath' (slug kings-heath): latitude 52.5, longitude 2.5 are outside England",
        ),
    ],
)
def test_a_list_of_food_banks_that_is_none(local: Path, answer: Any, sentence: str) -> None:
    """The record is named, and the last good import stays."""
    food(FOOD_BANKS)
    before = hash_folder(local)
    with pytest.raises(HeatmapError, match=re.escape(sentence)):
        food(answer)
    assert hash_folder(local) == before


# ---- a spreadsheet by a card ----

CARD = """\
title = "Warm spaces"
heading = "provide_essentials"
[source]
publisher = "Kings Heath Together"
page = "https://example.org/"
licence = "CC-BY-4.0"
[columns]
Place = "name"
Code = "postcode"
Seen = "checked_on"
"""
WHOLE = (
    CARD + 'For = "need"\nWho = "eligibility"\nPrice = "cost"\nOpen = "opening"\nSpoken = "languages"\nIn = "access"\nCall = "phone"\nWeb ='
    ' "website"\nAge = "ages"\n'
)
HEADERS = ["Place", "Code", "Seen", "For", "Who", "Price", "Open", "Spoken", "In", "Call", "Web", "Age", "Mine"]
ROW = [
    "Warm hall",
    "B14 7QH",
    date(2026, 10, 1),
    "Food bank; loneliness",
    "Anybody",
    "Free",
    "Mondays",
    "English",
    "Ramp",
    "0121 496 0003",
    "https://example.org/w",
    "16 and over",
    7,
]


def write_workbook(path: Path, *rows: list[Any]) -> None:
    """An Excel workbook with these lines."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def test_a_card_of_ten_lines_and_a_csv(local: Path, tmp_path: Path) -> None:
    """What the card leaves unsaid is filled in; the layer is named by the card's file."""
    assert len(CARD.splitlines()) == 10
    (tmp_path / "warm_spaces.toml").write_text(CARD, encoding="utf-8")
    (tmp_path / "warm_spaces.csv").write_text("Place,Code,Seen\nWarm hall,B14 7QH,2026-10-01\n", encoding="utf-8")
    out, _ = run("table", str(tmp_path / "warm_spaces.toml"))
    layer = f"warm_spaces{date.today().year}_england_points"
    assert out.startswith(f"Imported: {layer}, 1 place\n") and "by the middle of their postcode: 1" in out
    card = Snapshot(local=local / "built").points_cards[layer]
    assert (card.title, card.symbol, card.rows, card.source.title) == ("Warm spaces", "essentials", 1, "Warm spaces")
    assert make_card("again.toml", {"id": layer} | __import__("tomllib").loads(write_card(card))) == card


def test_a_workbook_with_every_column(local: Path, tmp_path: Path) -> None:
    """Days and figures as a spreadsheet holds them; a column that the card does not name is not read."""
    (tmp_path / "warm_spaces.toml").write_text(WHOLE, encoding="utf-8")
    write_workbook(tmp_path / "list of mine.xlsx", HEADERS, ROW, [None] * 13)
    run("table", str(tmp_path / "warm_spaces.toml"), str(tmp_path / "list of mine.xlsx"))
    (row,) = places(local, f"warm_spaces{date.today().year}_england_points")
    said = {
        key: row[key]
        for key in ("name", "need", "eligibility", "cost", "opening", "languages", "access", "phone", "website", "ages", "checked_on")
    }
    assert said == {
        "name": "Warm hall",
        "need": "food; loneliness",
        "eligibility": "Anybody",
        "cost": "Free",
        "opening": "Mondays",
        "languages": "English",
        "access": "Ramp",
        "phone": "0121 496 0003",
        "website": "https://example.org/w",
        "ages": "16 and over",
        "checked_on": "2026-10-01",
    }


BAD_ROWS: list[tuple[int, Any, str]] = [
    (
        3,
        "fod",
        "mine.xlsx: Warm hall: need 'fod' is none that the map knows. Write one or more of these, with ; between: money, food, housing",
    ),
    (9, 1214960003, "mine.xlsx: line 2: phone '1214960003' has lost its first 0. Format the column as text, and put the 0 in front again."),
    (
        10,
        "javascript:alert(1)",
        "mine.xlsx: line 2: website 'javascript:alert(1)' is not the address of a website. Write it whole, from https:// on, or leave it",
    ),
    (2, "1 May", "mine.xlsx: line 2: checked_on '1 May' is not a date that we can read. Write year, month, day, like 2026-03-31."),
    (
        2,
        None,
        "mine.xlsx: line 2: the cell of checked_on is empty. Say when someone last checked that the place is there, like 2026-03-31.",
    ),
    (1, "B14", "mine.xlsx: line 2: postcode 'B14' is not a postcode. Write it in full, like CO15 2EU."),
    (
        1,
        "B14 9ZZ",
        (
            "mine.xlsx: line 2: postcode 'B14 9ZZ' of Warm hall is none that we have. Mend it, or give latitude and longitude; or put"
            " unplaced = 1"
        ),
    ),
    (0, " ", "mine.xlsx: line 2: a place without a name. Say what it is called: an organisation, never a private person."),
]


@pytest.mark.parametrize(("column", "cell", "sentence"), BAD_ROWS, ids=[sentence[:40] for _, _, sentence in BAD_ROWS])
def test_a_cell_that_is_wrong(local: Path, tmp_path: Path, column: int, cell: Any, sentence: str) -> None:
    """The line, what is wrong, and what to do; the last good import stays."""
    (tmp_path / "warm_spaces.toml").write_text(WHOLE, encoding="utf-8")
    write_workbook(tmp_path / "mine.xlsx", HEADERS, ROW)
    run("table", str(tmp_path / "warm_spaces.toml"), str(tmp_path / "mine.xlsx"))
    before = hash_folder(local)
    write_workbook(tmp_path / "mine.xlsx", HEADERS, [*ROW[:column], cell, *ROW[column + 1 :]])
    with pytest.raises(HeatmapError, match=re.escape(sentence)):
        run("table", str(tmp_path / "warm_spaces.toml"), str(tmp_path / "mine.xlsx"))
    assert hash_folder(local) == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "mine.xlsx: the file is empty. Put the headers on line 1 and the places under them."),
        (b"Place,Code\nA,B", "mine.xlsx: no Excel workbook, whatever its name says. Open it in a spreadsheet and save it as .xlsx."),
        (b"\xd0\xcf\x11\xe0more", "mine.xlsx: locked by a password, or an old Excel workbook. Save it as .xlsx without a password."),
        (b"PK\x05\x06" + bytes(18), "mine.xlsx: the workbook is damaged. Open it in a spreadsheet and save it again as .xlsx."),
    ],
    ids=["empty", "a CSV", "old", "an empty zip"],
)
def test_a_workbook_that_is_none(local: Path, tmp_path: Path, content: bytes, sentence: str) -> None:
    """Each for what it is."""
    (tmp_path / "warm_spaces.toml").write_text(CARD, encoding="utf-8")
    (tmp_path / "mine.xlsx").write_bytes(content)
    with pytest.raises(HeatmapError) as fault:
        run("table", str(tmp_path / "warm_spaces.toml"), str(tmp_path / "mine.xlsx"))
    assert str(fault.value) == sentence


def test_a_workbook_without_lines(local: Path, tmp_path: Path) -> None:
    """Headers alone, and nothing at all."""
    (tmp_path / "warm_spaces.toml").write_text(CARD, encoding="utf-8")
    for rows in ((), (HEADERS,)):
        write_workbook(tmp_path / "warm_spaces.xlsx", *rows)
        with pytest.raises(HeatmapError, match="nothing on its sheet 'Sheet' under the headers"):
            run("table", str(tmp_path / "warm_spaces.toml"))


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "warm_spaces.toml",
            CARD,
            "warm_spaces.csv: not beside warm_spaces.toml, and warm_spaces.xlsx neither. Put the table there; or name it",
        ),
        ("warm-spaces.toml", CARD, "--id 'warm-spaces' is not a short name. Use only small letters and _, like ladywood_help."),
        ("warm_spaces.toml", CARD.replace("title", "titel"), "warm_spaces.toml: line 1: no such key 'titel'. Did you mean 'title'?"),
        (
            "warm_spaces.toml",
            CARD.replace("provide_essentials", "food"),
            "line 2: heading = \"food\". It can be 'increase_income', 'provide_essentials'",
        ),
        ("warm_spaces.toml", CARD.replace('licence = "CC-BY-4.0"', ""), "warm_spaces.toml: line 3: 'source.licence' is missing. Add it"),
        ("warm_spaces.toml", "unit = 3\n" + CARD, "warm_spaces.toml: line 1: no such key 'unit'."),
        ("warm_spaces.toml", 'kind = "indicator"\n' + CARD, "name the file index-year_nation_geography"),
        (
            "warm_spaces.toml",
            CARD + '[[file]]\nurl = "https://example.org/a.csv"\n',
            "warm_spaces.toml: line 11: 'file' is not for a table of your own",
        ),
        ("none.toml", "", "none.toml: there is no such card in"),
    ],
)
def test_a_card_that_is_wrong(local: Path, tmp_path: Path, name: str, text: str, sentence: str) -> None:
    """One sentence with the next step."""
    if text:
        (tmp_path / name).write_text(text, encoding="utf-8")
    if "not beside" not in sentence:
        (tmp_path / name).with_suffix(".csv").write_text("Place,Code,Seen\nWarm hall,B14 7QH,2026-10-01\n", encoding="utf-8")
    with pytest.raises(HeatmapError) as fault:
        run("table", str(tmp_path / name))
    assert sentence.lower() in str(fault.value).lower()


def test_fifty_thousand_rows(local: Path, tmp_path: Path) -> None:
    """They come, with a word of what is going on, in less than a minute."""
    lines = [f"Hall {n},52.{430000 + n % 1000:06d},-1.{893000 + n // 1000:06d},2026-10-01" for n in range(50_000)]
    (tmp_path / "many.toml").write_text(CARD.replace('Code = "postcode"', 'lat = "latitude"\nlon = "longitude"'), encoding="utf-8")
    (tmp_path / "many.csv").write_text("\n".join(["Place,lat,lon,Seen", *lines]), encoding="utf-8")
    began = time.monotonic()
    out, told = run("table", str(tmp_path / "many.toml"))
    assert "50,000 places" in out and "reading many.csv: 50,000 places" in told
    assert time.monotonic() - began < 60


def test_fifty_thousand_services(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the server and its pages, told page by page."""
    monkeypatch.setattr("command.importers.open_referral.PER_PAGE", 1000)
    many = [at(PANTRY | {"id": f"s{n}"}, latitude=52.43 + n % 100 / 10_000) for n in range(50_000)]
    began = time.monotonic()
    out, told = refer(paged(many, 1000))
    assert "50,000 places" in out and "page 49 read, 49,000 of 50,000 services so far" in told
    assert time.monotonic() - began < 90


# ---- the deployer's folder ----


def test_lists_stand_beside_each_other_and_are_replaced_by_name(local: Path) -> None:
    """Another import leaves the others; one of the same name takes its place, with fewer headings too; one can be taken out."""
    refer(paged(SERVICES, 100))
    food(FOOD_BANKS)
    assert len(Snapshot(local=local / "built").local_layers) == 5
    refer(paged([PANTRY], 100))
    out, _ = run("list")
    year, today = date.today().year, date.today().isoformat()
    assert (
        out == f"food_banks: food_banks{year}_england_points, 2 places, imported {today}\nkings_heath: {ESSENTIALS}, 1 place, imported"
        f" {today}\n"
    )
    assert run("remove", "kings_heath")[0].startswith(f"Taken out: {ESSENTIALS}\n")
    assert Snapshot(local=local / "built").local_layers == [f"food_banks{year}_england_points"]
    with pytest.raises(HeatmapError, match=re.escape("No list called 'kings_heath' was imported. There are: food_banks.")):
        run("remove", "kings_heath")
    run("remove", f"food_banks{year}_england_points")
    assert run("list")[0] == "No list has been imported. docs/add-local-help.md shows how.\n"
    assert [path for path in (local / "built").rglob("*") if path.is_file()] == [local / "built" / "manifest.json"]


def test_two_lists_of_one_kind_are_told_apart(local: Path) -> None:
    """The second bears its publisher's name in the legend."""
    refer(paged([PANTRY], 100))
    with publish(paged([PANTRY], 9)) as publisher:
        run(
            "open-referral",
            publisher.address,
            "--id",
            "other",
            "--publisher",
            "Other council",
            "--licence",
            "OGL-UK-3.0",
            "--page",
            "https://example.org/",
        )
    shorts = {card.short for layer, card in Snapshot(local=local / "built").points_cards.items() if "essentials" in layer}
    assert shorts == {"Food and essentials", "Food and essentials (Other council)"}


def test_what_lies_in_the_folder_beside_is_left_alone(local: Path) -> None:
    """A deployer's cards and spreadsheets may lie there; an import sweeps its own parts alone."""
    local.mkdir()
    (local / "warm_spaces.csv").write_text("mine", encoding="utf-8")
    refer(paged(SERVICES, 100))
    refer(paged([PANTRY], 100))
    assert (local / "warm_spaces.csv").read_text(encoding="utf-8") == "mine"
    assert len(list((local / "built" / "cards").iterdir())) == 1


def test_a_list_may_not_take_the_place_of_one_that_came_with_the_map(local: Path, tmp_path: Path) -> None:
    """Nor of another of one's own."""
    card = tmp_path / "libraries2023_england_points.toml"
    card.write_text(CARD, encoding="utf-8")
    card.with_suffix(".csv").write_text("Place,Code,Seen\nWarm hall,B14 7QH,2026-10-01\n", encoding="utf-8")
    with pytest.raises(
        HeatmapError, match=re.escape("libraries2023_england_points is a list that came with the map. Give yours another name.")
    ):
        run("table", str(card))
    refer(paged([PANTRY], 100))
    card = tmp_path / "kings_heath_essentials.toml"
    card.write_text(CARD, encoding="utf-8")
    card.with_suffix(".csv").write_text("Place,Code,Seen\nWarm hall,B14 7QH,2026-10-01\n", encoding="utf-8")
    with pytest.raises(HeatmapError, match=f"{ESSENTIALS} is there already, from another list"):
        run("table", str(card))


def test_killed_while_writing_nothing_is_lost(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest is swapped in one step at the end: before it, the last good import is what there is."""
    refer(paged(SERVICES, 100))
    before = (local / "built" / "manifest.json").read_bytes()

    def die(self: SnapshotWriter) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(SnapshotWriter, "finish", die)
        importing.keep("kings_heath", [])
    assert (local / "built" / "manifest.json").read_bytes() == before
    assert len(Snapshot(local=local / "built").local_layers) == 4


def test_one_import_at_a_time(local: Path) -> None:
    """A second one says so and changes nothing."""
    refer(paged([PANTRY], 100))
    said: list[str] = []

    def second() -> None:
        try:
            importing.keep("other", [])
        except HeatmapError as fault:
            said.append(str(fault))

    with importing._writing():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert said == ["Another import is at work in this folder. Wait until it has ended, and try again."]


def test_a_folder_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, with the setting that names another."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("HEATMAP_LOCAL", str(tmp_path / "file"))
    with pytest.raises(HeatmapError, match=r"file: cannot be written to \(Not a directory\). Free some room, or name another folder"):
        food(FOOD_BANKS)


def test_a_server_that_runs_keeps_what_it_has_read(local: Path) -> None:
    """Whatever is imported meanwhile; after a start it has the new list, and another name, so that no browser shows the old."""
    refer(paged(SERVICES, 100))
    running = Snapshot(local=local / "built")
    refer(paged([PANTRY | {"name": "New pantry"}], 100))
    assert len(running.local_layers) == 4 and running.places(ESSENTIALS)["name"][0] == "Kings Heath Community Pantry"
    again = Snapshot(local=local / "built")
    assert again.places(ESSENTIALS)["name"][0] == "New pantry" and len({again.build, running.build, Snapshot().build}) == 3


@pytest.mark.parametrize("harm", ["cut", "gone", "no manifest"])
def test_a_damaged_folder_is_told_when_the_server_starts(local: Path, harm: str) -> None:
    """In a sentence with the next step, never as an empty list."""
    refer(paged([PANTRY], 100))
    part = next((local / "built" / "places").iterdir())
    if harm == "cut":
        part.write_bytes(part.read_bytes()[:-9])
    elif harm == "gone":
        part.unlink()
    else:
        (local / "built" / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(SnapshotError, match="import your lists again"):
        Snapshot(local=local / "built")


# ---- on the place page ----


@pytest.fixture
def near_here(local: Path) -> Callable[..., Any]:
    """What is near Kings Heath Park under each heading, after an import of the invented directory."""
    refer(paged(SERVICES, 100))
    snapshot = Snapshot(local=local / "built")
    return lambda today=TODAY, **asked: {each.heading: each for each in find_help(snapshot.area(HERE), snapshot, today, HelpAsked(**asked))}


def names(near: Any, heading: str) -> list[tuple[str, str]]:
    """The imported places under a heading, with how sure we are of each."""
    return [(place.name[:14], place.state) for place in near[heading].found if place.layer.startswith("kings_heath")]


def test_entries_stand_under_their_heading_and_age(near_here: Callable[..., Any]) -> None:
    """Marked after twelve months, hidden after twenty-four behind a switch, by the day that is given; undated ones are marked."""
    now = near_here()
    assert names(now, "provide_essentials") == [("Kings Heath Co", "fresh")] and names(now, "increase_income") == [
        ("Money advice d", "old")
    ]
    assert names(now, "increase_participation") == [] and names(now, "get_care") == [("Young people’s", "undated")]
    assert sum(kind.hidden for kind in now["increase_participation"].kinds) == 1
    assert names(near_here(older=True), "increase_participation") == [("Old lunch club", "hidden")]
    assert names(near_here(today=date(2023, 2, 1)), "increase_participation") == [("Old lunch club", "fresh")]
    assert names(near_here(today=date(2028, 10, 1)), "provide_essentials") == []


def test_entries_are_filtered_by_need_and_age(near_here: Callable[..., Any]) -> None:
    """The directory's words have become our needs."""
    assert names(near_here(need="food"), "provide_essentials") and not names(near_here(need="housing"), "provide_essentials")
    assert names(near_here(age="young_person"), "get_care") and not names(near_here(age="child"), "provide_essentials")


# ---- words ----


def test_every_need_has_its_words() -> None:
    """So that each of our needs can be met by somebody's list, and every heading too; no word means two things."""
    terms = open_words("need_terms", NeedTerms).term
    assert {term.need for term in terms} == set(get_args(Need)) and {term.heading for term in terms} == set(HEADINGS)
    words = [word for term in terms for word in term.words]
    assert len(words) == len(set(words)) and all(word == word.lower() for word in words)


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("Food banks", "food"),
        ("Debt Advice", "money"),
        ("Mental health services", "mental_health"),
        ("Young carers", "caring"),
        ("Housing advice", "housing"),
        ("Learning disability", "disability"),
        ("Domestic abuse support", "crime_and_safety"),
        ("Stay and play", "family"),
        ("ESOL classes", "language_and_interpreters"),
        ("Community transport", "getting_to_appointments"),
        ("GP surgeries", "health_care"),
        ("Computer classes", "digital_access"),
        ("Lunch clubs", "loneliness"),
    ],
)
def test_terms_mean_what_people_mean(text: str, need: str) -> None:
    """Words that directories use."""
    found = find_term(text)
    assert found and found.need == need


def test_the_card_of_a_list_says_what_ages() -> None:
    """A register has a month and no days; the two cannot be mixed."""

    with pytest.raises(ValueError, match="an entry of a register has no date of its own"):
        make_points(register_month="May 2026", list_name="A list")
    assert isinstance(make_points(list_name="A list", undated=2), PointsCard)


# ---- when it is open, and whether it is ----


def opening(**rule: Any) -> str:
    """What a rule becomes, as of the day of these tests."""
    from command.importers.open_referral import Schedule
    from command.importers.opening_times import say_schedules

    return say_schedules([Schedule.model_validate({"opens_at": "10:00", "closes_at": "12:00"} | rule)], TODAY)


RULES: list[tuple[dict[str, Any], str]] = [
    ({"freq": "MONTHLY", "bymonthday": "15"}, "15th of the month 10:00 to 12:00"),
    ({"freq": "MONTHLY", "bymonthday": "1,22"}, "1st, 22nd of the month 10:00 to 12:00"),
    ({"freq": "MONTHLY", "bymonthday": -1}, "last day of the month 10:00 to 12:00"),
    ({"freq": "MONTHLY", "byday": "3WE"}, "third Wednesday of the month 10:00 to 12:00"),
    ({"freq": "MONTHLY", "byday": "-1FR"}, "last Friday of the month 10:00 to 12:00"),
    ({"freq": "MONTHLY", "byday": "1MO,3MO"}, "first Monday, third Monday of the month 10:00 to 12:00"),
    ({"freq": "MONTHLY", "dtstart": "2026-10-06"}, "6th of the month 10:00 to 12:00"),
    ({"freq": "MONTHLY", "byday": "MO"}, "Monday 10:00 to 12:00"),
    (
        {"freq": "MONTHLY", "interval": 2, "byday": "2TU", "dtstart": "2026-10-13"},
        "second Tuesday of the month every second month 10:00 to 12:00, starting 13 October 2026",
    ),
    ({"freq": "WEEKLY", "interval": 3, "byday": "WE"}, "Wednesday every third week 10:00 to 12:00, ring first for the dates"),
    (
        {"freq": "WEEKLY", "interval": 2, "byday": "WE", "dtstart": "20261007T100000Z"},
        "Wednesday every second week 10:00 to 12:00, starting 7 October 2026",
    ),
    ({"freq": "WEEKLY", "dtstart": "2026-10-06"}, "Tuesday 10:00 to 12:00"),
    ({"freq": "weekly", "byday": ["TU", "TH"]}, "Tuesday, Thursday 10:00 to 12:00"),
    ({"freq": "WEEKLY", "byday": "TU", "notes": "Term time only."}, "Tuesday 10:00 to 12:00 (Term time only)"),
    ({"freq": "WEEKLY", "byday": "TU", "description": "Term time only."}, "Tuesday 10:00 to 12:00 (Term time only)"),
    (
        {"freq": "WEEKLY", "byday": "TU", "description": "Tuesdays, ten till noon", "notes": "Not in August"},
        "Tuesdays, ten till noon (Not in August)",
    ),
    ({"freq": "WEEKLY", "byday": "TU", "until": "2027-03-31"}, "Tuesday 10:00 to 12:00, until 31 March 2027"),
    (
        {"freq": "WEEKLY", "byday": "TU", "until": "20270331T000000Z", "valid_to": "2027-01-31"},
        "Tuesday 10:00 to 12:00, until 31 January 2027",
    ),
    ({"freq": "WEEKLY", "byday": "TU", "until": "2026-11-24"}, "The times that were listed are over: ring first"),
    ({"freq": "WEEKLY", "byday": "TU", "valid_from": "2027-01-05"}, "Tuesday 10:00 to 12:00, starting 5 January 2027"),
    ({"freq": "WEEKLY", "byday": "TU", "dtstart": "2026-11-03", "count": 10}, "Tuesday 10:00 to 12:00, starting 3 November 2026, 10 times"),
    ({"freq": "WEEKLY", "byday": "TU", "dtstart": "2024-11-05", "count": "10"}, "The times that were listed are over: ring first"),
    ({"freq": "DAILY"}, "every day 10:00 to 12:00"),
    ({"freq": "DAILY", "interval": 2, "dtstart": "2026-11-30"}, "every second day 10:00 to 12:00, starting 30 November 2026"),
    ({"freq": "YEARLY", "dtstart": "2025-12-24"}, "24 December each year 10:00 to 12:00"),
    ({"dtstart": "2026-12-24"}, "24 December 2026 10:00 to 12:00"),
    ({"byday": "MO", "opens_at": "9:30", "closes_at": ""}, "Monday from 09:30"),
    ({}, "10:00 to 12:00"),
]
#: Rules of which no part may be said, since the rest would be false.
UNSAYABLE: list[dict[str, Any]] = [
    {"freq": "WEEKLY"},
    {"freq": "WEEKLY", "byday": "1MO"},
    {"freq": "WEEKLY", "byday": "TU", "bymonthday": "15"},
    {"freq": "MONTHLY"},
    {"freq": "MONTHLY", "byday": "FR", "bymonthday": "13"},
    {"freq": "MONTHLY", "byday": "MO,2TU"},
    {"freq": "YEARLY", "byweekno": "20"},
    {"freq": "YEARLY", "byyearday": 100, "dtstart": "2026-01-01"},
    {"freq": "MONTHLY", "byday": "MO", "bysetpos": "1"},
    {"freq": "HOURLY"},
    {"freq": "WEEKLY", "byday": "XX"},
    {"freq": "MONTHLY", "bymonthday": "32"},
    {"freq": "WEEKLY", "byday": "TU", "exdate": "2026-12-01"},
    {"freq": "WEEKLY", "byday": "TU", "until": "some day"},
    {"dtstart": "2026-01-24"},
    {"freq": "WEEKLY", "byday": "TU", "count": "many"},
]


@pytest.mark.parametrize(("rule", "said"), RULES)
def test_a_rule_in_words(rule: dict[str, Any], said: str) -> None:
    """How often, from when, until when, and what is noted: each is part of when it is open."""
    assert opening(**rule) == said


@pytest.mark.parametrize("rule", UNSAYABLE)
def test_a_rule_without_words_gives_no_hours(rule: dict[str, Any]) -> None:
    """No part of it is shown; notes are."""
    assert opening(**rule) == "Ring first for the days and hours"
    assert opening(**rule, notes="Term time only.") == "Ring first for the days and hours (Term time only)"


def test_many_times_are_never_cut_in_the_middle() -> None:
    """Those that differ by the day alone are said together; too many end with the advice to ring."""
    from command.importers.open_referral import Schedule
    from command.importers.opening_times import say_schedules

    days = [Schedule(freq="WEEKLY", byday=day, opens_at="10:00", closes_at="12:00") for day in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")]
    assert say_schedules(days, TODAY) == "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday 10:00 to 12:00"
    many = [{"freq": "MONTHLY", "bymonthday": str(n), "opens_at": f"{n:02d}:00", "closes_at": "23:00"} for n in range(1, 20)]
    from command.importers.open_referral import ReferralService

    (row,) = read_places([ReferralService.model_validate(PANTRY | {"schedules": many})], None, TODAY).rows
    assert row["opening"].endswith("23:00; ring first for more times") and len(row["opening"]) <= 240


def test_an_alert_comes_first(local: Path) -> None:
    """What holds today is read before what always holds; a long description does not push it out."""
    shut = changed(PANTRY, alert="Closed until further notice: <b>the hall was flooded</b>", description="A weekly pantry. " * 40)
    refer(paged([shut], 9))
    (row,) = places(local, ESSENTIALS)
    assert row["what"].startswith("Closed until further notice: the hall was flooded. A weekly pantry.")


def test_what_is_no_place_to_go_to_is_left_out_and_told(local: Path) -> None:
    """A virtual or postal location has coordinates too in some feeds; one that says nothing is a place."""
    far = [
        at(PANTRY | {"id": f"n{n}", "name": f"Food {n}"}, location_type=kind)
        for n, kind in enumerate(("virtual", "postal", "Physical", None, ""))
    ]
    _, told = refer(paged(far, 9))
    assert [row["name"] for row in places(local, ESSENTIALS)] == ["Food 2", "Food 3", "Food 4"]
    assert "2 ('Food 0', 'Food 1'): skipped: the location is virtual or a postal address, so nobody can go there." in told


@pytest.mark.parametrize(
    ("phones", "shown", "told"),
    [
        ([{"number": "0121 496 0010 ext 22"}], "0121 496 0010 ext 22", False),
        ([{"number": "01214960010", "extension": "22"}], "0121 496 0010 ext 22", False),
        ([{"number": "0121 496 0010", "extension": 22}], "0121 496 0010 ext 22", False),
        ([{"number": "0121 496 0010 (mornings)"}], "0121 496 0010 (mornings)", False),
        ([{"number": "+44 121 496 0010 x5"}], "+44 121 496 0010 x5", False),
        ([{"number": "0121 496 0009", "type": "fax"}, {"number": "0121 496 0010"}], "0121 496 0010", False),
        ([{"number": "see our website"}], "", True),
        ([], "", False),
    ],
)
def test_telephone_numbers_are_kept_or_told(local: Path, phones: list[dict[str, Any]], shown: str, told: bool) -> None:
    """With their extension; a fax is no number to ring."""
    bare = changed(PANTRY, phones=phones, contacts=None, organization=None)
    for place in bare["service_at_locations"]:
        place |= {"phones": [], "contacts": []}
    _, said = refer(paged([bare], 9))
    assert places(local, ESSENTIALS)[0]["phone"] == shown
    assert ("a telephone number that no telephone can dial: listed without it" in said) == told


# ---- a postcode here and a point there ----


def test_a_postcode_and_a_point_that_are_far_apart(local: Path, tmp_path: Path) -> None:
    """In a table it is a fault that names the entry, both places and the distance, in a feed a note; a few km may pass."""
    (tmp_path / "halls.toml").write_text(CARD.partition("[columns]")[0], encoding="utf-8")
    head, near = "name,postcode,latitude,longitude,checked_on\n", "Near Hall,B14 6RE,52.4600,-1.9000,2026-10-01\n"
    (tmp_path / "halls.csv").write_text(head + near + "Far Hall,b14-6re,50.7200,-3.5300,2026-10-01\n", encoding="utf-8")
    with pytest.raises(HeatmapError) as fault:
        run("table", str(tmp_path / "halls.toml"))
    said = str(fault.value)
    assert said.startswith("halls.csv: line 3: Far Hall: its postcode B14 6RE is in Kings Heath") and "(Birmingham)" in said
    assert "latitude 50.72 and longitude -3.53 are in" in said and "(Exeter)" in said and "\n" not in said
    assert 215 < float(re.search(r"(\d+) km away", said)[1]) < 225  # type: ignore[index]
    (tmp_path / "halls.csv").write_text(head + near, encoding="utf-8")
    assert "1 place" in run("table", str(tmp_path / "halls.toml"))[0]
    address = [{"address_1": "1 High Street", "postal_code": "B14 6RE"}]
    _, told = refer(paged([at(PANTRY, latitude=50.72, longitude=-3.53, addresses=address)], 9))
    assert re.search(
        r"service 'Kings Heath Community Pantry' .*: its postcode B14 6RE is in .*Birmingham.* are in .*Exeter.* 2\d\d km away", told
    )
    assert places(local, ESSENTIALS)[0]["latitude"] == pytest.approx(50.72)


@pytest.mark.parametrize("typed", ["B93 ODX", "b14-6re", "B14.6RE", "b146re"])
def test_a_table_takes_postcodes_as_people_type_them(local: Path, tmp_path: Path, typed: str) -> None:
    """They are written as they should be; a guessed letter is named with its line."""
    (tmp_path / "halls.toml").write_text(CARD.partition("[columns]")[0], encoding="utf-8")
    (tmp_path / "halls.csv").write_text(f"name,postcode,checked_on,phone\nA,{typed},2026-10-01,see website\n", encoding="utf-8")
    _, told = run("table", str(tmp_path / "halls.toml"))
    (row,) = places(local, f"halls{date.today().year}_england_points")
    assert row["postcode"] == ("B93 0DX" if "93" in typed else "B14 6RE")
    assert ("halls.csv: line 2: postcode 'B93 ODX': we read B93 0DX. Check it." in told) == ("O" in typed)
    assert "line 2: phone 'see website' is none that a telephone can dial. It is not shown: correct it." in told


# ---- Give Food's own list of locations ----


def location(**changes: Any) -> dict[str, Any]:
    """A place of the list as GeoJSON has it: its food bank is a name, its postcode the end of its address."""
    said = {
        "name": "Hilltop hall",
        "slug": "hilltop-hall",
        "address": "1 High Street\r\nB14 6RE",
        "url": "https://www.givefood.org.uk/a/",
        "network": "Independent",
        "telephone": "0121 496 0000 ext 3",
        "foodbank": "Casetown",
        "foodbank_slug": "casetown",
    }
    point = changes.pop("point", [-1.893, 52.43])
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": point}, "properties": said | changes}


def test_the_list_of_locations_is_read(local: Path, tmp_path: Path) -> None:
    """With its food bank's name, the postcode out of its address, and the extension of its number."""
    (tmp_path / "l.json").write_text(json.dumps({"type": "FeatureCollection", "features": [location()]}), encoding="utf-8")
    run("give-food", str(tmp_path / "l.json"))
    (row,) = places(local, f"food_banks{date.today().year}_england_points")
    assert (row["id"], row["name"], row["postcode"], row["address"], row["phone"]) == (
        "casetown-hilltop-hall",
        "Hilltop hall (Casetown) food bank",
        "B14 6RE",
        "1 High Street",
        "0121 496 0000 ext 3",
    )


@pytest.mark.parametrize(
    ("where", "english"),
    [
        ({"address": "Barr Street", "point": [-3.533, 50.723]}, True),
        ({"address": "Castle Square", "point": [-2.6738, 51.6418]}, False),
        ({"address": "1 Hope Street", "point": [-2.993, 53.046]}, False),
        ({"address": "Marygate\nTD15 1AA", "point": [-2.005, 55.771]}, True),
        ({"address": "High Street\nCF10 1AA", "point": [-1.893, 52.43]}, False),
        ({"address": "", "point": [-1.893, 52.43]}, True),
        ({"address": "", "point": [-5.93, 54.6]}, False),
        ({"address": "", "point": [-3.19, 55.95]}, False),
        ({"address": "Sandgate\nZZ9 9ZZ"}, True),
    ],
    ids=["Exeter", "Chepstow", "Wrexham", "Berwick", "a Cardiff postcode", "Birmingham", "Belfast", "Edinburgh", "an unknown postcode"],
)
def test_without_a_country_the_postcode_or_the_point_decides(where: dict[str, Any], english: bool) -> None:
    """Also a step over the border."""
    from command.importers.give_food import read_food_banks
    from command.importers.importing import postcode_places
    from command.importers.nation import is_english

    snapshot = Snapshot()
    answer = {"type": "FeatureCollection", "features": [location(**where)]}
    reading, faults = read_food_banks([("l.json", answer)], is_english(postcode_places(snapshot), snapshot), TODAY)
    assert (len(reading.rows), faults) == (int(english), [])
