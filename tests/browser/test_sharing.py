"""Share a project, review it, keep it up: the whole walk, faults, drafts, two editors, the keyboard, axe and hostile text."""

import json
import re

import pytest
import sqlalchemy as sa
from accessibility import faults
from screens import fits

from heatmap.projects.database import Database
from heatmap.projects.store import ProjectStore

expect = pytest.importorskip("playwright.sync_api").expect

FOOD = {
    "title": "Food on the ward",
    "one_line": "Parents eat too.",
    "organisation": "A children’s hospital",
    "postcode": "B4 6NH",
    "themes": ["food"],
    "settings": ["hospital"],
    "level": "practice",
    "stage": "running",
    "link": "https://example.org/food",
    "added_by_role": "nurse",
    "what_we_learnt": "Ask everyone.",
}
KEPT = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
NOTHING = '[{},{},""]'
#: What the browser itself writes about an answer that is no 200.
ANSWERS = r"status of (401|404|409|410|422|429|503)|ERR_FAILED|ERR_INTERNET"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The folder of this module's own server."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def site(start_site, data):
    """A server with nothing shared yet."""
    return start_site(HEATMAP_DATA=str(data), HEATMAP_WRITES_AN_HOUR="1000")


@pytest.fixture(scope="module")
def reviewer(site, data):
    """A reviewer's token, as the command line makes one."""
    return ProjectStore(Database(sa.URL.create("sqlite", database=str(data / "projects.sqlite3")))).add_reviewer("young_person")[1]


@pytest.fixture
def desk(desktop):
    """A page on which answers that are no 200 are meant."""
    desktop.watch.expect(ANSWERS)
    return desktop


class Wall:
    """The API as a program asks it: to set a scene fast."""

    def __init__(self, page, site, token):
        self.ask, self.url, self.review = page.request, site.url, {"Authorization": f"Bearer {token}"}

    def share(self, **more):
        """A new project: its id and its private token."""
        answer = self.ask.post(f"{self.url}/api/v1/projects", data={"project": FOOD | more, "consent": True})
        assert answer.status == 201, answer.text()
        return answer.json()["id"], answer.json()["edit_key"]

    def decide(self, id_, decision, version=1, reason="It has to be."):
        """What a reviewer decides."""
        said = {"decision": decision, "version": version, "reason": reason}
        answer = self.ask.post(f"{self.url}/api/v1/review/{id_}", data=said, headers=self.review)
        assert answer.status == 200, answer.text()

    def correct(self, token, version, **more):
        """What another editor writes."""
        said = {"project": FOOD | more, "version": version}
        assert self.ask.put(f"{self.url}/api/v1/projects/edit", data=said, headers={"X-Edit-Token": token}).status == 200

    def waiting(self):
        """What waits."""
        return self.ask.get(f"{self.url}/api/v1/review", headers=self.review).json()["waiting"]

    def clear(self):
        """Decide on everything that waits, page by page."""
        while waiting := self.waiting():
            for each in waiting:
                self.decide(each["project"]["id"], "reject" if each["status"] == "waiting" else "keep", each["version"])

    def listed(self):
        """The ids that readers see."""
        return {one["id"] for one in self.ask.get(f"{self.url}/api/v1/projects").json()["projects"]}


@pytest.fixture
def wall(desktop, site, reviewer):
    """The API beside the desktop page."""
    return Wall(desktop, site, reviewer)


def open_form(page):
    """The form, once it is drawn."""
    page.goto("/projects/share")
    expect(page.get_by_role("heading", name="Share a project")).to_be_visible()


def fill(page, **more):
    """Every needed answer, as a person gives it."""
    said = FOOD | more
    page.get_by_label("What is it called?").fill(said["title"])
    page.get_by_label("What is it, in one line?").fill(said["one_line"])
    page.get_by_label("Which organisation runs it?").fill(said["organisation"])
    page.get_by_role("group", name="What is it about?").get_by_label("Food", exact=True).check()
    page.get_by_label("A public page about it").fill(said["link"])
    page.get_by_label("Postcode of the site").fill(said["postcode"])
    page.get_by_role("group", name="Where does it happen?").get_by_label("Hospital").check()
    page.get_by_label("Running").check()
    page.get_by_label("Changing clinical practice").check()
    page.get_by_label("What did you learn?").fill(said["what_we_learnt"])
    page.get_by_label("In which role do you add it?").select_option("nurse")
    page.get_by_label("My team agrees").check()


def send(page):
    """Press the form's button."""
    page.get_by_role("button", name="Send it to a reviewer").click()


def edit(page, token):
    """A project by its private key, from another page as its team comes."""
    page.goto("/about")
    page.goto("/projects/edit")
    page.get_by_label("Your private key").fill(token)
    page.get_by_role("button", name="Open my project").click()
    expect(page.locator("#share-status")).to_be_visible()


def review(page, token):
    """The reviewers' list."""
    page.goto("/projects/review")
    page.get_by_label("Your reviewer’s token").fill(token)
    page.get_by_role("button", name="Open the list").click()
    expect(page.locator("#review-count")).to_be_visible()


def decide(page, title, choice, reason=""):
    """Choose one of the list and decide."""
    page.locator(".share-entry", has_text=title).click()
    page.locator(f"#review-one [value={choice}]").check()
    page.locator("#review-reason").fill(reason)
    page.get_by_role("button", name="Send the decision").click()
    expect(page.locator("#review-done")).to_be_visible()


