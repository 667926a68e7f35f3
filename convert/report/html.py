"""Self-contained HTML: no script, no font and no picture from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Sequence

# ruff: noqa: E501 - one rule a line is easier to read than broken rules
_STYLE = """
:root{color-scheme:light dark;--ink:#1b2430;--paper:#fff;--soft:#f2f4f7;--line:#d5dae1;--accent:#1a6fb5;--second:#b5651a}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--paper:#14181f;--soft:#1e242e;--line:#38414e;--accent:#6db3f2;--second:#f2b26d}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:62rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;margin-bottom:.2rem}h2{font-size:1.2rem;margin-top:2.2rem}
.wide{overflow-x:auto}table{border-collapse:collapse;margin:.6rem 0}
th,td{border-bottom:1px solid var(--line);padding:.35rem .8rem;text-align:right;white-space:nowrap}
.facts th,.facts td{text-align:left;white-space:normal;vertical-align:top}.facts th{width:11rem;font-weight:600}
th:first-child,td:first-child{text-align:left}td:first-child{white-space:normal}th{background:var(--soft)}
.good{color:#15803d}.bad{color:#c02626}@media(prefers-color-scheme:dark){.good{color:#4ade80}.bad{color:#f87171}}
.note{color:color-mix(in srgb,var(--ink) 70%,transparent)}
svg{max-width:100%;height:auto}svg text{fill:currentColor;font:12px system-ui,sans-serif}
pre{background:var(--soft);padding:.8rem;overflow-x:auto}
"""


def page(title: str, body: Sequence[str]) -> str:
    """A whole document; `body` holds finished HTML."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        f"<h1>{escape(title)}</h1>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def escape(text: object) -> str:
    """Text made safe for HTML."""
    return html.escape(str(text))


def heading(text: str) -> str:
    """A section's heading."""
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph; `kind` is a CSS class ("note", "good", "bad")."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table whose first column is the rows' name."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def facts(rows: Sequence[tuple[str, str]]) -> str:
    """A table of names and what is known of them; long texts wrap."""
    body = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return f'<div class="wide"><table class="facts"><tbody>{body}</tbody></table></div>'
