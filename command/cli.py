"""The command ``heatmap``: serve the site, write, check and show a layer, import local help, keep projects, find where a postcode lies."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from command.importers.import_commands import app as import_app
from command.project_commands import app as projects_app
from heatmap import __version__
from heatmap.code_faults import say_code_fault
from heatmap.errors import HeatmapError, NotFoundError, say_disk_fault

app = typer.Typer(
    help="The WHAM Health Inequalities HeatMap. Begin with: heatmap serve",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(import_app, name="import")
app.add_typer(projects_app, name="projects")


class LevelChoice(StrEnum):
    """The levels a new card may be of."""

    lsoa = "lsoa"
    msoa = "msoa"
    lad = "lad"


class Worse(StrEnum):
    """Which end of a figure is worse."""

    high = "high"
    low = "low"
    neither = "neither"


class HeadingOf(StrEnum):
    """What places do for a family."""

    increase_income = "increase_income"
    provide_essentials = "provide_essentials"
    increase_participation = "increase_participation"
    get_care = "get_care"


Choice = TypeVar("Choice", bound=StrEnum)


@app.command()
def serve(
    host: Annotated[str, typer.Option(envvar="HOST", help="The address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=0, max=65535, help="The port to serve on.")] = 8050,
    workers: Annotated[int, typer.Option(envvar="WORKERS", min=1, max=64, help="How many processes serve.")] = 1,
) -> None:
    """Serve the map on this machine; stop with Ctrl+C."""
    from command.serving import name_unfinished, serve_site

    name_unfinished(lambda said: typer.echo(said, err=True))
    serve_site(host, port, workers, page="/")


@app.command()
def show(
    layer: Annotated[str, typer.Argument(help="The layer's id: the name of its card without .toml.")],
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="The port to serve on.")] = 8050,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open the page in a browser.")] = True,
) -> None:
    """Serve the map and open it on one layer. A layer whose CSV lies beside its card is drawn anew each time you save."""
    from command.checking import hold_in_snapshot
    from command.serving import serve_site
    from command.showing import page_of, show_beside
    from heatmap.layers.catalogue import path_of_card, read_card
    from heatmap.snapshot import open_snapshot

    path = path_of_card(layer)
    card = read_card(path)
    if card.lies_beside:
        show_beside(path, port, browser)
    else:
        hold_in_snapshot(card, open_snapshot())
        os.environ.setdefault("HEATMAP_LOG", "warning")
        serve_site("127.0.0.1", port, 1, page=page_of(card), open_browser=browser, again=f"heatmap show {layer}")


@app.command()
def check(
    layer: Annotated[str | None, typer.Argument(help="The layer's id; without it, every layer is checked.")] = None,
) -> None:
    """Check a layer's card and its figures, beside the card or in the snapshot, against what the card promises."""
    from command.checking import check_layers

    check_layers(layer, typer.echo)


