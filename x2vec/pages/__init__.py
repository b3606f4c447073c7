"""Pages of HTML that need nothing but themselves: a frame, pieces to put in it, and plots in SVG.

Everything that is given as text is escaped here, and nowhere else.
"""

from x2vec.pages.forest import forest
from x2vec.pages.frame import page
from x2vec.pages.pieces import block, cards, code, figures, paragraph, section, table
from x2vec.pages.plots import bars, line
from x2vec.pages.scatter import scatter
from x2vec.pages.series import series

__all__ = [
    "bars",
    "block",
    "cards",
    "code",
    "figures",
    "forest",
    "line",
    "page",
    "paragraph",
    "scatter",
    "section",
    "series",
    "table",
]
