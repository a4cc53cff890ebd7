"""The main journeys in every engine: from a postcode to a leaflet, over the map, through the table, and to a project shared."""

from __future__ import annotations

from engines import Engine, heard, wait
from test_every_page import KINGS_HEATH, OF_THE_MACHINE, STANDS

BOX = "input[role=combobox]"


def nothing_wrong(engine: Engine) -> bool:
    """Whether the page said nothing of a fault."""
    assert [each for each in heard(engine) if not OF_THE_MACHINE.search(each)] == []
    return True


def test_from_a_postcode_to_a_leaflet(engine: Engine, address: str) -> None:
    """A clinician types a postcode, reads the story and opens the leaflet; the postcode is in no address."""
    engine.open(f"{address}/")
    wait(engine, f"return document.querySelector({BOX!r})")
    engine.type(BOX, "B14 7QH")
    wait(engine, "return document.querySelector('[role=option]')")
    engine.press(f"{BOX} Enter")
    wait(engine, f"return location.pathname === '/place/{KINGS_HEATH}' && document.querySelector('#page h1')")
    assert "Kings Heath" in engine.run("return document.querySelector('#page h1').innerText")
    wait(engine, "return document.querySelectorAll('#page section').length > 2")
    assert (
        "7QH" not in engine.run("return location.href + document.title + JSON.stringify(history.state) + document.body.innerText").upper()
    )
    assert nothing_wrong(engine)
    engine.open(f"{address}/place/{KINGS_HEATH}/leaflet")
    wait(engine, STANDS)
    wait(
        engine,
        "return [...document.querySelectorAll('#page img')].every((each) => each.complete) && document.querySelectorAll('#page svg').length > 0",
    )
    assert nothing_wrong(engine)


def test_the_map_is_drawn_and_changed(engine: Engine, address: str) -> None:
    """It is painted, another indicator paints it anew, and an area opens its panel."""
    engine.open(f"{address}/map?zoom=11")
    wait(engine, "return document.documentElement.dataset.map === 'painted'")
    engine.open(f"{address}/map?layer=far_gp2026_england_lsoa21&area={KINGS_HEATH}")
    wait(
        engine,
        "return document.documentElement.dataset.map === 'painted' && document.querySelector('#place-title')?.innerText.includes('Kings Heath')",
    )
    assert "GP" in engine.run("return document.querySelector('#legend h2').innerText")
    assert nothing_wrong(engine)


def test_the_table_is_sorted_and_searched(engine: Engine, address: str) -> None:
    """Every area is in the table; a word narrows it, a heading turns it round."""
    engine.open(f"{address}/map?show=table")
    wait(engine, "return document.querySelectorAll('table tbody tr').length > 40")
    first = "return document.querySelector('table tbody tr').innerText"
    assert "Jaywick" in engine.run(first)
    engine.press("[data-sort=rank]")
    wait(engine, f"return !(() => {{ {first} }})().includes('Jaywick')")
    assert nothing_wrong(engine)


def test_a_project_is_written_and_checked(engine: Engine, address: str) -> None:
    """The form names what is missing, beside the field and together, and loses nothing."""
    engine.open(f"{address}/projects/share")
    wait(engine, STANDS)
    engine.type("#project-title", "Food on the ward")
    engine.press("#share-send")
    wait(engine, "return document.querySelector('[aria-invalid=true]')")
    assert engine.run("return document.querySelector('#project-title').value") == "Food on the ward"
    assert nothing_wrong(engine)