@app.command()
def new(
    title: Annotated[str, typer.Option(help="What the layer is called.")] = "",
    question: Annotated[str, typer.Option(help="The question it answers, in plain words.")] = "",
    unit: Annotated[str, typer.Option(help="What one figure counts: percent of streets, minutes, trees.")] = "",
    worse: Annotated[Worse | None, typer.Option(help="Which end is worse.")] = None,
    author: Annotated[str, typer.Option(help="Who made it: your name or your group's, to credit.")] = "",
    level: Annotated[
        LevelChoice, typer.Option(help="The areas the figures are of: neighbourhoods, wider ones, authorities.")
    ] = LevelChoice.lsoa,
    areas: Annotated[LevelChoice | None, typer.Option(help="Write a line for every area of this level, to fill in.")] = None,
    points: Annotated[bool, typer.Option("--points", help="Make a layer of places with postcodes instead.")] = False,
    heading: Annotated[HeadingOf | None, typer.Option(help="For places: what they do for a family.")] = None,
    year: Annotated[int | None, typer.Option(min=1900, max=2999, help="The year of the figures. This year, if you do not say.")] = None,
) -> None:
    """Ask five questions and write a first card with a small CSV beside it; nothing is ever overwritten."""
    from command.first_card import Answers, write_first_card
    from heatmap.layers.catalogue import LAYERS_DIR

    title = title or typer.prompt("What is your layer called? (Street trees)")
    question = question or typer.prompt("Which question does it answer? (How many streets have trees here?)")
    if points:
        heading = heading or _choose("What do the places do for a family?", HeadingOf)
    else:
        unit = unit or typer.prompt("What does one figure count? (percent of streets)")
        worse = worse or _choose("Which end is worse?", Worse)
    author = author or typer.prompt("Who are you? Your name, or your group's, as it should be credited")
    answers = Answers(
        title,
        question,
        author,
        unit,
        worse.value if worse else "neither",
        (areas or level).value,
        areas is not None,
        heading.value if heading else "",
        year,
    )
    written = write_first_card(answers, LAYERS_DIR)
    for path in written:
        typer.echo(f"Written: data/layers/{path.name}")
    typer.echo(f"Put your figures into the CSV, then: heatmap check {written[0].stem}   and: heatmap show {written[0].stem}")


@app.command()
def where(postcode: Annotated[str, typer.Argument(help='A postcode, for example "CO15 2EU". It stays on this machine.')]) -> None:
    """Say which neighbourhood a postcode lies in, from the embedded table; nothing is sent anywhere."""
    from heatmap.deprivation import DEFAULT_LAYER
    from heatmap.geography.levels import COUNT
    from heatmap.geography.postcodes import read_postcode
    from heatmap.place.phrases import say_rank, say_standing
    from heatmap.snapshot import english_outwards, open_snapshot

    read = read_postcode(postcode, english_outwards())
    if not read:
        raise NotFoundError('That is not a full postcode. Write it like this: heatmap where "CO15 2EU"')
    snapshot = open_snapshot()
    found = snapshot.postcode(read.outward, read.inward)
    guess = f"We read it as {read.text}. " if read.guessed else ""
    if found is None:
        raise NotFoundError(f"{guess}We do not have this postcode: it may be mistyped, newer than November 2025, or outside England.")
    if guess:
        typer.echo(f"{guess}Check that this is what you meant.")
    code, _, _, placed = found
    area = snapshot.area(code)
    row = snapshot.row(DEFAULT_LAYER, area) or {}
    probably = "probably in " if placed == "P" else ""
    typer.echo(f"{probably}{area.title} ({area.name}, {code}), {snapshot.area(area.parents['lad']).name}")
    typer.echo(f"{say_standing(row['decile'], row['rank'], COUNT['lsoa'])} {say_rank(row['rank'], COUNT['lsoa'])}")


@app.command()
def version() -> None:
    """Print the version, and which snapshot is embedded."""
    from heatmap.snapshot import open_snapshot

    typer.echo(f"heatmap {__version__}, snapshot {open_snapshot().build}")


def _choose(question: str, of: type[Choice]) -> Choice:
    """One of a few answers; asked again until it is one."""
    words = [one.value for one in of]
    while (said := typer.prompt(f"{question} ({', '.join(words)})").strip().lower()) not in words:
        typer.echo(f"Please type one of these words: {', '.join(words)}")
    return of(said)


def main() -> None:
    """Run a command; every error that is ours, what the disk says, and code that cannot be read ends as a sentence and exit code 1."""
    try:
        app()
    except SyntaxError as fault:  # somebody's page or reader; those found by their place are told where they are called
        typer.echo(say_code_fault(fault, Path(fault.filename or "?")), err=True)
        raise SystemExit(1) from None
    except (HeatmapError, OSError) as fault:
        typer.echo(say_disk_fault(fault) if isinstance(fault, OSError) else str(fault), err=True)
        raise SystemExit(1) from None
