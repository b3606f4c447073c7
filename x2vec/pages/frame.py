"""The frame of a page: its head, its style in light and dark, its title."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

__all__ = ["page"]

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5c6675; --paper: #f6f7f9;
  --card: #ffffff; --rule: #dfe3e9; --main: #2f6fdb; --mark: #c2410c; --warn: #c2410c;
  --note: #8a6d00; --good: #15803d; --c0: #1f6fc4; --c1: #00805c; --c2: #a13f86; --c3: #8a6400;
  --c4: #15809f; --c5: #6a55c9; --c6: #5c6675; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ebf1; --soft: #9aa5b5; --paper: #12161c;
  --card: #1b2129; --rule: #323b47; --main: #6ea2ff; --mark: #ff9a5c; --warn: #ff9a5c;
  --note: #e3c341; --good: #5fd38a; --c0: #6ea2ff; --c1: #4fd0a0; --c2: #f09ad0; --c3: #e3c341;
  --c4: #7fd6f5; --c5: #b3a6ff; --c6: #aab4c2; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 36px 0 12px; }
h3 { font-size: 15px; margin: 0 0 4px; }
p { margin: 4px 0; overflow-wrap: anywhere; }
.soft, figcaption { color: var(--soft); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
  gap: 12px; margin-top: 20px; }
.figure, .card, figure, .box { background: var(--card); border: 1px solid var(--rule);
  border-radius: 8px; padding: 14px 16px; }
.figure b { display: block; font-size: 22px; font-weight: 650; }
.card { border-left: 4px solid var(--good); margin-bottom: 12px; }
.card.warning { border-left-color: var(--warn); } .card.note { border-left-color: var(--note); }
.card .level { font-size: 12px; text-transform: uppercase; letter-spacing: .06em;
  font-weight: 650; color: var(--good); }
.card.warning .level { color: var(--warn); } .card.note .level { color: var(--note); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr));
  gap: 16px; } .grid + * { margin-top: 16px; }
.box + p { margin-top: 8px; }
figure { margin: 0; } figure svg { width: 100%; height: auto; display: block; }
figcaption { font-size: 13px; margin-top: 6px; }
svg text { fill: var(--soft); font-size: 12px; } svg .axis { stroke: var(--rule); }
svg .bar { fill: var(--main); } svg .line { stroke: var(--main); fill: none; stroke-width: 2; }
svg .mark { stroke: var(--mark); stroke-dasharray: 4 3; } svg .marked { fill: var(--mark); }
svg .interval { stroke: var(--soft); stroke-width: 2; }
svg .interval.strong { stroke: var(--mark); }
svg .dot { fill: var(--main); } svg .dot.strong { fill: var(--mark); }
svg .name, svg .value { fill: var(--ink); } svg .value { font-variant-numeric: tabular-nums; }
svg .strong.name, svg .strong.value, svg .strong.named { font-weight: 650; }
svg .strong.name, svg .strong.value { fill: var(--mark); }
svg .leader { stroke: var(--soft); stroke-width: .7; fill: none; opacity: .6; }
svg .series { fill: none; stroke-width: 1.4; stroke: var(--of); }
svg .series.dashed { stroke-dasharray: 5 3; } svg .series.strong { stroke-width: 3; }
svg .point, svg .named { fill: var(--of); }
.c0 { --of: var(--c0); } .c1 { --of: var(--c1); } .c2 { --of: var(--c2); } .c3 { --of: var(--c3); }
.c4 { --of: var(--c4); } .c5 { --of: var(--c5); } .c6 { --of: var(--c6); }
.strong { --of: var(--mark); }
.box { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--rule);
  vertical-align: top; overflow-wrap: break-word; } tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 600; font-size: 13px; }
td.number, th.number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
pre, code { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
pre { background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
  padding: 14px 16px; overflow-x: auto; margin: 12px 0; }
@media print { body { background: #fff; } .card, figure { break-inside: avoid; } }
"""


def page(title: str, subtitle: str, parts: Iterable[str]) -> str:
    """Return a whole page.

    Args:
        title: Its title, any text.
        subtitle: A line under it, any text.
        parts: HTML, as the other functions of this room return it.
    """
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(title)}</h1>\n<p class="soft">{escape(subtitle)}</p>\n{body}\n'
        "</main>\n</body>\n</html>\n"
    )
