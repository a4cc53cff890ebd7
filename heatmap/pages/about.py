"""About: what it is for, where the numbers come from, privacy, accessibility, downloads, what it cannot say."""

from __future__ import annotations

from typing import Any

from dash import html

from heatmap.credits import IOD_CREDIT, NAMES_CREDIT, ONS_CREDIT
from heatmap.deprivation import CURRENT, DEFAULT_LAYER, EDITIONS_COMPARED
from heatmap.geography.levels import COUNT
from heatmap.pages.frame.frame import text_page
from heatmap.settings import FEEDBACK_URL
from heatmap.snapshot import Snapshot, open_snapshot
from heatmap.web.browsers import say_browsers
from heatmap.words.phrases import say_count

PATH = "/about"
WAY = (60, "About")
TITLE = "About"


def layout(_search: str) -> list[Any]:
    """One page of plain words, each part with an address of its own."""
    snapshot = open_snapshot()
    parts = [_purpose(), _privacy(), _sources(snapshot), _layers(snapshot), _downloads(snapshot), _accessibility(), _feedback()]
    contents = html.Nav(
        html.Ul([html.Li(html.A(part.children[0].children, href=f"#{part.id}")) for part in parts], className="contents"),
        **{"aria-label": "On this page"},
    )
    return text_page(PATH, [html.H1("About the HeatMap"), contents, *parts])


def _section(name: str, title: str, *children: Any, wide: bool = False) -> html.Section:
    return html.Section([html.H2(title), *children], id=name, className="prose wide" if wide else "prose")


def _purpose() -> html.Section:
    return _section(
        "purpose",
        "What it is for",
        html.P(
            "WHAM, the Wellbeing and Health Action Movement of paediatricians and young people, wants clinicians to act on where a patient"
            " lives, in the consultation. This map shows where life is hard, in words, for every neighbourhood of England."
        ),
        html.P(
            [
                html.B("It describes areas. It is not for decisions about one patient. "),
                "In every neighbourhood some people are deprived and some are not; the family in front of you may differ, so ask everyone.",
            ]
        ),
        html.P(
            "Tenth 1, decile 1 and rank 1 are always the most deprived. A neighbourhood is a Lower layer Super Output Area (LSOA) of 2021:"
            " about 1,700 people."
        ),
        html.H3("What the figures cannot say"),
        html.Ul(
            [
                html.Li("Deprivation is relative: a place can move because others moved."),
                *(html.Li(said) for said in EDITIONS_COMPARED),
                html.Li(
                    "Above the neighbourhood we never average tenths: we show what share of residents lives in the most deprived tenth or"
                    " fifth. A share of people and a share of neighbourhoods are two figures with two names. Where the publisher gives a"
                    " figure for an authority or an NHS board, we show it, and say so."
                ),
                html.Li("NHS boards (ICBs) are the 42 of 2024. Those merged in April 2026 are not shown."),
                html.Li(
                    "The map covers England. Scotland (SIMD), Wales (WIMD) and Northern Ireland (NIMDM) have their own indices, and we"
                    " cannot compare those with England’s."
                ),
            ]
        ),
    )


def _privacy() -> html.Section:
    return _section(
        "privacy",
        "Privacy in plain words",
        html.Ul(
            [
                html.Li(
                    "A postcode you type stays in your browser. It is never in the address, never sent to us or to anyone, never stored."
                ),
                html.Li(
                    "To find its neighbourhood, your browser asks us for the table of the whole district (the first half, like B14), as"
                    " thousands of others do, and looks the rest up itself. The 158 smallest districts come together as one file, because"
                    " the name of a small district is nearly a postcode."
                ),
                html.Li(
                    "So what we could learn is: the district, then the code of the neighbourhood you open. We write neither down. The map’s"
                    " own log has the time, the kind of request, its status and how long it took. It has no address of yours and nothing"
                    " you asked for. The people who run this map, and your own network, may keep other logs: ask them."
                ),
                html.Li("No cookies, no tracking, nothing from anyone else’s server, nothing stored on your device by opening a page."),
                html.Li(
                    "What you share as a project is meant for everyone: a reviewer reads it, then it is shown. Write a role and an"
                    " organisation, never a person’s name. If a name gets in, tell the people who run this map: they can remove it, and all"
                    " earlier texts too. A draft stays in your browser, and only if you tick that it may. Your private key is in no"
                    " address, and we keep only its fingerprint."
                ),
                html.Li(
                    "The postcode table is the Office for National Statistics’ of November 2025. It also has postcodes that are no"
                    " longer in use, and does not say which."
                ),
            ]
        ),
    )