# ---- the whole walk ----


def test_from_sharing_to_withdrawing(desk, wall, site, reviewer, access_log):
    """Share, be asked for a change, correct, be accepted and listed, confirm, withdraw; no token anywhere but in headers and on the
    page."""
    wall.clear()
    open_form(desk)
    fill(desk, title="Breakfast before clinic")
    send(desk)
    expect(desk.get_by_role("heading", name="It is with the reviewers now")).to_be_focused()
    token = desk.get_by_label("Your private key").input_value()
    assert re.fullmatch(r"[\w-]{40,}", token) and desk.get_by_text(f"{site.url}/projects/edit", exact=True).is_visible()
    assert desk.evaluate(KEPT) == NOTHING
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Save it as a file").click()
    saved = download.value.path().read_text()
    assert f"\n{token}\n" in saved and f"Open {site.url}/projects/edit\n" in saved and "#" not in saved

    review(desk, reviewer)
    expect(desk.get_by_text("You review as: Young person.")).to_be_visible()
    decide(desk, "Breakfast before clinic", "ask", "Since when does it run?")
    expect(desk.get_by_text("Nothing waits. Thank you.")).to_be_visible()

    edit(desk, token)
    assert desk.url == f"{site.url}/projects/edit"  # taken out of the address bar
    expect(desk.locator("#share-status")).to_have_text("A reviewer asks you to change something")
    expect(desk.get_by_text("Since when does it run?")).to_be_visible()
    desk.locator("[data-part=stage] summary").click()
    desk.get_by_label("When did it begin?").fill("2024-03")
    desk.get_by_role("button", name="Send the changes").click()
    expect(desk.locator("#share-status")).to_have_text("Thank you. Your change waits for a reviewer")

    review(desk, reviewer)
    desk.locator(".share-entry", has_text="Breakfast").click()
    expect(desk.locator("#review-one")).to_contain_text("March 2024")
    desk.get_by_text("Its history: 3 steps").click()
    expect(desk.locator(".share-history")).to_contain_text("What changed: Began.")
    decide(desk, "Breakfast before clinic", "accept")
    expect(desk.get_by_text("is accepted. It is on the map now.")).to_be_visible()
    (id_,) = (each for each in wall.listed() if each.startswith("breakfast"))

    # Found by readers: among the projects of its city, as a star on the map, and on the page of its neighbourhood.
    desk.goto("/projects?place=E08000025&theme=food")
    expect(desk.locator(".prj-card").get_by_role("link", name="Breakfast before clinic")).to_have_attribute(
        "href", re.compile(f"^/project/{id_}")
    )
    assert "Breakfast before clinic" in desk.evaluate(
        "JSON.stringify(JSON.parse(document.querySelector('[data-heat-map]').dataset.heatMap).points.spots)"
    )
    desk.goto("/place/E01033617")
    expect(desk.get_by_role("link", name="Breakfast before clinic")).to_be_visible()

    edit(desk, token)
    expect(desk.locator("#share-status")).to_have_text("It is on the map")
    expect(desk.get_by_role("link", name="See it as readers do")).to_have_attribute("href", f"/project/{id_}")
    desk.get_by_role("button", name="Yes, it is still true today").click()
    expect(desk.locator("#share-status")).to_have_text("Thank you. It is confirmed as true today")
    desk.get_by_role("button", name="Withdraw it …").click()
    desk.get_by_role("button", name="No, keep it").click()
    assert id_ in wall.listed()
    desk.get_by_role("button", name="Withdraw it …").click()
    desk.get_by_label("Why? You need not say.").fill("We closed.")
    desk.get_by_role("button", name="Yes, withdraw it").click()
    expect(desk.locator("#share-status")).to_have_text("You withdrew it")
    expect(desk.get_by_role("heading", name="How it was written")).to_be_visible()
    assert id_ not in wall.listed()

    assert desk.evaluate(KEPT) == NOTHING
    for secret in (token, reviewer):
        assert [request.url for request in desk.watch.requests if secret in request.url] == []
        assert [request.url for request in desk.watch.requests if secret in (request.post_data or "")] == []
        assert not [request for request in desk.watch.requests if secret in request.headers.get("referer", "")]
        assert secret not in access_log() and secret not in "".join(desk.watch.console)
        assert secret not in desk.evaluate(
            "JSON.stringify([history.state, performance.getEntries().slice(1).map(each => each.name), document.title])"
        )


# ---- faults ----


