# SPDX-License-Identifier: Apache-2.0
"""Linked data read by a library of others, offline, and held against the terms that the vocabulary has."""

import json
import warnings
from pathlib import Path
from typing import Any

from rdflib import Graph, Literal, URIRef

from uphold.policy import dpv

_TERMS = Path(__file__).parent / "vectors" / "dpv-2.3.txt"
_SPACES = {name: dpv.context("")[name] for name in ("dpv", "pd", "loc", "tech", "legal-eu")}


def graph(content: dict[str, Any]) -> Graph:
    """Read JSON-LD. No test opens the network, so the context must be in the document."""
    with warnings.catch_warnings():
        # Within rdflib, whose reader of JSON-LD uses a class that rdflib is about to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Graph().parse(data=json.dumps(content), format="json-ld")


def known() -> set[str]:
    """Every term that was looked up in the vocabulary, written out."""
    lines = _TERMS.read_text(encoding="utf-8").splitlines()
    names = [line.split(":", 1) for line in lines if line and not line.startswith("#")]
    return {f"{_SPACES[prefix]}{name}" for prefix, name in names}


def unknown(found: Graph) -> set[str]:
    """The terms of a document in the vocabulary's name spaces that it does not have."""
    used = {str(term) for triple in found for term in triple if isinstance(term, URIRef)}
    return {term for term in used if term.startswith(tuple(_SPACES.values()))} - known()


def leaked(found: Graph, content: dict[str, Any]) -> list[str]:
    """Values that stayed text although they are terms: the context does not coerce them."""
    prefixes = tuple(f"{name}:" for name, v in content["@context"].items() if isinstance(v, str))
    return [
        str(o) for o in found.objects() if isinstance(o, Literal) and str(o).startswith(prefixes)
    ]
