# SPDX-License-Identifier: Apache-2.0
"""A page as whoever receives it can read it: elements, forms, labels, links, what it loads (pure).

Small and strict: every element that is opened must be closed, as on every page of ours. It knows nothing of
how the pages are made, which is what makes it a witness.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from uphold.errors import Invalid

# HTML Living Standard, 13.1.2: elements that are never closed.
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()
)  # fmt: skip
_UNSEEN = frozenset({"script", "style", "template", "title", "head", "noscript"})
# Between the texts of these no space is to be read: a digest may break anywhere.
_INLINE = frozenset(
    "a abbr b bdi bdo cite code data dfn em i kbd mark q s samp small span strong sub sup time u var wbr".split()
)  # fmt: skip
# What a browser fetches by itself, by element and attribute.
_LOADED = {
    "audio": ("src",),
    "body": ("background",),
    "embed": ("src",),
    "frame": ("src",),
    "iframe": ("src", "srcdoc"),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
_NOT_LOADED = frozenset({"alternate", "canonical", "help", "license", "next", "prev", "author"})
_CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]*)|@import\s+[\"']([^\"']*)", re.IGNORECASE)
_JS_URL = re.compile(r"[\"'`]((?:https?:|wss?:)?//[^\"'`\s]+)", re.IGNORECASE)


@dataclass
class Node:
    """An element; the document itself has no tag. Attributes without a value have the value ""."""

    tag: str
    attrs: Mapping[str, str] = field(default_factory=dict)
    children: "list[Node | str]" = field(default_factory=list)

    def walk(self) -> "Iterator[Node]":
        """Every element within, in the order of the page, this one included."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, *tags: str, **attrs: str) -> "list[Node]":
        """The elements within of these tags (any, if none is named) with these attributes."""
        return [
            node
            for node in self.walk()
            if (node.tag in tags if tags else node.tag)
            and all(node.attrs.get(name.rstrip("_")) == value for name, value in attrs.items())
        ]

    def by_id(self, name: str) -> "Node | None":
        """The element with this id."""
        return next(iter(self.all(id=name)), None)

    @property
    def classes(self) -> frozenset[str]:
        """Its classes."""
        return frozenset(self.attrs.get("class", "").split())

    @property
    def raw(self) -> str:
        """The text within, letter for letter, that of scripts and styles included."""
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)

    @property
    def text(self) -> str:
        """The text that a person sees, white space made one space."""
        return " ".join("".join(self.seen()).split())

    def seen(self) -> Iterator[str]:
        """The pieces of text that a person sees, as they stand."""
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in _UNSEEN and "hidden" not in child.attrs:
                gap = "" if child.tag in _INLINE else " "
                yield gap
                yield from child.seen()
                yield gap


def parse(html: str) -> Node:
    """Read a page. Raises `errors.Invalid` where an element is closed that is not open, or never closed."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if len(reader.open) > 1:
        raise Invalid(f"The page never closes <{reader.open[-1].tag}>.")
    return reader.open[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Of an attribute that stands twice, browsers take the first.
        node = Node(tag, {name: value or "" for name, value in reversed(attrs)})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if len(self.open) < 2 or self.open[-1].tag != tag:
            raise Invalid(f"The page closes </{tag}> where it is not open.")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@dataclass(frozen=True, slots=True)
class Control:
    """An input, select or textarea with a name. `ticked` is true for a box or choice that is on by itself.

    `label` is the text of its label: that of the group for a choice of several, and `links` are the
    addresses within it.
    """

    name: str
    kind: str
    value: str = ""
    ticked: bool = False
    required: bool = False
    label: str = ""
    links: tuple[str, ...] = ()

    @property
    def is_box(self) -> bool:
        """Whether it is ticked rather than filled in."""
        return self.kind == "checkbox"


@dataclass(frozen=True, slots=True)
class Form:
    """A form with its named controls, in order."""

    method: str
    action: str
    controls: tuple[Control, ...]

    @property
    def fields(self) -> tuple[Control, ...]:
        """What a person fills in: nothing hidden, no box, no button, each choice once."""
        found: dict[str, Control] = {}
        for control in self.controls:
            if control.kind not in {"hidden", "checkbox", "submit", "button", "image", "reset"}:
                found.setdefault(control.name, control)
        return tuple(found.values())

    @property
    def boxes(self) -> tuple[Control, ...]:
        """What a person ticks."""
        return tuple(control for control in self.controls if control.is_box)

    @property
    def hidden(self) -> dict[str, str]:
        """What is sent along unseen."""
        return {c.name: c.value for c in self.controls if c.kind == "hidden"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that a person may follow."""

    href: str
    rel: frozenset[str]
    text: str


