# SPDX-License-Identifier: Apache-2.0
"""The HTML side of a letter, made of its text. Pure: nothing is fetched by it, and nothing tells when it is read.

No image, no style sheet, no address but those that the text shows; only links of the site's own are clickable.
"""

import re
from html import escape

_PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body style="margin:0;padding:24px 12px;background:#f4f4f1;color:#1d1d1b">
<div style="max-width:36em;margin:0 auto;padding:24px;background:#fff;border:1px solid #d8d8d2;border-radius:6px;\
font:16px/1.5 -apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;overflow-wrap:anywhere">
{body}
</div>
</body>
</html>
"""
_BLOCKS = re.compile(r"\n[ \t]*\n+")


def page(text: str, *, language: str, title: str, site: str = "") -> str:
    """An HTML page that says what `text` says; addresses below `site` (such as https://example.org) are links."""
    blocks = (block.strip("\n") for block in _BLOCKS.split(text.replace("\r\n", "\n").strip()))
    body = "\n".join(f'<p style="margin:0 0 1em">{_lines(block, site)}</p>' for block in blocks)
    return _PAGE.format(language=escape(language), title=escape(title), body=body)


def _lines(block: str, site: str) -> str:
    return "<br>\n".join(_linked(line, site) for line in block.split("\n"))


def _linked(line: str, site: str) -> str:
    if not site:
        return escape(line)
    # The rest of an address ends at a space or at what cannot stand in one.
    found = re.compile(re.escape(site.rstrip("/")) + r"(?:/[\w\-./?=&%~+]*)?(?![\w.-])")
    pieces, at = [], 0
    for match in found.finditer(line):
        address = match.group().rstrip(".,")
        pieces.append(escape(line[at : match.start()]))
        pieces.append(f'<a href="{escape(address)}" style="color:#0b5394">{escape(address)}</a>')
        at = match.start() + len(address)
    return "".join([*pieces, escape(line[at:])])
