"""A list of projects of several pages: what is typed is looked for on all of them, and stays in the browser."""

import re

import pytest
import sqlalchemy as sa

from heatmap.pages.projects.page import A_PAGE
from heatmap.projects.database import Database
from heatmap.projects.record import read_project
from heatmap.projects.shipped import read_shipped
from heatmap.projects.store import ProjectStore

expect = pytest.importorskip("playwright.sync_api").expect
MANY = A_PAGE + 60
#: Of those that ship, how many are about food.
SHIPPED = sum("food" in project.themes for project in read_shipped())


@pytest.fixture(scope="module")
def site(start_site, tmp_path_factory):
    """A server with more projects than a page holds, the last of which alone has a zebra."""
    data = tmp_path_factory.mktemp("many")
    ProjectStore(Database(sa.URL.create("sqlite", database=str(data / "projects.sqlite3")))).bring(
        read_project(
            {
                "id": f"project-{n}",
                "title": f"Project number {n:03} for readers{' with a zébra' if n == MANY - 1 else ''}",
                "organisation": "A children’s hospital",
                "postcode": "B4 6NH",
                "themes": ["food"],
                "link": "https://example.org/food",
            }
        )
        for n in range(MANY)
    )
    return start_site(HEATMAP_DATA=str(data))


def search(page, words):
    """Type into the search."""
    page.get_by_label("Search their words").fill(words)


@pytest.mark.parametrize("view", ["cards", "table"])
def test_words_are_looked_for_on_every_page(sized, view):
    """What is not on this page is listed under it, with a link; the words are fetched once and name nothing that was typed."""
    page = sized
    page.goto(f"/projects?theme=food&view={view}")
    before = len(page.watch.requests)
    search(page, "ZEBRA number")
    further = page.locator("#projects-elsewhere")
    expect(further.get_by_role("heading")).to_have_text("On other pages of the list: 1")
    expect(page.locator("#projects-count")).to_have_text(f"1 of {MANY + SHIPPED} projects")
    expect(page.get_by_text("No project here has these words.")).to_be_hidden()
    search(page, "readers")
    expect(further.get_by_role("heading")).to_have_text(f"On other pages of the list: {MANY + SHIPPED - A_PAGE}")
    expect(further.get_by_text("These are the first 40.")).to_be_visible()
    search(page, "zebra giraffe")
    expect(page.get_by_text("No project here has these words.")).to_be_visible()
    expect(further).to_be_hidden()
    asked = [request.url for request in page.watch.requests[before:] if "/api/" in request.url]
    assert asked == [f"{page.url.split('/projects')[0]}/api/v1/projects/words?theme=food"]
    search(page, "zebra")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    further.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Project number {MANY - 1} for readers with a zébra")


def test_the_other_pages_may_be_away(desktop):
    """It says so, and looks again when asked."""
    page = desktop
    page.watch.expect("words|503|ERR_FAILED")
    page.route("**/api/v1/projects/words*", lambda route: route.fulfill(status=503))
    page.goto("/projects")
    search(page, "zebra")
    expect(page.get_by_text("The other pages cannot be searched just now: our server does not answer.")).to_be_visible()
    expect(page.locator("#projects-count")).to_have_text(re.compile("^0 on this page, of"))
    page.unroute("**/api/v1/projects/words*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#projects-elsewhere").get_by_role("heading")).to_have_text("On other pages of the list: 1")


def test_a_list_of_one_page_asks_for_nothing(desktop):
    """All its words are on it."""
    desktop.goto("/projects?theme=housing")
    search(desktop, "damp")
    expect(desktop.locator("#projects-count")).to_have_text(re.compile(r"^\d+ of \d+ projects?$"))
    assert not [request for request in desktop.watch.requests if "/projects/words" in request.url]
