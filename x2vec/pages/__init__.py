"""Pages of HTML that need nothing but themselves: a frame, pieces to put in it, and plots in SVG.

Everything that is given as text is escaped here, and nowhere else.
"""

from x2vec.pages.frame import page
from x2vec.pages.pieces import block, cards, code, figures, section, table
from x2vec.pages.plots import bars, line

__all__ = ["bars", "block", "cards", "code", "figures", "line", "page", "section", "table"]