def forms(page: Node) -> list[Form]:
    """The forms of a page; what stands in a template is none yet."""
    return [
        Form(
            node.attrs.get("method", "get").lower(),
            node.attrs.get("action", ""),
            tuple(_controls(page, node)),
        )
        for node in _live(page)
        if node.tag == "form"
    ]


def links(page: Node) -> list[Link]:
    """The links of a page."""
    return [
        Link(node.attrs["href"], frozenset(node.attrs.get("rel", "").lower().split()), node.text)
        for node in page.all("a", "area")
        if "href" in node.attrs
    ]


def languages(page: Node) -> dict[str, str]:
    """The addresses of this very page in other languages, by code."""
    return {
        node.attrs["hreflang"]: node.attrs.get("href", "")
        for node in page.all("a", "link")
        if "hreflang" in node.attrs
    }


def loads(page: Node) -> list[str]:
    """The addresses that a browser fetches for this page by itself, those in styles included."""
    found = []
    for node in page.walk():
        if node.tag == "link" and not set(node.attrs.get("rel", "").lower().split()) - _NOT_LOADED:
            continue
        for name in _LOADED.get(node.tag, ()):
            if name == "srcset":
                found += [part.split()[0] for part in node.attrs.get(name, "").split(",") if part]
            elif name in node.attrs:
                found.append(node.attrs[name])
        if node.tag == "style":
            found += css(node.raw)
        if "style" in node.attrs:
            found += css(node.attrs["style"])
        if node.tag == "meta" and node.attrs.get("http-equiv", "").lower() == "refresh":
            found.append(node.attrs.get("content", "").partition("=")[2])
    return found


def inline(page: Node) -> list[str]:
    """Where a page brings script of its own within it: elements and handlers, by name."""
    scripts = ["script" for n in page.all("script") if "src" not in n.attrs and n.raw.strip()]
    handlers = [name for node in page.walk() for name in node.attrs if name.startswith("on")]
    schemes = [
        "javascript:"
        for node in page.walk()
        for name in ("href", "action", "formaction")
        if node.attrs.get(name, "").strip().lower().startswith("javascript:")
    ]
    return [*scripts, *handlers, *schemes]


def css(text: str) -> list[str]:
    """The addresses that a style sheet loads."""
    return [a or b for a, b in _CSS_URL.findall(text)]


def js(text: str) -> list[str]:
    """The addresses of other hosts that a script names."""
    return _JS_URL.findall(text)


def outside(address: str, hosts: Iterable[str]) -> bool:
    """Tell whether an address is of another host than these; an address that cannot be read is."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return True
    if parts.netloc:
        return parts.netloc.lower() not in set(hosts)
    return parts.scheme.lower() in {"http", "https", "ws", "wss", "ftp"}


def _live(page: Node) -> Iterator[Node]:
    for child in page.children:
        if isinstance(child, Node) and child.tag != "template":
            yield child
            yield from _live(child)


def _controls(page: Node, form: Node) -> Iterator[Control]:
    labels = {n.attrs["for"]: n for n in page.all("label") if "for" in n.attrs}
    groups = {id(n): group for group in form.all("fieldset") for n in group.walk()}
    for node in _live(form):
        if node.tag not in {"input", "select", "textarea", "button"} or not node.attrs.get("name"):
            continue
        kind = node.attrs.get("type", "text").lower() if node.tag == "input" else node.tag
        kind = node.attrs.get("type", "submit").lower() if node.tag == "button" else kind
        label = labels.get(node.attrs.get("id", ""))
        if kind == "radio" and id(node) in groups:
            label = next(iter(groups[id(node)].all("legend")), label)
        yield Control(
            name=node.attrs["name"],
            kind=kind,
            value=_value(node),
            ticked="checked" in node.attrs,
            required="required" in node.attrs,
            label=label.text if label else "",
            links=tuple(link.href for link in links(label)) if label else (),
        )


def _value(node: Node) -> str:
    if node.tag == "textarea":
        # A line feed right after the tag belongs to the markup (HTML Living Standard, 13.1.2.5).
        return node.raw.removeprefix("\n")
    if node.tag == "select":
        chosen = [n for n in node.all("option") if "selected" in n.attrs] or node.all("option")[:1]
        return chosen[0].attrs.get("value", chosen[0].text) if chosen else ""
    return node.attrs.get("value", "")
