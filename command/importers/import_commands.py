"""``heatmap import``: bring lists of local help onto the map, tell which there are, take one out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatmap.errors import DataContractError, HeatmapError

if TYPE_CHECKING:
    from command.importers.importing import Made

app = typer.Typer(
    help="Bring lists of local help onto the map, into your own folder; see docs/add-local-help.md.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

LeaveOut = Annotated[
    bool, typer.Option("--leave-out", help="Skip records that break the rules, and list them, instead of refusing the full list.")
]


class Otherwise(StrEnum):
    """The heading of services of which no word is known."""

    increase_income = "increase_income"
    provide_essentials = "provide_essentials"
    increase_participation = "increase_participation"
    get_care = "get_care"


@app.command(name="open-referral")
def open_referral(
    address: Annotated[str, typer.Argument(help="The address of an Open Referral UK 3.0 API, or a JSON file fetched from one.")],
    word: Annotated[str, typer.Option("--id", help="A short name for the list, like ladywood_help; a list of that name is replaced.")],
    publisher: Annotated[str, typer.Option(help="Who publishes it, to credit: Birmingham City Council.")],
    licence: Annotated[str, typer.Option(help="The publisher's terms: OGL-UK-3.0.")],
    title: Annotated[str, typer.Option(help="What the list is called. The publisher's name, if you do not say.")] = "",
    page: Annotated[str, typer.Option(help="A web page about the list, starting with https://. Its own address, if you do not say.")] = "",
    otherwise: Annotated[Otherwise | None, typer.Option(help="The heading of services whose terms are not in need_terms.toml.")] = None,
    leave_out: LeaveOut = False,
) -> None:
    """Import a council's directory from its Open Referral UK 3.0 API."""
    from command.importers.feed import Feed, host_of
    from command.importers.importing import check_word, make_layers, postcode_places
    from command.importers.open_referral import name_faults, read_services, read_services_file
    from command.importers.open_referral_places import read_places
    from heatmap.snapshot import Snapshot

    began = time.monotonic()
    check_word(word)
    on_the_web = "://" in address
    about = page or (address if address.startswith("https://") else "")
    if not about:
        raise HeatmapError("Add --page with a web address (starting https://) where people can read about the list.")
    read = read_services(Feed(_say), address, _say) if on_the_web else read_services_file(Path(address))
    if read.faults and not leave_out:
        raise DataContractError(f"{name_faults(read.faults)}\nNothing was imported. Leave such records out: --leave-out")
    for said in (*read.notes, *(f"skipped: {fault}" for fault in read.faults)):
        _say(said)
    places = read_places(read.services, otherwise.value if otherwise else None, date.today())
    for said in places.notes:
        _say(said)
    called = title or publisher
    source = {
        "publisher": publisher,
        "title": f"Services directory of {publisher}",
        "page": about,
        "licence": licence,
        "accessed": date.today(),
    }
    card = {
        "title": called,
        "author": publisher,
        "source": source,
        "meaning": f"Services of the directory “{called}”, each at the place where it is given.",
        "not_meaning": "Helplines and help online are not shown, nor what the directory does not have. Ring before you go.",
    }
    named = host_of(address) if on_the_web else Path(address).name
    _keep(word, make_layers(word, card, places, postcode_places(Snapshot()), named, leave_out, _say), began)