def test_faults_are_told_beside_the_field_and_together(desk):
    """After a field is left; all of them on sending, with ways to them; what is mended goes at once."""
    open_form(desk)
    page = desk.get_by_label("A public page about it")
    page.fill("http://example.org")
    expect(desk.get_by_text("A link begins with https://", exact=True)).to_have_count(0)
    page.press("Tab")
    expect(desk.locator("#project-link-fault")).to_have_text("A link begins with https://")
    expect(page).to_have_attribute("aria-invalid", "true")
    page.fill("https://example.org")
    expect(desk.locator("#project-link-fault")).to_be_hidden()
    for typed, said in (
        ("call 0121 333 9999", "telephone number"),
        ("ask anna@example.org", "e-mail address"),
        ("a\u202eb", "hidden sign"),
        ("x" * 203, "too long by 3"),
    ):
        desk.get_by_label("What is it called?").fill(typed)
        desk.get_by_label("What is it called?").blur()
        expect(desk.locator("#project-title-fault")).to_contain_text(said)
    expect(desk.get_by_text("3 letters too many")).to_be_visible()
    before = len(desk.watch.urls("/api/v1/projects"))
    send(desk)
    summary = desk.locator("#share-summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("heading")).to_have_text("10 answers need another look")
    assert len(desk.watch.urls("/api/v1/projects")) == before  # nothing was sent
    summary.get_by_role("link", name="About: Tick one thing").click()
    expect(desk.get_by_label("Asking about poverty")).to_be_focused()
    assert "#" not in desk.url
    desk.get_by_label("Asking about poverty").press("Space")
    expect(desk.locator("#project-themes-fault")).to_be_hidden()
    desk.locator("[data-part=learnt] summary").click()
    desk.get_by_label("What is it?", exact=True).select_option("film")
    desk.get_by_label("Its title").fill("Our film")
    desk.get_by_label("Its link").fill("https://example.org/film")
    send(desk)
    summary.get_by_role("link", name=re.compile("film, for those who cannot see or hear it")).click()
    expect(desk.get_by_label("What is it?", exact=True)).to_be_focused()


def test_what_the_server_says_is_told_and_nothing_is_lost(desk):
    """Its own faults field by field; away, too often, too large: a sentence; one press is one sending."""
    open_form(desk)
    fill(desk)
    sent = []
    answers = [
        (422, {"detail": "website: Trap.", "faults": [{"field": "website", "sentence": "This is a trap for robots. Leave it empty."}]}),
        (
            422,
            {
                "detail": "title: No.",
                "faults": [{"field": "title", "sentence": "Find a better one."}, {"field": "themes.1", "sentence": "Not this one."}],
            },
        ),
        (429, {"detail": "This has been done too often from your network in this hour."}),
        (413, {"detail": "This is too much at once. Keep it under 100 kB."}),
        (503, None),
    ]

    def answer(route):
        sent.append(route.request.post_data_json)
        status, body = answers[len(sent) - 1]
        desk.wait_for_timeout(150)
        if body is None:
            route.abort()
        else:
            route.fulfill(status=status, json=body, headers={"Heatmap-Release": "any"})

    desk.watch.expect("413")
    desk.route("**/api/v1/projects", answer)
    button = desk.locator("#share-send")
    button.click()
    button.click(force=True)
    expect(desk.locator("#share-summary")).to_be_focused()
    assert len(sent) == 1
    expect(desk.locator("#share-summary")).to_contain_text("press the button once more")
    button.click()
    expect(desk.locator("#project-title-fault")).to_have_text("Find a better one.")
    expect(desk.locator("#share-summary").get_by_role("link")).to_have_text(["Title: Find a better one.", "About: Not this one."])
    for said in ("too often from your network", "Keep it under 100 kB", "We cannot reach our server. Nothing you wrote is lost."):
        desk.get_by_label("What is it called?").fill("Another")
        button.click()
        expect(desk.locator("#share-summary")).to_contain_text(said)
        expect(button).to_have_text("Send it to a reviewer")
    assert sent[-1]["project"] == FOOD | {"title": "Another"} and len(sent) == 5 and len({each["key"] for each in sent}) == 1
    assert desk.get_by_label("Which organisation runs it?").input_value() == FOOD["organisation"]


def test_a_lost_answer_makes_no_second_project(desk, wall):
    """Sent again by the same key it is kept once, with what was changed meanwhile."""
    open_form(desk)
    fill(desk, title="Lost and found")

    def lose(route):
        route.fetch()
        route.abort()

    desk.route("**/api/v1/projects", lose, times=1)
    send(desk)
    expect(desk.locator("#share-summary")).to_contain_text("We cannot reach our server")
    desk.get_by_label("What did you learn?").fill("Try twice.")
    send(desk)
    expect(desk.locator("#share-sent-title")).to_be_visible()
    (kept,) = (each["project"] for each in wall.waiting() if each["project"]["title"] == "Lost and found")
    assert kept["what_we_learnt"] == "Try twice."


def test_a_postcode_is_checked_in_the_browser(desk):
    """Only its district's table is asked for; it is tidied, or told to be outside, or unknown."""
    open_form(desk)
    box, fault = desk.get_by_label("Postcode of the site"), desk.locator("#project-postcode-fault")
    expect(desk.locator("#project-postcode-hint")).to_contain_text("Never a patient’s or your own.")
    for typed, said in (("EH1 1YZ", "in Scotland"), ("B4", "beginning of a postcode"), ("B4 9ZZ", "We do not have this postcode")):
        box.fill(typed)
        box.blur()
        expect(fault).to_contain_text(said)
    box.fill("b46nh")
    box.blur()
    expect(desk.get_by_text("We know this postcode. It is in England.")).to_be_visible()
    expect(fault).to_be_hidden()
    expect(box).to_have_value("B4 6NH")
    assert {url.rpartition("/")[2] for url in desk.watch.urls("/postcodes/")} == {"B4"}
    assert not [each for each in desk.watch.requests if re.search("6NH|6nh|1YZ", each.url + (each.post_data or ""))]


# ---- the draft ----


def test_a_draft_is_kept_only_when_asked(desk):
    """Nothing by typing; by a tick, with everything in it; forgotten by a press, and by sending; never the link."""
    open_form(desk)
    desk.get_by_label("What is it called?").fill("A draft")
    assert desk.evaluate(KEPT) == NOTHING
    desk.get_by_label("Keep a draft on this computer").check()
    desk.get_by_role("group", name="Which areas does it work in?").get_by_role("combobox").select_option(label="Leeds")
    desk.get_by_role("button", name="Add another area").click()
    desk.get_by_label("Area 2").select_option(label="Birmingham")
    expect(desk.get_by_text("Draft kept at")).to_be_visible()
    open_form(desk)
    expect(desk.get_by_text("This is the draft that you kept on this computer.")).to_be_visible()
    assert desk.get_by_label("What is it called?").input_value() == "A draft"
    expect(desk.get_by_label("Area 2")).to_have_value("E08000025")
    desk.get_by_role("button", name="Delete the draft").click()
    expect(desk.get_by_text("We deleted the draft from this computer.")).to_be_visible()
    assert desk.evaluate(KEPT) == NOTHING
    desk.get_by_label("Keep a draft on this computer").check()
    fill(desk, title="Sent from a draft")
    assert "Sent from a draft" in desk.evaluate(KEPT)
    send(desk)
    expect(desk.locator("#share-sent-title")).to_be_visible()
    assert desk.evaluate(KEPT) == NOTHING


def test_a_draft_is_kept_with_the_last_key(desk):
    """Whoever closes the page right after it finds everything again: no timer stands between a key and the draft."""
    open_form(desk)
    desk.get_by_label("Keep a draft on this computer").check()
    kept = desk.evaluate(
        """() => {
            const box = document.getElementById('project-title');
            box.value = 'The last key';
            box.dispatchEvent(new Event('input', { bubbles: true }));
            return JSON.parse(localStorage.getItem('share-draft')).title;
        }"""
    )
    assert kept == "The last key"
    expect(desk.get_by_text("Draft kept at")).to_be_visible()


# ---- two editors ----


def test_the_second_editor_is_told_and_loses_nothing(desk, wall):
    """Both texts stand side by side; what only the other changed is theirs, the rest is chosen; then it is sent."""
    _, token = wall.share(title="Two hands")
    edit(desk, token)
    wall.correct(token, 1, title="Two hands", what_we_learnt="Theirs", aim="Their aim")
    desk.get_by_label("What did you learn?").fill("Mine")
    desk.get_by_label("Who is it for?").fill("Families")
    desk.get_by_role("button", name="Send the changes").click()
    conflict = desk.locator("#share-conflict")
    expect(conflict.get_by_role("heading")).to_be_focused()
    picks = {name: conflict.get_by_role("group", name=name) for name in ("What they learnt", "Aim", "Who it is for")}
    expect(conflict.locator("fieldset")).to_have_count(3)
    expect(picks["What they learnt"]).to_contain_text("Theirs")
    expect(picks["What they learnt"].get_by_label("Mine")).to_be_checked()
    expect(picks["Aim"].get_by_label("The newer one")).to_be_checked()
    desk.get_by_role("button", name="Send the changes").click()  # the form's own button does not go over the newer text either
    expect(conflict.get_by_role("heading")).to_be_focused()
    picks["Who it is for"].get_by_label("The newer one").check()
    desk.get_by_role("button", name="Send with these choices").click()
    expect(desk.locator("#share-status")).to_have_text("Thank you. Your change waits for a reviewer")
    (kept,) = (each["project"] for each in wall.waiting() if each["project"]["title"] == "Two hands")
    assert (kept["what_we_learnt"], kept["aim"], kept["population"]) == ("Mine", "Their aim", "")


def test_going_back_brings_no_secret(desk, wall, site):
    """The browser may keep a page whole for Back: one that holds a private link is emptied as it is left."""
    _, token = wall.share(title="Left behind")
    edit(desk, token)
    left = desk.evaluate(
        "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })), document.getElementById('main').textContent"
    )
    assert left == ""
    open_form(desk)
    desk.get_by_label("What is it called?").fill("Typed")
    desk.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert desk.get_by_label("What is it called?").input_value() == "Typed"  # what is only typed comes back


def test_a_question_stands_until_it_is_answered(desk, wall):
    """Confirming what is shown does not hide what a reviewer asked of its correction."""
    id_, token = wall.share(title="Asked")
    wall.decide(id_, "accept")
    wall.correct(token, 2, title="Asked", aim="More")
    wall.decide(id_, "ask", 3, "How many?")
    edit(desk, token)
    desk.get_by_role("button", name="Yes, it is still true today").click()
    expect(desk.locator("#share-status")).to_have_text("Thank you. It is confirmed as true today")
    expect(desk.get_by_text("How many?")).to_be_visible()


def test_a_wrong_link_and_a_decided_project(desk, wall):
    """Told at the door; what was rejected says why and can be read, not changed; a correction that was rejected says so."""
    desk.goto("/projects/edit")
    expect(desk.get_by_label("Your private key")).to_be_visible()
    desk.get_by_label("Your private key").fill("https://example.org/")
    desk.keyboard.press("Enter")
    expect(desk.locator("#share-door-fault")).to_contain_text("This is not the whole key.")
    desk.get_by_label("Your private key").fill("x" * 43)
    desk.keyboard.press("Enter")
    expect(desk.locator("#share-door-fault")).to_contain_text("This key is not right.")
    id_, token = wall.share(title="Not this one")
    wall.decide(id_, "reject", reason="It is about a person.")
    desk.get_by_label("Your private key").fill(f"{desk.url}#{token}")
    desk.keyboard.press("Enter")
    expect(desk.locator("#share-status")).to_have_text("It was not accepted")
    expect(desk.get_by_text("It is about a person.")).to_be_visible()
    expect(desk.locator("#share-form")).to_be_hidden()
    expect(desk.locator("#share-record")).to_contain_text("A children’s hospital")
    id_, token = wall.share(title="Closed meanwhile")
    wall.decide(id_, "accept")
    edit(desk, token)
    wall.decide(id_, "hide", 2, "A name is in it.")
    desk.get_by_label("What did you learn?").fill("What I wrote")
    desk.get_by_role("button", name="Send the changes").click()
    expect(desk.locator("#share-status")).to_have_text("A reviewer took it off the map")
    expect(desk.locator("#share-record")).to_contain_text("What I wrote")
    id_, token = wall.share(title="This one")
    wall.decide(id_, "accept")
    wall.correct(token, 2, title="This one", aim="Other")
    wall.decide(id_, "reject", 3, "Too vague.")
    edit(desk, token)
    expect(desk.locator("#share-status")).to_have_text("Your last change was not accepted")
    expect(desk.get_by_text("Too vague.")).to_be_visible()
    expect(desk.get_by_label("What do you want to change?")).to_have_value("Other")  # to be mended, not written anew


def test_its_team_reads_who_says_that_it_is_out_of_date(desk, wall):
    """Before it confirms; afterwards the notice is gone."""
    id_, token = wall.share(title="Out of date?")
    wall.decide(id_, "accept")
    wall.ask.post(f"{wall.url}/api/v1/projects/{id_}/out-of-date", data={"reason": "The clinic has moved."})
    edit(desk, token)
    expect(desk.locator("#share-told")).to_contain_text("The clinic has moved.")
    desk.get_by_role("button", name="Yes, it is still true today").click()
    expect(desk.locator("#share-status")).to_have_text("Thank you. It is confirmed as true today")
    expect(desk.locator("#share-told")).to_be_hidden()


# ---- reviewing ----


def test_reviewing(desk, wall, reviewer):
    """A wrong token; a reason is needed; the token is kept for the tab only if asked; out of date; slips; nothing left."""
    wall.clear()
    id_, token = wall.share(title="First")
    desk.goto("/projects/review")
    desk.get_by_label("Your reviewer’s token").fill("y" * 43)
    desk.keyboard.press("Enter")
    expect(desk.locator("#review-fault")).to_contain_text("This is no reviewer’s token")
    review(desk, reviewer)
    assert desk.evaluate(KEPT) == NOTHING and desk.get_by_label("Your reviewer’s token").input_value() == ""
    desk.locator(".share-entry").click()
    expect(desk.locator("#review-title")).to_be_focused()
    desk.locator("#review-one [value=reject]").check()
    desk.get_by_role("button", name="Send the decision").click()
    expect(desk.locator("#review-reason")).to_be_focused()
    expect(desk.locator("#review-decide-fault")).to_have_text("Say why, so that its team knows what to do.")
    wall.correct(token, 1, title="First, better")
    decide(desk, "First", "reject", "Not yet.")
    expect(desk.get_by_text("Its team changed it while you read.")).to_be_visible()
    expect(desk.locator("#review-title")).to_have_text("New: First, better")
    expect(desk.locator("#review-reason")).to_have_value("Not yet.")
    decide(desk, "First, better", "ask", "Where?")
    desk.get_by_role("button", name="Accept it after all").click()
    expect(desk.get_by_text("is accepted. It is on the map now.")).to_be_visible()
    assert id_ in wall.listed()
    desk.request.post(f"{wall.url}/api/v1/projects/{id_}/out-of-date", data={"reason": "It has moved."})
    desk.get_by_role("button", name="Load the list again").click()
    desk.locator(".share-entry", has_text="Said to be out of date").click()
    expect(desk.locator("#review-one")).to_contain_text("It has moved.")
    decide(desk, "First, better", "hide", "It has moved.")
    expect(desk.get_by_text("is off the map.")).to_be_visible()
    expect(desk.get_by_role("heading", name="Nothing waits. Thank you.")).to_be_visible()
    assert id_ not in wall.listed()
    desk.get_by_role("button", name="Close, and forget my token").click()
    desk.get_by_label("Remember it until this tab is closed").check()
    desk.get_by_label("Your reviewer’s token").fill(reviewer)
    desk.keyboard.press("Enter")
    expect(desk.locator("#review-count")).to_be_visible()
    assert reviewer in desk.evaluate("sessionStorage.getItem('reviewer-token')") and desk.evaluate("localStorage.length") == 0
    desk.reload()
    expect(desk.locator("#review-count")).to_be_visible()
    desk.get_by_role("button", name="Close, and forget my token").click()
    assert desk.evaluate(KEPT) == NOTHING


def test_a_slip_is_undone_and_a_team_gets_its_link(desk, wall, site, reviewer, access_log):
    """A reviewer hides and brings back, at once and later; makes a link for a shipped record, whose team confirms it, and readers see
    that."""
    wall.clear()
    id_, _ = wall.share(title="Hidden by a slip")
    wall.decide(id_, "accept")
    desk.request.post(f"{wall.url}/api/v1/projects/{id_}/out-of-date", data={"reason": "It has moved."})
    review(desk, reviewer)
    decide(desk, "Hidden by a slip", "hide", "It has moved.")
    assert id_ not in wall.listed()
    desk.locator("#review-done").get_by_role("button", name="Bring it back").click()
    expect(desk.locator("#review-done")).to_have_text("“Hidden by a slip” is back on the map.")
    expect(desk.locator("#review-done")).to_be_focused()
    assert id_ in wall.listed()
    wall.decide(id_, "hide", 4, "It is over.")
    desk.get_by_role("button", name="Load the list again").click()
    off = desk.get_by_role("region", name="Not on the map").locator("li").first
    expect(off).to_contain_text(re.compile(r"Hidden by a slip.*Taken off the map on .* by reviewer \d+ \(young person\).*It is over\."))
    off.get_by_role("button", name="Bring it back").click()
    expect(desk.locator("#review-done")).to_have_text("“Hidden by a slip” is back on the map.")
    assert id_ in wall.listed()

    desk.goto("/project/kingston-poverty-screening")
    expect(desk.get_by_text("Is this your project? Ask the people who run this map for its private key")).to_be_visible()
    review(desk, reviewer)
    give = desk.get_by_role("region", name="Find any project")
    give.get_by_role("button", name="Make a private key").click()
    expect(desk.locator("#review-link-fault")).to_have_text("Choose a project from the list.")
    find = give.get_by_label("Part of its title or organisation")
    find.fill("no such words")
    expect(give.get_by_text("No project has these words.")).to_be_visible()
    find.fill("kingston hosp")
    expect(give.get_by_text("has no key yet")).to_be_visible()  # the only one left is chosen
    give.get_by_role("button", name="Make a private key").click()
    expect(desk.locator("#review-link-title")).to_be_focused()
    token = give.get_by_label("The private key").input_value()
    assert re.fullmatch(r"[\w-]{40,}", token)
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    give.get_by_role("button", name="Copy it with the way").click()
    expect(give.get_by_text("Copied.")).to_be_visible()
    assert desk.evaluate("navigator.clipboard.readText()") == f"Open {site.url}/projects/edit and paste this key: {token}"
    assert desk.evaluate(KEPT) == NOTHING
    give.get_by_role("button", name="Hide it, and choose another project").click()
    assert token not in desk.content() and desk.locator("#review-link-made").input_value() == ""

    edit(desk, token)
    expect(desk.get_by_text("It was taken from a public report.")).to_be_visible()
    desk.get_by_role("button", name="Yes, it is still true today").click()
    expect(desk.locator("#share-status")).to_have_text("Thank you. It is confirmed as true today")
    desk.get_by_role("link", name="See it as readers do").click()
    expect(desk.locator("h1")).to_contain_text("Fighting child poverty")
    expect(desk.get_by_text("Confirmed by its team").first).to_be_visible()
    expect(desk.get_by_text("not yet confirmed by its team")).to_have_count(0)
    for secret in (token, reviewer):
        assert [request.url for request in desk.watch.requests if secret in request.url] == []
        assert secret not in access_log() and secret not in "".join(desk.watch.console)


def test_a_pasted_key_is_in_no_address_that_a_browser_keeps(desk, wall, site):
    """Neither sharing nor opening by the key goes to an address with it, which is what a history is made of; a link does, and the page
    says so."""
    been = []
    desk.on("framenavigated", lambda frame: been.append(frame.url))
    open_form(desk)
    fill(desk, title="In no history")
    send(desk)
    expect(desk.get_by_role("heading", name="It is with the reviewers now")).to_be_focused()
    token = desk.get_by_label("Your private key").input_value()
    with desk.expect_download():
        desk.get_by_role("button", name="Save it as a file").click()
    edit(desk, token)
    expect(desk.locator("#share-taken")).to_be_hidden()
    entries = desk.context.new_cdp_session(desk).send("Page.getNavigationHistory")["entries"]
    assert f"{site.url}/projects/edit" in been and not [url for url in [*been, *(each["url"] for each in entries)] if token in url]
    _, other = wall.share(title="Opened by a link")
    desk.goto("/about")
    desk.goto(f"/projects/edit#{other}")
    expect(desk.locator("#share-status")).to_be_visible()
    assert desk.url == f"{site.url}/projects/edit" and [url for url in been if other in url]
    expect(desk.locator("#share-taken")).to_contain_text("this browser still has it in its history")


def test_any_shown_project_is_taken_off(desk, wall, reviewer):
    """Nobody reported it, and a change waits: found by its words, hidden with a reason, and from the change itself too."""
    ids = []
    for title in ("Found and hidden", "Hidden from its change"):
        id_, token = wall.share(title=title)
        wall.decide(id_, "accept")
        wall.correct(token, 2, title=title, aim="More")
        ids.append(id_)
    review(desk, reviewer)
    find = desk.get_by_role("region", name="Find any project")
    find.get_by_label("Part of its title or organisation").fill("found and hid")
    expect(find.get_by_text("1 project", exact=True)).to_be_visible()
    find.get_by_role("button", name="Take it off the map …").click()
    find.get_by_role("button", name="Yes, take it off").click()
    expect(desk.locator("#review-off-fault")).to_have_text("Say why, so that its team knows what to do.")
    find.get_by_label("Why? (needed)").fill("Ring 07900 900123")
    find.get_by_role("button", name="Yes, take it off").click()
    expect(desk.locator("#review-off-fault")).to_contain_text("This looks like a telephone number")
    find.get_by_label("Why? (needed)").fill("It names a person.")
    find.get_by_role("button", name="Yes, take it off").click()
    expect(desk.locator("#review-done")).to_contain_text("“Found and hidden” is off the map.")
    assert ids[0] not in wall.listed()
    decide(desk, "Hidden from its change", "hide", "It names a person.")
    expect(desk.locator("#review-done")).to_contain_text("“Hidden from its change” is off the map.")
    assert ids[1] not in wall.listed()


def test_the_list_has_pages_and_says_what_is_damaged(desk, wall, data, reviewer):
    """Twenty at a time; a record that does not fit is shown with its faults, and hides no other."""
    wall.clear()
    for number in range(22):
        wall.share(title=f"Page {number:02}")
    kept = Database(sa.URL.create("sqlite", database=str(data / "projects.sqlite3")))
    id_ = wall.waiting()[0]["project"]["id"]
    with kept.write() as connection:
        connection.execute(sa.text("UPDATE project SET record = replace(record, '\"food\"', '\"old_word\"') WHERE id = :id"), {"id": id_})
    kept.close()
    review(desk, reviewer)
    expect(desk.locator("#review-count")).to_have_text("22 projects wait for you")
    expect(desk.locator(".share-entry")).to_have_count(20)
    desk.locator(f".share-entry[data-id={id_}]").click()
    expect(desk.locator("#review-one")).to_contain_text("About: This is none of the words there are.")
    desk.get_by_role("button", name="Next page").click()
    expect(desk.locator(".share-entry")).to_have_count(2)
    expect(desk.get_by_text("Page 2 of 2")).to_be_visible()
    for _ in range(2):
        desk.locator(".share-entry").first.click()
        desk.locator("#review-one [value=reject]").check()
        desk.locator("#review-reason").fill("No.")
        desk.get_by_role("button", name="Send the decision").click()
        expect(desk.locator("#review-done")).to_be_visible()
    expect(desk.locator(".share-entry")).to_have_count(20)  # the last page was emptied: the one before it
    wall.clear()


# ---- hostile text ----

HOSTILE = {
    "title": '<img src=x onerror="alert(1)"> مرحبا \U0001f9c3',
    "one_line": "x" * 200,
    "organisation": "</textarea><script>alert(1)</script>",
    "place": "{{7*7}} \"'><svg onload=alert(1)>",
    "population": "ש" * 150,
    "what_we_learnt": "=cmd()\n<b>bold</b>\n" + "y" * 900,
    "tools": ["<a href=javascript:alert(1)>"],
    "measures": [{"kind": "outcome", "name": "<i>n</i>", "baseline": "1", "latest": "2", "date": "2024"}],
    "evidence": [{"kind": "story", "title": "<u>t</u>", "link": "https://example.org/?a=1&b=%3Cscript%3E", "text_alternative": "&lt;"}],
}


@pytest.mark.parametrize("width", [1440, 390])
def test_whatever_is_typed_is_shown_as_text(open_page, site, reviewer, width):
    """No element comes of it, nothing runs, nothing is wider than the window: on the edit page, on the reviewers', in a conflict."""
    page = open_page(viewport={"width": width, "height": 844})
    page.watch.expect(ANSWERS)
    page.on("dialog", lambda dialog: pytest.fail("something ran") if dialog.type == "alert" else dialog.accept())
    wall = Wall(page, site, reviewer)
    wall.clear()
    id_, token = wall.share(**HOSTILE)
    edit(page, token)
    expect(page.locator("#share-title-of")).to_have_text(HOSTILE["title"])
    assert page.locator("#project-what_we_learnt").input_value() == HOSTILE["what_we_learnt"]
    assert page.get_by_label("What did you count?").input_value() == "<i>n</i>"
    assert fits(page)
    wall.correct(token, 1, **{**HOSTILE, "what_we_learnt": "<em>newer</em>" + "z" * 300})
    page.get_by_label("What did you learn?").fill("<strong>mine</strong>")
    page.get_by_role("button", name="Send the changes").click()
    expect(page.locator("#share-conflict-rows")).to_contain_text("<em>newer</em>")
    assert fits(page) and page.locator("#share-conflict :is(em, strong, img)").count() == 0
    page.get_by_role("button", name="Send with these choices").click()
    expect(page.locator("#share-status")).to_have_text("Thank you. Your change waits for a reviewer")
    wall.decide(id_, "accept", 3)
    wall.correct(token, 4, **{**HOSTILE, "title": "<h1>x"})
    review(page, reviewer)
    page.locator(".share-entry").click()
    expect(page.locator("#review-one")).to_contain_text("</textarea><script>")
    expect(page.locator(".share-compare")).to_contain_text(HOSTILE["title"])
    assert page.locator("#review-open :is(img, svg, script, h1, i, u, a[href^=javascript])").count() == 0
    assert fits(page)
    link = page.locator("#review-one a").last
    assert re.search("noopener noreferrer", link.get_attribute("rel"))


def test_a_null_byte_is_told(desk):
    """By the form before sending, and by the server where a program sends one."""
    open_form(desk)
    desk.locator("#project-title").evaluate("box => { box.value = 'a\\u0000b'; box.dispatchEvent(new Event('input', { bubbles: true })); }")
    send(desk)
    expect(desk.locator("#project-title-fault")).to_contain_text("hidden sign")
    answer = desk.request.post(
        "/api/v1/projects",
        data=json.dumps({"project": FOOD | {"title": "a\0b"}, "consent": True}),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status == 422


# ---- the keyboard, axe, and the small screen ----


def tab_to(page, selector, most=60):
    """Press Tab until something has the focus, which one must see."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    pytest.fail(f"Tab does not lead to {selector}")


def test_by_keyboard_alone(desk, wall, reviewer):
    """The form from its first field to the link; then the review, by Tab, letters, arrows and Enter."""
    wall.clear()
    open_form(desk)
    for selector, typed in (
        ("#project-title", "By keys"),
        ("#project-one_line", "One line."),
        ("#project-organisation", "A school"),
        ("#project-themes-food", " "),
        ("#project-link", "https://example.org/"),
        ("#project-postcode", "B4 6NH"),
        ("#project-settings-school", " "),
        ("#project-stage-idea", "ArrowDown"),
        ("#project-level-practice", " "),
        ("#project-added_by_role", "Teacher"),
        ("#project-consent", " "),
    ):
        tab_to(desk, selector)
        if typed in (" ", "ArrowDown"):
            desk.keyboard.press("Space" if typed == " " else typed)
        else:
            desk.keyboard.type(typed)
    tab_to(desk, "#share-send", 3)
    desk.keyboard.press("Enter")
    expect(desk.locator("#share-sent-title")).to_be_focused()
    tab_to(desk, "#share-link", 2)
    desk.goto("/projects/review")
    expect(desk.locator("#review-token")).to_be_visible()
    tab_to(desk, "#review-token")
    desk.keyboard.type(reviewer)
    desk.keyboard.press("Enter")
    expect(desk.locator("#review-count")).to_be_focused()
    tab_to(desk, ".share-entry", 2)
    desk.keyboard.press("Enter")
    expect(desk.locator("#review-title")).to_be_focused()
    expect(desk.locator("#review-one")).to_contain_text("Being tested")
    tab_to(desk, "[name=review-decision]", 5)
    desk.keyboard.press("Space")
    expect(desk.get_by_role("radio", name="Kindred")).to_be_checked()
    tab_to(desk, "#review-one [type=submit]", 4)
    desk.keyboard.press("Enter")
    expect(desk.locator("#review-done")).to_be_focused()
    assert [each for each in wall.listed() if each.startswith("by-keys")]


def test_axe_in_every_state(sized, site, reviewer):
    """Form, unfolded, with faults, sent; door, edit, withdrawing, conflict; reviewers' door, list, project, decision: clean, and no wider
    than the window."""
    page, wall = sized, Wall(sized, site, reviewer)
    page.watch.expect(ANSWERS)
    wall.clear()

    def check(state):
        assert fits(page), state
        assert faults(page) == [], state

    open_form(page)
    for summary in page.locator("#share-form summary").all():
        summary.click()
    page.get_by_role("button", name="Add another measure").click()
    page.get_by_role("button", name="Add another one").click()
    page.get_by_label("Postcode of the site").fill("EH1 1YZ")
    send(page)
    expect(page.locator("#share-summary")).to_be_focused()
    assert page.locator("#share-summary").bounding_box()["y"] >= 0
    check("faults")
    open_form(page)
    fill(page, title="For axe")
    send(page)
    expect(page.locator("#share-sent-title")).to_be_visible()
    check("sent")
    token = page.get_by_label("Your private key").input_value()
    page.goto("/projects/edit")
    expect(page.locator("#share-door")).to_be_visible()
    check("door")
    edit(page, token)
    wall.correct(token, 1, title="For axe", aim="Theirs", what_we_learnt="Theirs")
    page.get_by_label("What did you learn?").fill("Mine")
    page.get_by_role("button", name="Send the changes").click()
    expect(page.locator("#share-conflict-title")).to_be_visible()
    page.get_by_role("button", name="Withdraw it …").click()
    check("edit, in conflict, withdrawing")
    page.goto("/projects/review")
    page.get_by_label("Your reviewer’s token").fill("y" * 43)
    page.keyboard.press("Enter")
    expect(page.locator("#review-fault")).to_be_visible()
    check("wrong token")
    review(page, reviewer)
    check("list")
    page.locator(".share-entry").click()
    page.locator("#review-one summary").click()
    page.locator("#review-one [value=ask]").check()
    page.get_by_role("button", name="Send the decision").click()
    expect(page.locator("#review-decide-fault")).to_be_visible()
    check("decision")
    decide(page, "For axe", "accept")
    page.get_by_text("Was that a slip?").click()
    check("done")
    page.get_by_role("button", name="Make a private key").click()
    expect(page.locator("#review-link-fault")).to_be_visible()
    expect(page.get_by_role("region", name="Not on the map")).to_be_visible()
    check("no project chosen")
    page.locator("#review-link-project").select_option("wham-begin-guide")
    check("a project chosen")
    page.get_by_role("button", name="Make a private key").click()
    expect(page.locator("#review-link-title")).to_be_focused()
    check("link made")
    id_ = wall.ask.get(f"{site.url}/api/v1/projects/edit", headers={"X-Edit-Token": token}).json()["project"]["id"]
    wall.ask.post(f"{site.url}/api/v1/projects/{id_}/out-of-date", data={"reason": "The clinic has moved."})
    edit(page, token)
    expect(page.locator("#share-told")).to_be_visible()
    check("edit, said to be out of date")