def _sources(snapshot: Snapshot) -> html.Section:
    known = dict.fromkeys(
        (card.source.publisher, card.source.title, card.source.page, card.source.licence)
        for card in (*snapshot.cards.values(), *snapshot.points_cards.values())
    )
    rows = [
        html.Tr([html.Td(publisher), html.Td(html.A(title, href=page, rel="noreferrer")), html.Td(licence)])
        for publisher, title, page, licence in known
    ]
    more = (
        (
            "House of Commons Library",
            "MSOA Names, version 2.2",
            "https://houseofcommonslibrary.github.io/msoanames/",
            "Open Parliament Licence v3.0",
        ),
        (
            "Office for National Statistics",
            "LSOA and MSOA boundaries (December 2021), lookups, census 2021 age bands",
            "https://geoportal.statistics.gov.uk/",
            "OGL-UK-3.0",
        ),
        (
            "Office for National Statistics",
            "ONS Postcode Directory (November 2025) and National Statistics Postcode Lookup (May 2025, August 2024)",
            "https://geoportal.statistics.gov.uk/",
            "OGL-UK-3.0",
        ),
        (
            "Ministry of Housing, Communities and Local Government",
            f"IoD{CURRENT.year} summaries of authorities (File 10) and integrated care boards (File 13)",
            f"https://www.gov.uk/government/statistics/english-indices-of-deprivation-{CURRENT.year}",
            "OGL-UK-3.0",
        ),
    )
    rows += [
        html.Tr([html.Td(publisher), html.Td(html.A(title, href=page, rel="noreferrer")), html.Td(licence)])
        for publisher, title, page, licence in more
    ]
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in ("Publisher", "What", "Licence")]))
    return _section(
        "sources",
        "Where the numbers come from",
        html.Div(
            html.Table([head, html.Tbody(rows)], className="table"),
            className="scroll",
            tabIndex=0,
            role="region",
            **{"aria-label": "Sources"},
        ),
        html.P([IOD_CREDIT, " ", NAMES_CREDIT, " ", ONS_CREDIT], className="s"),
        html.P(
            f"Snapshot {snapshot.build}. Outlines are generalised and clipped to the coast; areas of all levels are one coverage made from"
            " the neighbourhoods.",
            className="s soft",
        ),
        wide=True,
    )


def _layers(snapshot: Snapshot) -> html.Section:
    return _section(
        "layers",
        "What each layer means",
        html.P(
            [
                (
                    f"All {len(snapshot.cards) + len(snapshot.points_cards)} layers, each with what it means, what it does not say, its"
                    " source and its downloads: "
                ),
                html.A("the Layers page", href="/layers"),
                ".",
            ]
        ),
    )


def _downloads(snapshot: Snapshot) -> html.Section:
    def csv(level: str, words: str) -> html.Li:
        return html.Li(
            html.A(f"Deprivation {CURRENT.year}, {words} (CSV)", href=f"/api/v1/layers/{DEFAULT_LAYER}/values?level={level}&format=csv")
        )

    outlines = [("lsoa", say_count(COUNT["lsoa"], "lsoa")), ("msoa", say_count(COUNT["msoa"], "msoa"))]
    return _section(
        "downloads",
        "Downloads",
        html.Ul(
            [
                csv("lsoa", say_count(COUNT["lsoa"], "lsoa")),
                csv("msoa", "wider neighbourhoods"),
                csv("lad", "296 authorities"),
                csv("icb", "42 NHS boards"),
                csv("rgn", "9 regions"),
                *(html.Li(html.A(f"Outlines of {words} (GeoJSON)", href=f"/api/v1/outlines/{level}")) for level, words in outlines),
            ]
        ),
        html.P(["Every other layer, with the same filters as the map: ", html.A("the API and its pages", href="/docs"), "."]),
    )