@app.command(name="give-food")
def give_food(
    addresses: Annotated[list[str] | None, typer.Argument(help="Other addresses, or JSON files, than Give Food's own two lists.")] = None,
    word: Annotated[str, typer.Option("--id", help="A short name for the list; a list of that name is replaced.")] = "food_banks",
    leave_out: LeaveOut = False,
) -> None:
    """Import England's food banks from Give Food, a charity that keeps a list of them."""
    from command.importers.feed import Feed, read_json_file
    from command.importers.give_food import ADDRESSES, read_food_banks
    from command.importers.importing import check_word, make_layers, postcode_places
    from command.importers.nation import is_english
    from command.importers.open_referral import name_faults
    from heatmap.snapshot import Snapshot

    began = time.monotonic()
    check_word(word)
    snapshot = Snapshot()
    feed, places = Feed(_say), postcode_places(snapshot)
    answers = []
    for address in addresses or ADDRESSES:
        _say(f"asking {address}")
        answers.append((address, feed.get_json(address) if "://" in address else read_json_file(Path(address))))
    reading, faults = read_food_banks(answers, is_english(places, snapshot), date.today())
    if faults and not leave_out:
        raise DataContractError(f"{name_faults(faults)}\nNothing was imported. Leave such records out: --leave-out")
    for said in (*reading.notes, *(f"skipped: {fault}" for fault in faults)):
        _say(said)
    source = {
        "publisher": "Give Food",
        "title": "Food banks and where they give food out",
        "page": "https://www.givefood.org.uk/",
        "licence": "free to use with a credit and a link",
        "accessed": date.today(),
        "attribution": "Food banks: Give Food, https://www.givefood.org.uk/.",
    }
    card: dict[str, Any] = {
        "id": f"{word}{date.today().year}_england_points",
        "title": "Food banks",
        "list_name": "Give Food’s list",
        "source": source,
        "question": "Where is there a food bank?",
        "author": "Give Food",
        "meaning": "Every food bank in England that Give Food knows, and the places where they give food out.",
        "not_meaning": "Whether it is open now, or gives food without a voucher: ring first. Many places open a few hours a week.",
    }
    _keep(word, make_layers(word, card, reading, places, "Give Food", leave_out, _say), began)


@app.command()
def table(
    card: Annotated[Path, typer.Argument(help="A card: a TOML file of some ten lines.")],
    file: Annotated[
        Path | None, typer.Argument(help="The CSV or .xlsx workbook, if it is not next to the card under the same name.")
    ] = None,
) -> None:
    """Import a CSV or an Excel workbook (.xlsx) by a card that says what its columns are."""
    from command.importers.importing import make_table_layer, postcode_places, read_table_card
    from heatmap.snapshot import Snapshot

    began = time.monotonic()
    word, made, path = read_table_card(card, file)
    _say(f"reading {path.name}: {_say_places(made.rows)}")
    _keep(word, [make_table_layer(made, path, postcode_places(Snapshot()), _say)], began)


@app.command(name="list")
def list_lists() -> None:
    """Tell which lists have been imported: each layer, how many places, and the day."""
    from command.importers.importing import list_kept

    kept = list_kept()
    for each in kept:
        typer.echo(f"{each['word']}: {each['layer']}, {_say_places(each['rows'])}, imported {each['read_on']}")
    if not kept:
        typer.echo("No list has been imported. docs/add-local-help.md shows how.")


@app.command()
def remove(word: Annotated[str, typer.Argument(help="The list's short name, as `heatmap import list` shows it.")]) -> None:
    """Take an imported list off the map."""
    from command.importers.importing import take_out

    for layer in take_out(word):
        typer.echo(f"Taken out: {layer}")
    typer.echo("Start the server again, and it is off the map: heatmap serve")


def _keep(word: str, layers: Sequence[Made], began: float) -> None:
    from command.importers.importing import keep, say_how_placed

    keep(word, layers)
    for each in layers:
        typer.echo(f"Imported: {each.card.id}, {_say_places(len(each.places))}")
    typer.echo(say_how_placed(layers))
    shown = ",".join(each.card.index for each in layers)
    typer.echo(f"Start the server again (heatmap serve), and they are at /map?points={shown}, on the place pages and leaflets.")
    _say(f"{time.monotonic() - began:.1f} s")


def _say_places(count: int) -> str:
    return f"{count:,} {'place' if count == 1 else 'places'}"


def _say(text: str) -> None:
    """Tell on the error stream what is going on: what a command has done stands alone on the other."""
    typer.echo(text, err=True)
