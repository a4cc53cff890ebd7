"""The front door: look up a place, see the map, take the numbers."""

from __future__ import annotations

from typing import Any

from dash import html

from heatmap.deprivation import CURRENT, EARLIER
from heatmap.drawing.icons import icon
from heatmap.geography.levels import COUNT
from heatmap.pages.frame.frame import text_page
from heatmap.pages.frame.search_box import draw_search

PATH = "/"
TITLE = "Look up a place"
HAS_SEARCH = True


def layout(_search: str) -> list[Any]:
    """Three ways in; the postcode box comes first, because a clinician has ten minutes."""
    return text_page(
        PATH,
        [
            html.Div(
                [
                    html.H1("What is this neighbourhood like to live in?"),
                    html.P(
                        "Health is closely linked with where people live. Type a postcode: you see where its neighbourhood is in"
                        " England’s line, in plain words, and which parts of life are most deprived there.",
                        className="l measure",
                    ),
                    draw_search("heat-search", id="search", className="door-search"),
                ],
                className="box door",
            ),
            html.Div(
                [
                    _way(
                        "map",
                        "See the map",
                        "/map",
                        f"All {COUNT['lsoa']:,} neighbourhoods of England: deprivation in {CURRENT.year} and {EARLIER.year}, its seven domains, children and older people."
                        " Filter by place and by tenth, and share what you see.",
                    ),
                    _way(
                        "people",
                        "Find projects",
                        "/projects",
                        "Who is doing what about it: projects by place and theme, what they learnt, and one in a place like yours to copy."
                        " Share your own.",
                    ),
                    _way(
                        "code",
                        "Every layer, and its numbers",
                        "/layers",
                        "What each figure means and does not say, where it comes from, how sure it is; as CSV, JSON or GeoJSON, by"
                        " neighbourhood, authority, NHS board or region.",
                    ),
                ],
                className="cols three ways",
            ),
            html.P(
                ["Where it all comes from: ", html.A("sources and licences, privacy in plain words, accessibility", href="/about"), "."],
                className="s",
            ),
            html.P(
                "These figures describe places, not the people in them. They are not for decisions about one patient.",
                className="soft s",
            ),
        ],
    )


def _way(sign: str, title: str, href: str, words: str) -> html.Section:
    return html.Section([html.H2([icon(sign, 24), html.A(title, href=href)]), html.P(words, className="s")], className="box way")