def _accessibility() -> html.Section:
    return _section(
        "accessibility",
        "Accessibility",
        html.P(
            "We aim at the Web Content Accessibility Guidelines (WCAG) 2.2, level AA. Each line below is held by a test that runs with"
            " every change, in Chromium; with axe-core in every state of every page, at 1440 and at 390 pixels."
        ),
        html.Ul(
            [
                html.Li(
                    [
                        html.B("Without sight of the map: "),
                        (
                            "the switch “Table” shows the same areas, filters and words as a table that can be sorted and searched. What"
                            " each choice changes is read out. Charts say their finding in a sentence."
                        ),
                    ]
                ),
                html.Li(
                    [
                        html.B("Without a mouse: "),
                        (
                            "every journey can be walked by keyboard: from the postcode to the leaflet, the layers, the table, the"
                            " downloads. The focus is always seen, goes down the page as the eye does, and is not lost when something"
                            " closes. The button “Walk the map with the arrow keys” starts a walk from area to area: the name and figure of"
                            " each are read out, and we say so when the next area is no neighbour. Enter opens the area, Escape stops the"
                            " walk. Shift with the arrows moves the map, plus and minus zoom."
                        ),
                    ]
                ),
                html.Li(
                    [
                        html.B("Without colour: "),
                        (
                            "every area’s figure is in words when pointed at, in the panel and in the table; boxes of the legend hold"
                            " numbers, areas without a figure are striped, and every legend and chart says in words which end is worse."
                        ),
                    ]
                ),
                html.Li([html.B("Contrast: "), "text has 4.5 to 1 or more, the edges of controls and the focus 3 to 1 or more."]),
                html.Li(
                    [
                        html.B("Size of targets: "),
                        (
                            "on a touch screen and on narrow screens what can be pressed by itself is 44 pixels high and wide; with a mouse"
                            " 24 or more. Links within a sentence are as high as its line. One finger zooms the map by + and −."
                        ),
                    ]
                ),
                html.Li(
                    [
                        html.B("Enlarged: "),
                        (
                            "at 400 % zoom (320 pixels) nothing scrolls sideways but wide tables within their frame; at 200 %, and on a"
                            " phone on its side, the map, its legend, its credit and the chosen place are all in sight."
                        ),
                    ]
                ),
                html.Li(
                    [
                        html.B("Spacing of text: "),
                        "with the spacing of WCAG 1.4.12 no word is cut off or covered, on any page, from 320 pixels on.",
                    ]
                ),
                html.Li([html.B("Reduced motion: "), "the map jumps instead of flying, and nothing slides."]),
                html.Li(
                    [
                        html.B("Forced colours: "),
                        "your system’s own colours are used, except for those that are data. What is chosen never depends on colour alone.",
                    ]
                ),
                html.Li(
                    [
                        html.B("On paper: "),
                        (
                            "every page prints in full on A4, in colour or grey, with its maps, legends and credit; the leaflet is black on"
                            " white, also in large print of 18 points."
                        ),
                    ]
                ),
                html.Li([html.B("Without WebGL, which draws the map: "), "a sentence says so and the table takes the map’s place."]),
                html.Li(
                    [
                        html.B("Without JavaScript: "),
                        (
                            "each page says what it would show and where the same figures are; a place’s story and this page can be read in"
                            " full."
                        ),
                    ]
                ),
                html.Li([html.B("Browsers: "), f"we support {say_browsers()}. An older one shows a sentence that says so."]),
                html.Li(
                    [
                        html.B("On a slow network, or without our server: "),
                        "the page says what is still on its way or cannot be reached, keeps what it shows, and goes on by itself.",
                    ]
                ),
            ]
        ),
        html.P(html.B("Not met, and what we do instead")),
        html.Ul(
            [
                html.Li(
                    "Neighbouring classes of a ten-colour map cannot have a contrast of 3 to 1 (1.4.11): white lines part the areas, fifths"
                    " are a switch, and the table says the class."
                ),
                html.Li(
                    "Names drawn on the map cannot be enlarged, spaced or read aloud (1.4.4, 1.4.12); those of the areas can, by the arrow"
                    " keys and in the table."
                ),
                html.Li("The PDF that a browser prints is not tagged by us; the page itself is the accessible form."),
                html.Li(
                    "The page of the API (/docs) is a program of others, Swagger UI; we have not tested it. What it lists can be read in"
                    " docs/api.md."
                ),
                html.Li(
                    "Tested by programs and by eye in Chromium alone, not with a screen reader, speech control or magnifier, and not yet in"
                    " Firefox or Safari. Nobody who uses these every day has tried the pages: if you do, please tell us."
                ),
            ]
        ),
    )


def _feedback() -> html.Section:
    link = FEEDBACK_URL()
    words: Any = (
        html.A("Tell us what is wrong or missing", href=link)
        if link
        else "Whoever runs this site has not set an address for feedback (FEEDBACK_URL)."
    )
    return _section("feedback", "Tell us", html.P(words))
