"""The command line: what each command says and does, and that no fault ends in a traceback."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from clones import make_clone
from openpyxl import Workbook
from shown import Shown
from typer.testing import CliRunner
from walks import free_port

from command import first_card, serving
from command.cli import app, main
from command.first_card import Answers, write_first_card
from command.first_view import view_of
from command.showing import build_copy, changes_of, copy_snapshot, page_of
from heatmap import __version__
from heatmap.errors import HeatmapError, LayerCardError
from heatmap.layers import catalogue
from heatmap.layers.cards import LayerCard
from heatmap.layers.catalogue import read_card
from heatmap.layers.shipping import (
    EXAMPLES,
    LICENCES,
    MEANING,
    MEANING_OF_PLACES,
    NOT_MEANING,
    NOT_MEANING_OF_PLACES,
    PAGE,
    hold_fit_to_ship,
    hold_own_name,
)
from heatmap.map.address import MapAddress, read_map_address
from heatmap.settings import ROOT
from heatmap.snapshot import BUILT_DIR, Snapshot, open_snapshot
from heatmap.web.live import make_live_script

ID = "street_trees2026_england_lsoa21"
Run = Callable[..., subprocess.CompletedProcess[str]]
ASKED = (
    "--title",
    "Street trees",
    "--question",
    "How many?",
    "--unit",
    "percent of streets",
    "--worse",
    "low",
    "--author",
    "Class 11b",
    "--year",
    "2026",
)
#: What those who only serve do not have: beside run.in, build.in and dev.in install these.
NOT_IN_RUN = ("pooch", "geopandas", "shapely", "mapbox_vector_tile", "pyreadr", "pyogrio", "pyproj")


def said_by(*words: str, answers: str = "") -> str:
    """What a command prints; an error of ours is raised."""
    done = CliRunner().invoke(app, list(words), input=answers, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def fault_of(*words: str) -> str:
    """The sentence with which a command fails."""
    with pytest.raises(HeatmapError) as fault:
        CliRunner().invoke(app, list(words), catch_exceptions=False)
    return str(fault.value)


# ---- where, version, serve, check ----


def test_where_says_the_neighbourhood() -> None:
    """However a postcode is typed, its neighbourhood is found in the embedded table."""
    for typed in ("CO15 2EU", "co152eu", " co15  2eu "):
        assert said_by("where", typed).startswith("Jaywick & St Osyth (Tendring 018A, E01021988), Tendring\n")


def test_where_says_what_is_wrong() -> None:
    """Half a postcode, and one we do not have."""
    assert fault_of("where", "CO15") == 'That is not a full postcode. Write it like this: heatmap where "CO15 2EU"'
    said = "We do not have this postcode: it may be mistyped, newer than November 2025, or outside England."
    assert fault_of("where", "CF10 1AA") == said == fault_of("where", "CO15 9QQ")


def test_version_names_the_snapshot() -> None:
    """Version and build, to quote when something is wrong."""
    assert said_by("version") == f"heatmap {__version__}, snapshot {open_snapshot().build}\n"


def test_a_port_in_use_is_told() -> None:
    """One sentence with two ways on, before anything starts."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        for words in (("serve",), ("show", "imd2025_england_lsoa21")):
            assert (
                fault_of(*words, "--port", str(port))
                == f"Cannot serve on 127.0.0.1:{port} (Address already in use). Another program is using that port:"
                f" stop it, or choose another: heatmap {' '.join(words)} --port {port + 1}"
            )


