"""axe-core finds no fault while a page still waits for what it asked for, or cannot have it: the map, a place, /layers, /inequality."""

import contextlib
import re

import pytest
from accessibility import check
from screens import HERE

expect = pytest.importorskip("playwright.sync_api").expect
#: What Dash draws; the other pages have their words in the first answer (test_first_answer.py).
PAGES = ["/map", "/map?show=table", f"/map?area={HERE}", "/layers"]
WORDS, COLOURS = re.compile("/_dash-|for=young"), "**/paint/**"


@pytest.fixture
def page(sized):
    """The page, checked after each test."""
    yield sized
    sized.unroute_all(behavior="wait")
    sized.watch.expect("404|503|ERR_FAILED|Failed to fetch")
    sized.watch.check()


@contextlib.contextmanager
def held(page, *patterns):
    """As long as it lasts, what is asked for by these addresses is not answered; then all of it is."""
    waiting, free = [], False

    def meet(route):
        if free:
            route.continue_()
        else:
            waiting.append(route)

    for pattern in patterns:
        page.route(pattern, meet)
    yield
    free = True
    for route in waiting:
        route.continue_()


@contextlib.contextmanager
def away(page, *patterns):
    """As long as it lasts, what is asked for by these addresses fails, as it does where the server is away."""
    for pattern in patterns:
        page.route(pattern, lambda route: route.abort())
    yield page.get_by_role("alert").filter(has_text="We cannot reach our server.")
    page.unroute_all()


@pytest.mark.parametrize("path", PAGES)
def test_the_frame_while_the_page_is_loading(page, path):
    """The first HTML, before Dash has drawn the page: frame, first words, that more is on its way."""
    with held(page, WORDS):
        page.goto(path)
        expect(page.locator("#first")).to_have_count(1)
        said = page.locator("#loading:visible, #first [role=status]:visible")
        expect(said.first).to_contain_text("Loading")
        check(page, path)
    expect(page.locator("#first")).to_have_count(0)


@pytest.mark.parametrize("query", ["", f"?area={HERE}"])
def test_the_map_waiting_for_its_colours(page, as_map, query):
    """Words and tools stand, the classes are on their way: the line over the map says so."""
    with held(page, COLOURS):
        page.goto(f"/map{query}")
        expect(page.locator("#first")).to_have_count(0)
        expect(page.locator("#loading")).to_be_visible()
        assert as_map(page).state == "loading"
        check(page, query)
    as_map(page).settle()


@pytest.mark.parametrize("path", PAGES)
def test_the_server_away_while_a_page_opens(page, path):
    """The message over the first HTML; the page follows when the server is back."""
    with away(page, WORDS) as alert:
        page.goto(path)
        expect(alert).to_be_visible()
        check(page, path)
    page.evaluate("heat.askAgain()")  # as "Try now" does, which may have gone by itself
    expect(page.locator("#first")).to_have_count(0)
    expect(alert).not_to_be_visible()


@pytest.mark.parametrize(
    ("path", "press"),
    [
        ("/map", "heat.set({level: 'msoa'})"),
        ("/map?show=table", "heat.set({level: 'msoa'})"),
        (f"/place/{HERE}", "document.querySelector('a[href*=\"for=young\"]').click()"),
        ("/layers?layer=imd2025_england_lsoa21", "document.querySelector('#layers-list a[href*=crime2025]').click()"),
    ],
)
def test_the_server_away_from_a_page_that_stands(page, path, press):
    """The message over a whole page whose next words do not come."""
    page.goto(path)
    expect(page.locator("#first")).to_have_count(0)
    page.locator("main h1, #count b").first.wait_for(state="attached")
    with away(page, WORDS) as alert:
        page.evaluate(press)
        expect(alert).to_be_visible()
        check(page, path)
    page.evaluate("heat.askAgain()")  # as "Try now" does, which may have gone by itself
    expect(alert).not_to_be_visible()
