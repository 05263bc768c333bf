# SPDX-License-Identifier: Apache-2.0
"""Codes of the figures in the words of a language: devices, browsers, countries, terms, opinions (pure)."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass

from uphold.visits import layout
from uphold.web.messages import N_

DEVICES: Mapping[str, str] = {
    "desktop": N_("Computer"),
    "phone": N_("Phone"),
    "tablet": N_("Tablet"),
    "other": N_("Other"),
}
OPINIONS: Mapping[str, str] = {"yes": N_("Yes"), "partly": N_("Partly"), "no": N_("No")}
TERMS: Mapping[str, str] = {
    "first-quarter": N_("the first quarter of the term"),
    "second-quarter": N_("the second quarter"),
    "third-quarter": N_("the third quarter"),
    "last-quarter": N_("the last quarter"),
    "late": N_("late, after the term"),
    "no-term": N_("no term by law"),
}
WAITS: Mapping[str, str] = {
    "one-day": N_("one day"),
    "three-days": N_("three days"),
    "ten-days": N_("ten days"),
    "thirty-days": N_("thirty days"),
    "longer": N_("longer"),
}
"""Terms of requests and waits of enquiries, each in the order to show them in."""
COUNTRIES: Mapping[str, str] = {
    "RU": N_("Russia"),
    "AM": N_("Armenia"),
    "AZ": N_("Azerbaijan"),
    "BY": N_("Belarus"),
    "CN": N_("China"),
    "DE": N_("Germany"),
    "FI": N_("Finland"),
    "FR": N_("France"),
    "GB": N_("United Kingdom"),
    "GE": N_("Georgia"),
    "IL": N_("Israel"),
    "IN": N_("India"),
    "IT": N_("Italy"),
    "KG": N_("Kyrgyzstan"),
    "KZ": N_("Kazakhstan"),
    "MD": N_("Moldova"),
    "NL": N_("Netherlands"),
    "PL": N_("Poland"),
    "RS": N_("Serbia"),
    "TJ": N_("Tajikistan"),
    "TM": N_("Turkmenistan"),
    "TR": N_("Türkiye"),
    "UA": N_("Ukraine"),
    "US": N_("United States"),
    "UZ": N_("Uzbekistan"),
    "": N_("Unknown"),
}
"""The countries that visitors of a site in Russian come from most; any other is shown by its two letters."""
_OTHER = N_("Other")
SERIES: Mapping[str, str] = {
    "days": N_("Visitors over time. The numbers stand in the table below the chart."),
    "hours": N_("Visitors by hour of the day. The numbers stand in the table below the chart."),
    "submitted": N_("Forms sent over time. The numbers stand in the table below the chart."),
}
_AT = N_("%(name)s: %(now)s")
_AGAINST = N_("%(name)s: %(now)s; before, %(was_name)s: %(was)s")
_WEEK = N_("week from %(day)s")
_HIDDEN = N_("hidden")
_NOTHING = N_("no figures")
_LEAST = N_("at least %(number)s")
MEASURES: Mapping[str, str] = {
    "minimum": N_("smallest group that may be shown"),
    "smallest": N_("smallest group shown"),
    "narrowest": N_("least that is left open of a hidden number"),
    "tables": N_("tables"),
    "cells": N_("numbers"),
    "hidden": N_("numbers hidden"),
    "pages": N_("pages compared with each other"),
    "people": N_("visitors looked for on another day"),
    "linked-ppm": N_("found again, in a million"),
    "chance-ppm": N_("found again by guessing, in a million"),
    "planted": N_("planted visitors looked for"),
    "small": N_("a group too small stands there"),
    "group": N_("a small group follows from the totals"),
    "contradiction": N_("the numbers contradict each other"),
    "elsewhere": N_("a hidden number stands in another table"),
    "difference": N_("a small group is left when two pages are subtracted"),
    "number-again": N_("a visitor has the same number on two days"),
    "behaviour-again": N_("visitors are known again by what they looked at"),
    "canary": N_("a planted visitor was found"),
}
"""What was measured of figures, by the codes of `statistics.attack`; one without words stands as its code."""


@dataclass(frozen=True, slots=True)
class Names:
    """What stands for codes of this site: titles of forms and purposes, labels of fields by "form.field"."""

    language: str
    catalogue: gettext.NullTranslations
    forms: Mapping[str, str]
    fields: Mapping[str, str]
    purposes: Mapping[str, str]

    def said(self, text: str) -> str:
        """A marked text in this language."""
        return self.catalogue.gettext(text)

    def of(self, table: Mapping[str, str], code: str) -> str:
        """A code in words; itself where there are none."""
        return self.said(table[code]) if code in table else code

    def named(self, code: str) -> str:
        """A page by its address, a browser by its own name; those that have none together."""
        return self.said(_OTHER) if code == layout.OTHER else code

    def week(self, day: str) -> str:
        """A week by its first day."""
        return self.said(_WEEK) % {"day": day}

    def number(self, text: str | None, *, at_least: bool) -> str:
        """A number that is written already; None for a hidden one."""
        if text is None:
            return self.said(_HIDDEN)
        return self.said(_LEAST) % {"number": text} if at_least else text

    def nothing(self) -> str:
        """What is said where nothing was ever counted."""
        return self.said(_NOTHING)

    def point(self, name: str, now: str, was: tuple[str, str] | None) -> str:
        """What the pointer is told at one place of a chart; `was` is the name and the number before."""
        if was is None:
            return self.said(_AT) % {"name": name, "now": now}
        told = {"name": name, "now": now, "was_name": was[0], "was": was[1]}
        return self.said(_AGAINST) % told
