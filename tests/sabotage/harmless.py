# SPDX-License-Identifier: Apache-2.0
"""The control group: changes that say something broke and break nothing. No probe may take one for a catch."""

import logging

from tests.sabotage.sabotage import Ground
from uphold.web import logs

LIE = "The box is ticked, the key was kept, nothing was journaled."


def lie_in_the_log(ground: Ground) -> None:
    def line(_: logging.Formatter, record: logging.LogRecord) -> str:
        return f"{record.levelname} {LIE}"

    ground.patch.setattr(logs.Lines, "format", line)


def lie_on_error_pages(ground: Ground) -> None:
    ground.template(
        "error.html",
        "{% for text in page.details %}",
        f"<p>{LIE}</p>{{% for text in page.details %}}",
    )


def lie_on_the_front_page(ground: Ground) -> None:
    ground.template("home.html", "</h1>", f"</h1><p>{LIE}</p>")


def lie_in_the_console(ground: Ground) -> None:
    ground.template("console/base.html", "{% block foot %}", f"{{% block foot %}}<p>{LIE}</p>")


def lie_in_a_comment(ground: Ground) -> None:
    """A new edition that differs by a comment alone."""
    first = "# What the policy declares."
    ground.publish(("policy/policy.toml", first, f"# {LIE}\n{first}"), check=True)


HARMLESS = (
    lie_in_the_log,
    lie_on_error_pages,
    lie_on_the_front_page,
    lie_in_the_console,
    lie_in_a_comment,
)
