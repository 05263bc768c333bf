# SPDX-License-Identifier: Apache-2.0
"""A form as the site showed it: what a browser would send back, read from its HTML (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from types import MappingProxyType

from uphold.submission.form import BOX, TOKEN


@dataclass(frozen=True, slots=True)
class Offered:
    """A form that was fetched.

    `shown_at` is unix milliseconds, `hidden` what a browser sends without being asked (the token among
    it), `inputs` every name that can be sent, `ticked` the boxes that came ticked, `html` the whole page.
    """

    form: str
    language: str
    path: str
    shown_at: int
    hidden: Mapping[str, str]
    inputs: tuple[str, ...]
    ticked: tuple[str, ...]
    html: str

    @property
    def token(self) -> str:
        """The token that the form carried, "" without one."""
        return self.hidden.get(TOKEN, "")

    @property
    def boxes(self) -> tuple[str, ...]:
        """The names of the consent boxes."""
        return tuple(name for name in self.inputs if name.startswith(BOX))


def read(form: str, language: str, path: str, shown_at: int, html: str) -> Offered:
    """Read the page of a form."""
    page = _Page()
    page.feed(html)
    return Offered(
        form=form,
        language=language,
        path=path,
        shown_at=shown_at,
        hidden=MappingProxyType(page.hidden),
        inputs=tuple(dict.fromkeys(page.inputs)),
        ticked=tuple(page.ticked),
        html=html,
    )


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.inputs: list[str] = []
        self.ticked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag not in {"input", "textarea", "select"} or not name:
            return
        self.inputs.append(name)
        if given.get("type") == "hidden":
            self.hidden[name] = given.get("value", "")
        if "checked" in given:
            self.ticked.append(name)
