# SPDX-License-Identifier: Apache-2.0
"""What a plain site would do by itself, measured in its own process: `python -m bench.django_site.work STEP ...`.

    migrate                    make the tables
    fill SUBMISSIONS           about that many messages with consents, three of each person; a clerk who is signed in
    export FIRST COUNT         everything about so many persons, as JSON, from the rows that bear their address
    erase FIRST COUNT          their rows deleted in one transaction each

Figures are printed as JSON: milliseconds of the clock and of the processor for each person.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

WRITTEN = 3
"""How many times each person has written."""
_BATCH = 5_000


def address(person: int) -> str:
    """Return a person's address."""
    return f"person-{person}@example.org"


def migrate() -> bool:
    """Make the tables."""
    call_command("migrate", verbosity=0)
    return True


def fill(submissions: int) -> dict[str, Any]:
    """Store the messages and the clerk; returns the first row's number and the session's cookie."""
    people = submissions // WRITTEN
    submissions = people * WRITTEN
    submission, consent = _rows("Submission").model, _rows("Consent").model
    for start in range(0, submissions, _BATCH):
        made = _rows("Submission").bulk_create(
            submission(
                name="A. Person",
                email=address(number % people),
                phone="+7 921 000 00 00",
                message="A question. " * 40,
            )
            for number in range(start, min(start + _BATCH, submissions))
        )
        _rows("Consent").bulk_create(
            consent(submission=one, purpose="answer", wording="f" * 64) for one in made
        )
    first = _rows("Submission").order_by("pk").values_list("pk", flat=True)[0]
    return {"first": first, "cookie": f"{settings.SESSION_COOKIE_NAME}={_signed_in()}"}


def _signed_in() -> str:
    """Make a clerk who may look at messages, and sign them in."""
    clerk = get_user_model().objects.create_user("clerk", password=None)
    permission = apps.get_model("auth", "Permission").objects.get(codename="view_submission")
    clerk.user_permissions.add(permission)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"] = str(clerk.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = clerk.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def export(first: int, count: int) -> list[dict[str, float]]:
    """Write everything about each person as JSON."""
    return [_timed(partial(_package, person)) for person in range(first, first + count)]


def _package(person: int) -> None:
    rows = list(_rows("Submission").filter(email=address(person)).values())
    consents = list(_rows("Consent").filter(submission__email=address(person)).values())
    made = json.dumps({"messages": rows, "consents": consents}, cls=DjangoJSONEncoder)
    if made.count(address(person)) != WRITTEN:
        raise SystemExit(f"person {person} is not whole")


def erase(first: int, count: int) -> list[dict[str, float]]:
    """Delete the rows of each person."""
    return [_timed(partial(_erase, person)) for person in range(first, first + count)]


def _erase(person: int) -> None:
    with transaction.atomic():
        deleted, _ = _rows("Submission").filter(email=address(person)).delete()
    if deleted != 2 * WRITTEN:
        raise SystemExit(f"person {person} was not erased")


def _rows(name: str) -> Any:
    """Return the manager of a model of ours; it can only be imported once Django is set up."""
    return apps.get_model("django_site", name).objects


def _timed(step: Callable[[], None]) -> dict[str, float]:
    began, used = time.perf_counter(), time.process_time()
    step()
    return {
        "ms": (time.perf_counter() - began) * 1e3,
        "cpu_ms": (time.process_time() - used) * 1e3,
    }


STEPS: dict[str, Callable[..., Any]] = {
    "migrate": migrate,
    "fill": fill,
    "export": export,
    "erase": erase,
}

if __name__ == "__main__":
    django.setup()
    print(json.dumps(STEPS[sys.argv[1]](*map(int, sys.argv[2:]))))
