"""Labelled texts as one HTML page that needs nothing else; light or dark as the reader's system is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from edgernn.edge_runtime.tag.column import joined
from edgernn.edge_runtime.tag.outcome import Tagging
from edgernn.edge_runtime.tag.pieces import labels_in, pieces_of

# Successive hues by the golden angle: neighbours differ, however many there are.
_HUE = 137.508
_FIRST_HUE = 210.0
_STYLE = """
:root{color-scheme:light dark;--ink:#1d232b;--soft:#5d6875;--page:#f5f6f8;--card:#fff;--line:#dfe3e8}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:17px/1.5 system-ui,sans-serif}
main{max-width:52rem;margin:0 auto;padding:2.5rem 1.25rem}
h1{font-size:1.35rem;margin:0 0 .75rem}h2{font-size:.8rem;font-weight:600;color:var(--soft);margin:0 0 .25rem}
.key{display:flex;flex-wrap:wrap;gap:.4rem .6rem;margin:0 0 1.5rem;padding:0;list-style:none;font-size:.85rem}
article{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:1.1rem 1.3rem;margin:0 0 1rem}
p{margin:0 0 .9rem;white-space:pre-wrap;overflow-wrap:anywhere;line-height:2.3}
article>p:last-child{margin-bottom:0}
mark,.key li{background:hsl(var(--h) 85% 90%);color:hsl(var(--h) 60% 18%);border-radius:.4rem;padding:.22rem .4rem}
mark{box-decoration-break:clone;-webkit-box-decoration-break:clone}
b{font-size:.68rem;font-weight:700;letter-spacing:.03em;margin-left:.45rem;color:hsl(var(--h) 65% 34%)}
.w{display:inline-block;line-height:1.25;margin:.15rem 0;text-align:center;vertical-align:top}
.w small{display:block;font-size:.66rem;color:var(--soft)}
@media (prefers-color-scheme:dark){
:root{--ink:#e4e8ed;--soft:#98a3b0;--page:#14181d;--card:#1c2128;--line:#2d343d}
mark,.key li{background:hsl(var(--h) 40% 25%);color:hsl(var(--h) 70% 92%)}b{color:hsl(var(--h) 75% 75%)}}
"""


def page_of(title: str, taggings: Sequence[Tagging]) -> str:
    """The whole document.

    Args:
      title: of the page.
      taggings: the texts, in order, of one model.
    """
    places = labels_in(taggings)
    counts = Counter(entity.label for one in taggings for found in one.spans.values() for entity in found)
    key = "".join(f"<li{_hue(places[label])}>{_safe(label)} {counts[label]}</li>" for label in places)
    articles = "\n".join(_article(tagging, places) for tagging in taggings)
    return (
        '<!doctype html>\n<html lang="und"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_safe(title)}</title><style>{_STYLE}</style></head>\n<body><main><h1>{_safe(title)}</h1>\n"
        f'<ul class="key">{key}</ul>\n{articles}\n</main></body></html>\n'
    )


def _article(tagging: Tagging, places: Mapping[str, int]) -> str:
    columns = list(tagging[0].labels) if tagging else []
    if not columns:
        return f'<article><p dir="auto">{_safe(tagging.text)}</p></article>'
    parts = []
    for name in columns:
        head = f"<h2>{_safe(name)}</h2>" if len(columns) > 1 else ""
        body = _spans(tagging, name, places) if name in tagging.spans else _words(tagging, name)
        parts.append(f'{head}<p dir="auto">{body}</p>')
    return f"<article>{''.join(parts)}</article>"


def _spans(tagging: Tagging, column: str, places: Mapping[str, int]) -> str:
    parts = []
    for text, entity in pieces_of(tagging.text, tagging.spans[column]):
        if entity is None:
            parts.append(_safe(text))
        else:
            hint = f' title="probability {entity.score:.3f}"'
            parts.append(f"<mark{_hue(places[entity.label])}{hint}>{_safe(text)}<b>{_safe(entity.label)}</b></mark>")
    return "".join(parts)


def _words(tagging: Tagging, column: str) -> str:
    parts, place = [], 0
    for token in tagging:
        parts.append(_safe(tagging.text[place : token.start]))
        parts.append(f'<span class="w">{_safe(token.text)}<small>{_safe(joined(token.labels[column]))}</small></span>')
        place = token.end
    return "".join(parts) + _safe(tagging.text[place:])


def _hue(place: int) -> str:
    return f' style="--h:{(_FIRST_HUE + _HUE * place) % 360:.0f}"'


def _safe(text: str) -> str:
    """Markup is escaped; what no document may hold is shown as unknown."""
    kept = "".join(c if c in "\n\t" or (c >= " " and c != "\x7f") else "\ufffd" for c in text.replace("\r\n", "\n"))
    return escape(kept.encode("utf-8", "replace").decode("utf-8"))
