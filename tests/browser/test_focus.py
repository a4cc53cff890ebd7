"""The focus: never under a bar at an edge, in the order in which things are opened, and back where it came from."""

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

KINGS_HEATH = "E01008966"
#: Where the focus is, and what of ours covers its middle, if anything does.
UNDER = """bars => { const now = document.activeElement;
  if (!now || now === document.body) return null;
  const box = (now.getClientRects()[0] || now.getBoundingClientRect());
  const found = [...document.querySelectorAll(bars)].find(bar => { if (bar.contains(now)) return false;
    const at = bar.getBoundingClientRect();
    return at.height && box.height < innerHeight / 2 && box.bottom > at.top + 1 && box.top < at.bottom - 1 && box.right > at.left && box.left < at.right; });
  return [`${now.tagName} ${now.textContent.trim().slice(0, 40)}`, found ? found.className : '']; }"""


def covered(page, bars, steps, key="Tab"):
    """What had the focus under one of the bars while a key was pressed so often."""
    found, seen = [], set()
    for _ in range(steps):
        page.keyboard.press(key)
        now = page.evaluate(UNDER, bars)
        if now and now[1]:
            found.append(now)
        seen.add(now and now[0])
    assert len(seen) > min(steps, 20) / 2, "the focus went nowhere"
    return found


def test_the_focus_is_never_under_the_bar_of_a_place(phone):
    """A place's page on a phone: all the way down, and some of the way back up."""
    phone.goto(f"/place/{KINGS_HEATH}")
    phone.locator(".doings").wait_for()
    phone.wait_for_load_state("networkidle")
    many = phone.locator("main :is(a[href], button, summary, input)").count()
    assert covered(phone, ".doings", many) == []
    assert covered(phone, ".doings", 30, "Shift+Tab") == []


def test_the_focus_is_never_under_the_bars_of_a_sheet(phone, as_map):
    """The sheet of a place, full, and the sheet of what the map shows: their bars stay while they scroll."""
    map_page = as_map(phone).open(f"?area={KINGS_HEATH}")
    phone.get_by_role("button", name="Show more or less of this place").tap()
    phone.locator("#place-title").focus()
    assert covered(phone, ".place-foot, .grab", 12) == []
    map_page.go("")
    phone.locator(".map").get_by_role("button", name="What the map shows").tap()
    phone.locator(".sheet-left .shut button").focus()
    assert covered(phone, ".sheet-left .done, .sheet-left .shut", 25) == []


@pytest.mark.parametrize("path", ["/about", "/map", "/docs"])
def test_the_menu_opens_before_its_ways(phone, path):
    """Enter opens it, Tab goes to its first way, Escape closes it and is back at its button."""
    phone.goto(path)
    menu = phone.get_by_role("button", name="Menu")
    menu.wait_for()
    phone.wait_for_load_state("networkidle")
    menu.focus()
    phone.keyboard.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    phone.keyboard.press("Tab")
    expect(phone.get_by_role("navigation", name="Pages").get_by_role("link", name="Map")).to_be_focused()
    phone.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()


def test_filters_give_the_focus_back(phone, as_map):
    """Escape in the sheet of filters."""
    as_map(phone).open("")
    opener = phone.locator(".map").get_by_role("button", name="What the map shows")
    opener.focus()
    phone.keyboard.press("Enter")
    phone.locator(".sheet-left .shut button").focus()
    phone.keyboard.press("Escape")
    expect(opener).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640), (700, 330), (1440, 900), (900, 700)])
def test_a_notice_leaves_the_zoom_free(open_page, as_map, width, height):
    """What a link asked in vain is said beside the zoom, not over it."""
    page = open_page(viewport={"width": width, "height": height})
    as_map(page).open("?area=E99999999")
    notice = page.locator(".notices .msg")
    expect(notice).to_be_visible()
    for button in page.locator(".zoom button").all():
        if button.is_visible():
            box, over = button.bounding_box(), notice.bounding_box()
            apart = box["x"] >= over["x"] + over["width"] or box["y"] >= over["y"] + over["height"] or over["y"] >= box["y"] + box["height"]
            assert apart, (box, over)
