"""What changes where JavaScript is off: what only a script can bring to life makes way."""

from __future__ import annotations

from typing import Final

from heatmap.drawing.elements import el, to_html
from heatmap.pages import Page
from heatmap.pages.frame.frame import footer

#: The ways to the other pages open from a button on a phone: without a script they stand there, below the brand. A button that sends
#: no form does nothing, nor do the box of the search and a map.
_STYLE: Final = (
    "._dash-loading,button:not([type=submit]),[data-do],[data-heat-map],[data-heat-search]>:not(noscript),form[method=dialog],.only-script{display:none!important}"
    ".head{flex-wrap:wrap}.head .nav{display:flex;flex-wrap:wrap}.head .nav a{min-height:2.75rem}.prj-card{display:flex!important}"
    "@media(max-width:48rem){.head{padding-top:.5rem}.head .nav{margin:0;width:100%}}"
)
#: What Dash would put its page in the place of.
_INSTEAD: Final = (
    "#first>:not(.head,.skip,.mapapp),.mapapp>.body,#heat-map-early,#loading{display:none!important}.mapapp{height:auto;min-height:0}"
)


def draw_unscripted(page: Page, search: str) -> str:
    """The page's ``noscript``, as HTML; words only where those of the page itself come from Dash.

    search   the address's query, without its question mark
    """
    if not page.unscripted:
        return f"<noscript><style>{_STYLE}</style></noscript>"
    said = [el("Main", page.unscripted(search), className="page prose", id="main"), footer()]
    return f"<noscript><style>{_STYLE}{_INSTEAD}</style>{to_html(said)}</noscript>"