@pytest.mark.parametrize("host", ["999.1.1.1", "203.0.113.9"])
def test_an_address_that_is_not_of_this_machine_is_told(host: str) -> None:
    """No port would help there."""
    assert (
        fault_of("serve", "--host", host)
        == f"Cannot serve: {host} is not an address of this computer. Use HOST=127.0.0.1, or HOST=0.0.0.0 to serve to others too."
    )


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder where not even an administrator may write")
def test_it_does_not_start_where_nothing_can_be_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every submission would be told to try again in a few minutes, for ever."""
    monkeypatch.setenv("HEATMAP_DATA", "/proc/self/heatmap")
    assert (
        fault_of("serve", "--port", "0")
        == "What people share cannot be saved: we have no right to write to /proc/self. Allow it, or name another folder by HEATMAP_DATA,"
        " or a PostgreSQL database by DATABASE_URL."
    )


def test_the_browser_opens_when_the_site_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before; a page that cannot load would be taken for a fault."""
    tries, opened = iter([False, False, True]), []
    monkeypatch.setattr(serving, "answers", lambda address: next(tries))
    monkeypatch.setattr(serving.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(serving.webbrowser, "open", opened.append)
    serving.open_when_ready("http://127.0.0.1:1", "/map")
    assert opened == ["http://127.0.0.1:1/map"]


def test_check_holds_a_built_layer() -> None:
    """A layer of the snapshot, by its card."""
    assert said_by("check", "imd2025_england_lsoa21").endswith("anchors and every other promise kept\n")


def test_an_unknown_layer_is_told_with_the_nearest() -> None:
    """A slip of the finger is met with the right name."""
    for command in ("check", "show"):
        said = "We have no layer called 'imd2025_england_lsoa2'. Did you mean 'imd2025_england_lsoa21'?"
        assert fault_of(command, "imd2025_england_lsoa2") == said


def test_a_fault_is_a_sentence_and_exit_code_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The console script never shows a traceback for an error that is ours."""
    monkeypatch.setattr(sys, "argv", ["heatmap", "where", "nowhere"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == 'That is not a full postcode. Write it like this: heatmap where "CO15 2EU"\n'


@pytest.mark.parametrize("words", [("new", *ASKED), ("check", ID)], ids=["new", "check"])
def test_what_the_disk_forbids_is_a_sentence(
    layers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """A folder that may not be written to, a file that may not be read: the path, what is wrong, the next step, and no traceback."""
    said_by("new", *ASKED)
    if words[0] == "new":
        for suffix in (".toml", ".csv"):
            (layers / f"{ID}{suffix}").unlink()

    does = "write_text" if words[0] == "new" else "read_bytes"
    allowed = getattr(Path, does)

    def refuse(path: Path, *more: object, **named: object) -> object:
        if path.is_relative_to(layers):
            raise PermissionError(13, "Permission denied", str(path))
        return allowed(path, *more, **named)

    monkeypatch.setattr(Path, does, refuse)
    monkeypatch.setattr(sys, "argv", ["heatmap", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert (
        capsys.readouterr().err
        == f"{layers / f'{ID}.toml'}: may not be read or written by you. Give yourself the right to, as its owner can, or work in a"
        " folder of"
        " your own.\n"
    )


def test_the_command_has_two_names() -> None:
    """``python -m heatmap`` and ``python -m command`` are the console script."""
    for name in ("heatmap", "command"):
        done = subprocess.run([sys.executable, "-m", name, "version"], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.startswith(f"heatmap {__version__}")


# ---- a first card ----


@pytest.fixture
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of layers, which the commands take for theirs."""
    monkeypatch.setattr(catalogue, "LAYERS_DIR", tmp_path)
    return tmp_path


def test_new_asks_five_questions(layers: Path) -> None:
    """Each question once, an answer that is none asked again, and a card and a CSV come of it."""
    said = said_by("new", "--year", "2026", answers="Street trees\nHow many streets have trees\npercent of streets\nhih\nlow\nClass 11b\n")
    assert said.count("?") == 6 + 1  # four questions, two in examples, one asked again; "Who are you?" is the fifth
    assert "Please type one of these words: high, low, neither" in said
    card = read_card(layers / f"{ID}.toml")
    assert (card.title, card.question, card.author, card.period) == ("Street trees", "How many streets have trees?", "Class 11b", "2026")
    assert card.unit == "percent of streets" and card.polarity == "low_is_worse" and card.valid_max == 100  # type: ignore[union-attr]
    assert (layers / f"{ID}.csv").read_text(encoding="utf-8-sig").splitlines()[0] == "area_code,name,value"


@pytest.mark.parametrize("there", [f"{ID}.toml", f"{ID}.csv"])
def test_new_never_overwrites(layers: Path, there: str) -> None:
    """Whichever of the two is there already stays, and the other is not written."""
    (layers / there).write_text("mine", encoding="utf-8")
    assert (
        fault_of("new", *ASKED)
        == f"data/layers/{there} is there already, and nothing is overwritten. Choose another name, or move that file away."
    )
    assert (layers / there).read_text(encoding="utf-8") == "mine"
    assert len(list(layers.iterdir())) == 1


def test_new_needs_a_name_in_letters(layers: Path) -> None:
    """A file's name has only letters from a to z."""
    assert (
        fault_of("new", "--title", "数", *ASKED[2:])
        == "The name '数' has no letter from a to z to name the file by. Give it an English name; the title can be changed."
    )
    assert not list(layers.iterdir())


def test_words_with_quotes_and_signs_survive(layers: Path) -> None:
    """What people type stands on the card as they typed it."""
    said_by("new", "--title", 'The "quiet" \\ streets', *ASKED[2:])
    assert read_card(layers / "the_quiet_streets2026_england_lsoa21.toml").title == 'The "quiet" \\ streets'


@pytest.mark.parametrize(("level", "geography", "lines"), [("lsoa", "lsoa21", 33_755), ("msoa", "msoa21", 6_856), ("lad", "lad24", 296)])
def test_new_can_write_a_line_for_every_area(layers: Path, level: str, geography: str, lines: int) -> None:
    """All codes with names and an empty figure, to fill in; the card promises all of them."""
    said_by("new", *ASKED, "--areas", level)
    card = read_card(layers / f"street_trees2026_england_{geography}.toml")
    assert card.rows == lines and not card.partial  # type: ignore[union-attr]
    written = (layers / f"{card.id}.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(written) == 1 + lines and all(re.fullmatch(r"E0\d{7},.+,", line) for line in written[1:])


def test_the_example_areas_are_true() -> None:
    """The three areas of a new CSV are those their names say."""
    for level, examples in first_card._EXAMPLES.items():
        assert [open_snapshot().area(code).title for code, _ in examples] == [
            name.replace("Jaywick", "Jaywick & St Osyth") if level == "lsoa" and name == "Jaywick" else name for _, name in examples
        ]


def test_half_a_card_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the answers not fit a card, neither file stays."""
    monkeypatch.setattr(first_card, "_ask", lambda question: "no question")
    with pytest.raises(HeatmapError, match=r'question = "no question"\. End it with a question mark'):
        write_first_card(Answers("Trees", "How many?", "Class 11b", unit="trees"), tmp_path)
    assert not list(tmp_path.iterdir())


# ---- in a clone ----


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A fresh clone, in which nothing of what only builders have can be imported."""
    folder = tmp_path_factory.mktemp("clone") / "heatmap"
    environment = make_clone(folder)
    (folder / "sitecustomize.py").write_text(
        f"import sys\nfor name in {NOT_IN_RUN!r}:\n    sys.modules[name] = None  # importing it raises ImportError\n", encoding="utf-8"
    )
    return folder, environment


@pytest.fixture
def run(clone: tuple[Path, dict[str, str]]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command in the clone."""
    folder, environment = clone

    def run_(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(list(words), cwd=folder, env=environment, capture_output=True, text=True, timeout=120)

    return run_


def finish(card: Path) -> None:
    """Put words of one's own where ``heatmap new`` wrote what to do; the lines stay where they are."""
    for path, words in (
        (card, (MEANING, NOT_MEANING, MEANING_OF_PLACES, NOT_MEANING_OF_PLACES, PAGE)),
        (card.with_suffix(".csv"), (EXAMPLES, "Example place")),
    ):
        text = path.read_text(encoding="utf-8")
        for written in words:
            text = text.replace(
                written, {PAGE: f"{PAGE}trees", EXAMPLES: "# Counted on a walk.", "Example place": "Hall"}.get(written, "Our own words.")
            )
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def card(clone: tuple[Path, dict[str, str]], run: Run) -> Iterator[Path]:
    """A card made by ``heatmap new`` in the clone, with words of one's own."""
    done = run("heatmap", "new", *ASKED)
    assert done.returncode == 0, done.stderr
    path = clone[0] / "data" / "layers" / f"{ID}.toml"
    finish(path)
    yield path
    path.unlink(missing_ok=True)
    path.with_suffix(".csv").unlink(missing_ok=True)


def test_build_tools_are_absent_in_the_clone(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Or the tests below would prove nothing."""
    assert run("python", "-c", "import geopandas").returncode == 1


def test_a_first_card_is_good_at_once(card: Path, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """No mirror, no network, none of the build's tools: what was promised is told line by line."""
    done = run("heatmap", "check", ID)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{ID}: 6 promises kept",
        "  the card: every key is known, and nothing is missing",
        f"  the file: {ID}.csv is a CSV in UTF-8, and every line fits the headers",
        "  lines: 3, as the card says",
        "  codes: neighbourhoods of England in 2021, each once",
        "  figures: every one is a number from 0 to 100",
        "  missing: 0, as the card says",
    ]


def test_one_broken_card_stands_in_nobodys_way(card: Path, run: Run) -> None:
    """All layers: the good ones are checked, the broken one and a folder that looks like a card are told; one layer: that alone."""
    broken, folder = card.with_name("broken2026_england_lsoa21.toml"), card.with_name("odd2026_england_lsoa21.toml")
    broken.write_text('title = "Not finished"\n', encoding="utf-8")
    folder.mkdir()
    try:
        everything, good, odd = (
            run("heatmap", "check"),
            run("heatmap", "check", "imd2025_england_lsoa21"),
            run("heatmap", "check", folder.stem),
        )
    finally:
        broken.unlink()
        folder.rmdir()
    assert (good.returncode, good.stderr) == (0, "")
    assert everything.returncode == 1 and everything.stdout.count("promise") > 40
    assert everything.stderr.startswith(f"{broken.name}: ") and odd.stderr in everything.stderr
    assert (
        odd.returncode == 1 and odd.stderr == f"data/layers/{folder.name}: is a folder where a file should be. Rename it or move it away.\n"
    )


def test_serve_names_what_is_not_finished(layers: Path) -> None:
    """One line; what is not in the snapshot cannot stop the map."""
    (layers / "broken2026_england_lsoa21.toml").write_text('title = "Not finished"\n', encoding="utf-8")
    said: list[str] = []
    serving.name_unfinished(said.append)
    assert said == ["Not finished: broken2026_england_lsoa21. What is wrong there, says: heatmap check broken2026_england_lsoa21"]
    assert len(Snapshot(BUILT_DIR).cards) > 30
    (layers / "broken2026_england_lsoa21.toml").unlink()
    serving.name_unfinished(said.append)
    assert len(said) == 1


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "_example", "..", ""])
def test_a_path_is_no_name_of_a_layer(layers: Path, name: str) -> None:
    """Nothing outside data/layers is read; what helps on a command line is told."""
    (layers.parent / "secret.toml").write_text('title = "secret"', encoding="utf-8")
    (layers / "_example.toml").write_text('title = "none"', encoding="utf-8")
    for command in ("check", "show"):
        said = f"We have no layer called '{name}'. Every layer has its card in data/layers, and 'heatmap check' names them all."
        assert fault_of(command, name) == said


#: How to change the finished card -> what ``check`` and the build say, and ``show`` too, which draws it all the same.
UNFIT: dict[str, tuple[str, str, str]] = {
    "no licence": (
        'licence = "CC-BY-4.0"',
        'licence = ""',
        (
            'line 22: source.licence = "". A layer is shipped only on terms that are known:'
            f' {", ".join(LICENCES)}. Ask the publisher, who may choose one; figures of your own are "own data".'
        ),
    ),
    "an unknown licence": (
        'licence = "CC-BY-4.0"',
        'licence = "unknown"',
        (
            'line 22: source.licence = "unknown". A layer is shipped only on terms'
            f' that are known: {", ".join(LICENCES)}. Ask the publisher, who may choose one; figures of your own are "own data".'
        ),
    ),
    "a licence written otherwise": (
        'licence = "CC-BY-4.0"',
        'licence = "cc by 4.0"',
        f'line 22: source.licence = "cc by 4.0". A layer is shipped'
        f" only on terms that are known: {', '.join(LICENCES)}. Did you mean 'CC-BY-4.0'?",
    ),
    "words of the first card": (
        'meaning = "Our own words."',
        f'meaning = "{MEANING}"',
        "line 4: meaning still says what 'heatmap new' wrote there. Say it in your own words.",
    ),
    "an example's address": (
        f"{PAGE}trees",
        PAGE,
        f"line 21: source.page is still {PAGE}. Write the address where the figures, or you, can be found.",
    ),
    "read tomorrow": (
        f"accessed = {date.today().isoformat()}",
        "accessed = 2999-01-01",
        "line 23: source.accessed = 2999-01-01 has not come yet. Write the day on which you read the figures.",
    ),
    "no condition": (
        "rows = 3",
        'conditions = ["dragons"]\nrows = 3',
        (
            "line 9: conditions has 'dragons', which data/words/core20plus5.toml does not. There are: asthma, chronic_respiratory,"
            " diabetes, early_cancer, epilepsy, hypertension, maternity, mental_health, oral_health, severe_mental_illness."
        ),
    ),
    "a tag misspelt": (
        "rows = 3",
        'core20plus5 = ["smokin"]\nrows = 3',
        "line 9: core20plus5 has 'smokin', which data/words/core20plus5.toml does not. Did you mean 'smoking'?",
    ),
    "part of nothing": (
        "rows = 3",
        'part_of = "incom"\nrows = 3',
        "line 9: part_of = \"incom\" is not a series of layers. Did you mean 'income'? Or remove the key.",
    ),
}


@pytest.mark.parametrize("how", UNFIT)
def test_what_is_not_true_yet_is_not_shipped(layers: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Terms nobody knows, words of an example, a day to come: one sentence each with the key's line."""
    said_by("new", *ASKED)
    path = layers / f"{ID}.toml"
    finish(path)
    right, wrong, sentence = UNFIT[how]
    others = catalogue.read_cards(ROOT / "data" / "layers")
    hold_fit_to_ship(read_card(path), others, layers)
    text = path.read_text(encoding="utf-8")
    assert text.count(right) >= 1
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(LayerCardError) as fault:
        hold_fit_to_ship(read_card(path), others, layers)
    assert str(fault.value) == f"{ID}.toml: {sentence}"


def test_show_draws_what_check_and_build_refuse(clone: tuple[Path, dict[str, str]], card: Path, run: Run) -> None:
    """A layer whose licence is not known: one may look at it, with the sentence, and nobody can put it into the product."""
    card.write_text(card.read_text(encoding="utf-8").replace('"CC-BY-4.0"', '"unknown"'), encoding="utf-8")
    said = f'{ID}.toml: line 22: source.licence = "unknown". A layer is shipped only on terms that are known: '
    before = hash_folder(clone[0] / "data" / "built")
    for words in (("heatmap", "check", ID), ("python", "-m", "etl", "build", "--only", ID)):
        done = run(*words)
        assert done.returncode == 1 and done.stderr.startswith(said) and len(done.stderr.splitlines()) == 1
    assert hash_folder(clone[0] / "data" / "built") == before
    shown = Shown(ID, *clone)
    try:
        shown.wait(lambda: shown.get("/live") == "1")
        assert f"Drawn, but not ready to be shipped:\n{said}" in shown.log.read_text(encoding="utf-8")
    finally:
        shown.stop()


def test_all_that_came_with_the_map_is_fit_to_ship() -> None:
    """Every card of ours, and of the gallery, keeps what is asked of a learner's."""
    for folder in (ROOT / "data" / "layers", ROOT / "docs" / "gallery"):
        cards = catalogue.read_cards(folder)
        for card in cards.values():
            hold_own_name(card, cards)
            hold_fit_to_ship(card, cards, folder)


def test_a_name_of_another_layer_is_told(layers: Path) -> None:
    """Neither the picker's series nor the address's word of places can be taken over; a free name is proposed, in new, check and show."""
    for name in ("imd2025_england_lsoa21", "gp_practices2026_england_points"):
        shutil.copy(ROOT / "data" / "layers" / f"{name}.toml", layers)
    theirs = "belongs to 'Index of Multiple Deprivation 2025' of Ministry of Housing, Communities and Local Government."
    said = f"imd2027_england_lsoa21: the name 'imd' {theirs} Call your files imd_of_class_b2027_england_lsoa21, card and CSV."
    assert fault_of("new", "--title", "IMD", *ASKED[2:-1], "2027") == said
    assert sorted(path.stem for path in layers.iterdir()) == ["gp_practices2026_england_points", "imd2025_england_lsoa21"]
    said_by("new", *ASKED)
    for suffix in (".toml", ".csv"):
        (layers / f"{ID}{suffix}").rename(layers / f"imd2027_england_lsoa21{suffix}")
    said = said.replace("imd_of_class_b2027", "street_trees2027")
    assert said in fault_of("check", "imd2027_england_lsoa21")
    with pytest.raises(LayerCardError, match=re.escape(said)):
        build_copy(layers, 1, layers / "imd2027_england_lsoa21.toml")
    asked = ("--title", "GP practices", "--question", "Where?", "--author", "Class 11b", "--heading", "get_care", "--year", "2027")
    assert fault_of("new", "--points", *asked).startswith(
        "gp_practices2027_england_points: the name 'gp_practices' belongs to 'GP practices"
    )


def test_editions_of_one_publisher_share_a_name(layers: Path) -> None:
    """The class that counted in 2026 counts again in 2027."""
    for year in ("2026", "2027"):
        said_by("new", *ASKED[:-1], year)
    assert len(list(layers.iterdir())) == 4


def test_places_of_a_learner_do_not_look_official(layers: Path) -> None:
    """Whatever they do for a family, they are drawn with a symbol that no layer of ours has."""
    ours = {card.symbol for card in catalogue.read_points_catalogue(ROOT / "data" / "layers").values()}
    for heading in ("increase_income", "provide_essentials", "increase_participation", "get_care"):
        said_by(
            "new", "--points", "--title", heading, "--question", "Where?", "--author", "Class 11b", "--heading", heading, "--year", "2026"
        )
        assert read_card(layers / f"{heading}2026_england_points.toml").symbol not in ours  # type: ignore[union-attr]


def test_check_tells_every_fault(card: Path, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Every sentence on its line, exit code 1, no traceback."""
    table = card.with_suffix(".csv")
    table.write_text(table.read_text(encoding="utf-8").replace("12.5", "12.5%").replace("E01000001", "W01000001"), encoding="utf-8")
    done = run("heatmap", "check", ID)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"{ID}.csv: line 7: code 'W01000001' is in Wales. The map is of England: take the lines of Wales out.",
        f"{ID}.csv: line 5: value '12.5%' has a percent sign. Write the number alone: 12.5. The unit stands on the card.",
    ]


def test_check_tells_what_the_contract_finds(card: Path, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Anchors are held against the file beside the card too."""
    card.write_text(card.read_text(encoding="utf-8") + "\n[anchors]\nE01021988 = { value = 99 }\n", encoding="utf-8")
    assert (
        run("heatmap", "check", ID).stderr
        == f"{ID}: value = 12.5 at E01021988, but 99 was read off the published table, so value does not hold what its name says.\n"
    )


def test_check_tells_a_missing_file(card: Path, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A card without its CSV says where it should lie; so do all layers together."""
    card.with_suffix(".csv").unlink()
    said = f"{ID}.csv: not in data/layers/. Put your figures there, next to the card.\n"
    assert run("heatmap", "check", ID).stderr == said
    everything = run("heatmap", "check")
    assert said in everything.stderr and "imd2025_england_lsoa21: " in everything.stdout


def test_a_built_card_that_is_not_in_the_snapshot_says_how(card: Path, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A card that names a publisher's file has nothing to check until it is built."""
    text = card.read_text(encoding="utf-8") + '\n[columns]\na = "code"\nb = "value"\n\n[[file]]\npath = "trees.csv"\n'
    card.write_text(text, encoding="utf-8")
    said = f"{ID}: its card is good, but it is not in the snapshot yet. Build it: python -m etl build --only {ID}\n"
    assert run("heatmap", "check", ID).stderr == said


def test_places_are_checked_too(clone: tuple[Path, dict[str, str]], run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A first card of places is good at once; a postcode that is none is told by the name of its place."""
    asked = ("--title", "Clubs", "--question", "Where?", "--author", "Class 11b", "--heading", "get_care", "--year", "2026")
    path = clone[0] / "data" / "layers" / "clubs2026_england_points.csv"
    try:
        assert run("heatmap", "new", "--points", *asked).returncode == 0
        first = run("heatmap", "check", path.stem)
        assert first.returncode == 1 and f"{path.name}: line 3: these are still the examples of 'heatmap new'." in first.stderr
        finish(path.with_suffix(".toml"))
        assert run("heatmap", "check", path.stem).stdout.startswith(f"{path.stem}: 5 promises kept\n")
        path.write_text(path.read_text(encoding="utf-8").replace("CO15 2EU", "CO15 9QQ"), encoding="utf-8")
        said = run("heatmap", "check", path.stem)
        assert said.returncode == 1 and "Hall 1" in said.stderr and len(said.stderr.splitlines()) == 1
    finally:
        path.unlink(missing_ok=True)
        path.with_suffix(".toml").unlink(missing_ok=True)


# ---- show ----


def hash_folder(folder: Path) -> dict[str, str]:
    """Every file with what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_show_draws_anew_at_each_save(clone: tuple[Path, dict[str, str]], card: Path) -> None:
    """The layer is served; a good save is on the map, a broken one is told and the last good map stays; the snapshot is not touched.

    A card of somebody else that is not finished stands in nobody's way.
    """
    folder, environment = clone
    before = hash_folder(folder / "data" / "built")
    another = card.with_name("unfinished2026_england_lsoa21.toml")
    another.write_text('title = "Somebody else is still writing this"\n', encoding="utf-8")
    shown = Shown(ID, folder, environment)
    table = card.with_suffix(".csv")
    values = f"/api/v1/layers/{ID}/values?level=lsoa&format=csv"
    try:
        shown.wait(lambda: shown.get("/live") == "1")
        shown.wait(lambda: shown.opened.is_file() and str(shown.port) in shown.opened.read_text(encoding="utf-8"))
        opened = shown.opened.read_text(encoding="utf-8").splitlines()[-1]
        assert re.fullmatch(rf"http://127\.0\.0\.1:{shown.port}/map\?layer={ID}&view=[\d.]+/[\d.]+/-?[\d.]+", opened)
        assert re.search(
            r'<script src="/assets/live\.js\?m=\d+" integrity="sha256-[^"]+" data-live="1" defer></script>', shown.get(f"/map?layer={ID}")
        )
        assert '"author":"Class 11b"' in shown.get(f"/api/v1/layers/{ID}")
        assert re.search(r"^E01021988,[^,]*,[^,]*,[^,]*,12.5,", shown.get(values), re.MULTILINE)

        table.write_text(table.read_text(encoding="utf-8").replace("12.5", "n/a"), encoding="utf-8")
        shown.wait(lambda: "'n/a' is no number" in shown.log.read_text(encoding="utf-8"))
        assert "not drawn, the map still shows the last good save" in shown.log.read_text(encoding="utf-8")
        shown.wait(lambda: "\n" in shown.get("/live"))
        save, *sentences = shown.get("/live").splitlines()
        assert save == "1" and sentences[0].startswith(f"{ID}.csv: line 5: value 'n/a' is not a number.")
        assert re.search(r"^E01021988,[^,]*,[^,]*,[^,]*,12.5,", shown.get(values), re.MULTILINE)

        table.write_text(table.read_text(encoding="utf-8").replace("n/a", "77.5"), encoding="utf-8")
        shown.wait(lambda: shown.get("/live") == "2")
        assert re.search(r"^E01021988,[^,]*,[^,]*,[^,]*,77.5,", shown.get(values), re.MULTILINE)

        card.write_text(
            card.read_text(encoding="utf-8").replace('title = "Street trees"', 'title = "Trees of the street"', 1), encoding="utf-8"
        )
        shown.wait(lambda: shown.get("/live") == "3")
        assert '"title":"Trees of the street"' in shown.get(f"/api/v1/layers/{ID}")

        for file, told in ((table, f"{ID}.csv: not in data/layers/."), (card, f"{ID}")):  # deleted, and put back
            save = int(shown.get("/live").splitlines()[0])
            aside = file.rename(file.with_suffix(".aside"))
            shown.wait(lambda told=told: told in shown.get("/live") and "\n" in shown.get("/live"))
            assert "not drawn, the map still shows the last good save" in shown.log.read_text(encoding="utf-8")
            assert '"title":"Trees of the street"' in shown.get(f"/api/v1/layers/{ID}")
            aside.rename(file)
            shown.wait(lambda save=save: shown.get("/live") == str(save + 1))
    finally:
        shown.stop()
        another.unlink()
    assert shown.process.returncode == 0
    assert "Traceback" not in shown.log.read_text(encoding="utf-8")
    with pytest.raises(OSError):
        shown.get("/health")  # the server has stopped with it
    assert hash_folder(folder / "data" / "built") == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PATH = '/x'\ndef layout(:\n", "heatmap/pages/a_try.py: line 2: Python cannot read this line: "),
        (
            "PATH = '/x'\nTITLE = name_of_nothing\n",
            "heatmap/pages/a_try.py: line 2: it stops with NameError: name 'name_of_nothing' is not defined.",
        ),
        (
            "import nothing_of_the_kind\n",
            "heatmap/pages/a_try.py: line 1: it stops with ModuleNotFoundError: No module named 'nothing_of_the_kind'.",
        ),
        ("PATH = '/x'\n", "heatmap/pages/a_try.py: it stops with AttributeError: "),
    ],
    ids=["syntax", "a name", "a module", "no title"],
)
@pytest.mark.parametrize("command", ["serve", "show", "uvicorn"])
def test_a_page_that_python_cannot_read_is_told(
    clone: tuple[Path, dict[str, str]], card: Path, run: Run, text: str, said: str, command: str
) -> None:
    """With its file and line, in a sentence, whichever way the map is served."""
    if command != "serve" and "layout" not in text:
        return  # all ways lead through the same door: one fault each is enough
    page = clone[0] / "heatmap" / "pages" / "a_try.py"
    page.write_text(text, encoding="utf-8")
    words = {
        "serve": ("heatmap", "serve"),
        "show": ("heatmap", "show", ID, "--no-browser"),
        "uvicorn": ("python", "-m", "uvicorn", "app:server"),
    }
    try:
        done = run(*words[command], "--port", str(free_port()))
    finally:
        page.unlink()
    assert done.returncode != 0 and said in done.stderr and "Traceback" not in done.stderr + done.stdout


def test_show_says_what_is_wrong_before_it_serves(card: Path, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """The first build fails: the sentences, exit code 1, and no server."""
    card.with_suffix(".csv").write_text("area_code,value\nE01021988,1\n", encoding="utf-8")
    done = run("heatmap", "show", ID, "--port", str(free_port()), "--no-browser")
    assert done.returncode == 1
    assert (
        done.stderr
        == f"{ID}.csv: 1 line under the headers, the card says rows = 3. Put rows = 1 on the card, or look for what is missing or too much"
        " in the file.\n"
    )


def test_two_may_show_at_once(clone: tuple[Path, dict[str, str]], card: Path) -> None:
    """Each has a working copy of its own, so that neither ends nor harms the other; both are gone at the end, and old ones too."""
    folder, environment = clone
    old = folder / "var" / "show" / "999999999"
    old.mkdir(parents=True)
    (old / "left.txt").write_text("by one that was killed", encoding="utf-8")
    first = Shown(ID, folder, environment)
    values = f"/api/v1/layers/{ID}/values?level=lsoa&format=csv"
    try:
        first.wait(lambda: first.get("/live") == "1")
        assert not old.exists()
        second = Shown("imd2025_england_lsoa21", folder, environment)
        third = Shown(ID, folder, environment)
        try:
            second.wait(lambda: bool(second.get("/health")))
            third.wait(lambda: third.get("/live") == "1")
        finally:
            second.stop()
            third.stop()
        card.with_suffix(".csv").write_text(card.with_suffix(".csv").read_text(encoding="utf-8").replace("12.5", "66.5"), encoding="utf-8")
        first.wait(lambda: first.get("/live") == "2")
        assert re.search(r"^E01021988,[^,]*,[^,]*,[^,]*,66.5,", first.get(values), re.MULTILINE)
    finally:
        first.stop()
    assert list((folder / "var" / "show").iterdir()) == []


def test_a_file_where_the_working_copy_should_lie_is_told(clone: tuple[Path, dict[str, str]], card: Path, run: Run) -> None:
    """No traceback for what the disk says: the path, what is wrong, and the next step."""
    for blocked in ("var", "var/show"):
        shutil.rmtree(clone[0] / "var", ignore_errors=True)
        path = clone[0] / blocked
        path.parent.mkdir(exist_ok=True)
        path.write_text("a file", encoding="utf-8")
        try:
            done = run("heatmap", "show", ID, "--port", str(free_port()), "--no-browser")
            built = run("python", "-m", "etl", "build", "--only", ID) if blocked == "var" else done
        finally:
            path.unlink()
        for said in (done, built):
            assert said.returncode == 1 and len(said.stderr.splitlines()) == 1
            assert re.fullmatch(
                r"var(/show)?: (is a file|leads through a file) where a folder should be\. Rename .* move it away\.\n", said.stderr
            )


@pytest.mark.parametrize("library", ["typer.core", "numpy", "pandas._libs.tslibs"])
def test_an_early_end_leaves_no_traceback(clone: tuple[Path, dict[str, str]], library: str) -> None:
    """Ctrl+C while the libraries are still being read ends the build, and nothing is said of imports."""
    words = [sys.executable, "-X", "importtime", "-m", "etl", "build", "--only", "none2026_england_lsoa21"]
    with subprocess.Popen(words, cwd=clone[0], env=clone[1], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:  # each library as it has been read
            if line.rpartition("|")[2].strip() == library:
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert "Traceback" not in rest and process.returncode != 0


def test_the_map_opens_at_the_figures() -> None:
    """Three neighbourhoods in one town: close by; far apart: where most lie; authorities, places and whole layers: as far as they need."""
    snapshot = open_snapshot()
    card = snapshot.cards["imd2025_england_lsoa21"]

    def view(*codes: str, card: LayerCard = card, level: str = "lsoa") -> str:
        rows = snapshot.table(card.id)[level].copy()  # type: ignore[index]
        rows.loc[~rows.code.isin(codes), ["value", "rank"]] = None
        return view_of(card, SimpleNamespace(areas=snapshot.areas, table=lambda _: {level: rows}))  # type: ignore[arg-type]

    jaywick = snapshot.area("E01021988").row
    zoom, latitude, longitude = map(float, view("E01021988", "E01021991").split("/"))
    assert zoom >= 10 and abs(latitude - jaywick["inside_latitude"]) < 0.1 and abs(longitude - jaywick["inside_longitude"]) < 0.1
    scattered = view("E01021988", "E01021991", "E01008966")
    assert scattered == view("E01021988", "E01021991")
    assert view() == "" == view_of(card, snapshot)
    of_authorities = card.model_copy(update={"geography": "lad24"})
    far = view("E07000076", "E08000025", "E08000021", card=of_authorities, level="lad")
    assert far == "" and float(view("E07000076", card=of_authorities, level="lad").split("/")[0]) > 8
    assert view_of(snapshot.points_cards["libraries2023_england_points"], snapshot) == ""
    assert read_map_address(f"?view={scattered}", snapshot) == (MapAddress(view=scattered), [])


def test_places_are_shown_by_their_word() -> None:
    """The address that is opened names the layer as the map's own addresses do."""
    gallery = catalogue.read_cards(ROOT / "docs" / "gallery")
    assert page_of(gallery["example_homework_clubs2026_england_points"]) == "/map?points=example_homework_clubs"
    assert page_of(gallery["example_way_to_library2025_england_lad24"]) == "/map?layer=example_way_to_library2025_england_lad24"


def test_without_show_no_page_asks_for_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    """The script of live reload stands on no page that is served to readers."""
    monkeypatch.delenv("HEATMAP_LIVE", raising=False)
    assert make_live_script("/assets/live.js") == ""
    monkeypatch.setenv("HEATMAP_LIVE", "3")
    assert make_live_script("/assets/live.js") == '<script src="/assets/live.js" data-live="3" defer></script>'


def test_a_save_is_seen_once_it_is_whole(tmp_path: Path) -> None:
    """One item a save; a file that an editor puts aside for a moment is waited for."""
    file = tmp_path / "a.csv"
    file.write_text("1", encoding="utf-8")
    changes = changes_of(file)
    file_changes = []

    def save(text: str) -> None:
        file.unlink()
        file.write_text(text, encoding="utf-8")

    threading.Timer(0.5, save, ["22"]).start()
    next(changes)
    file_changes.append(file.read_text(encoding="utf-8"))
    threading.Timer(0.5, save, ["333"]).start()
    next(changes)
    file_changes.append(file.read_text(encoding="utf-8"))
    assert file_changes == ["22", "333"]


def test_the_working_copy_is_whole_where_links_are_not_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk without hard links, or another disk, the parts are copied."""

    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", refuse)
    copy_snapshot(BUILT_DIR, tmp_path / "show")
    named = {part["file"] for part in open_snapshot().parts.values()} | {"manifest.json"}
    assert set(hash_folder(tmp_path / "show")) == named


def test_the_options_are_typed() -> None:
    """A level that is none is refused with those there are."""
    done = CliRunner().invoke(app, ["new", *ASKED, "--level", "ward"])
    assert done.exit_code == 2 and "lsoa" in done.output
    assert isinstance(app, typer.Typer)


def test_whoever_only_serves_can_import(clone: tuple[Path, dict[str, str]], run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A feed and a workbook, with what run.in installs alone; into the clone's own folder."""
    folder, _ = clone
    done = run("heatmap", "import", "give-food", str(ROOT / "tests" / "fixtures" / "invented_food_banks.json"))
    assert done.returncode == 0 and done.stdout.startswith("Imported: food_banks"), done.stderr
    book = Workbook()
    for row in (["name", "postcode", "checked_on"], ["Warm hall", "B14 7QH", "2026-05-01"]):
        book.active.append(row)
    book.save(folder / "halls.xlsx")
    card = 'title = "Halls"\nheading = "provide_essentials"\n[source]\npublisher = "A"\npage = "https://example.org/"\nlicence = "CC0"\n'
    (folder / "halls.toml").write_text(card, encoding="utf-8")
    done = run("heatmap", "import", "table", "halls.toml")
    assert done.returncode == 0 and done.stdout.startswith("Imported: halls"), done.stderr
    assert run("heatmap", "import", "list").stdout.count("\n") == 2 and (folder / "local" / "built" / "manifest.json").is_file()
    done = run("heatmap", "import", "table", "none.toml")
    assert (done.returncode, done.stderr) == (1, "none.toml: there is no such card in heatmap/.\n")
