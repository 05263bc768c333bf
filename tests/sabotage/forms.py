# SPDX-License-Identifier: Apache-2.0
"""Forms and consent, broken: what is asked, what is marked, what is ticked, what is agreed to."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from tests.sabotage.sabotage import Ground, Sabotage
from uphold.submission import submit, validate
from uphold.submission.form import RESERVED
from uphold.submission.submit import Intake
from uphold.submission.validate import Accepted, Problem
from uphold.web import documents, pages, post
from uphold.web.public import Public

Check = Callable[..., Accepted | list[Problem]]
BOX = 'name="{{ box.name }}" value="yes" autocomplete="off"'
SENDING = '<p class="acts"><button type="submit">'
PASSPORT = '<label for="passport">Passport (optional)</label><input id="passport" name="passport">'


def ask_for_more(ground: Ground) -> None:
    ground.template("form.html", SENDING, PASSPORT + SENDING)


def take_anything(ground: Ground) -> None:
    def check(before: Check, offer: Any, posted: Any) -> Accepted | list[Problem]:
        found = before(offer, {name: posted[name] for name in posted if _is_known(offer, name)})
        if not isinstance(found, Accepted):
            return found
        strange = {n: posted[n] for n in posted if not _is_known(offer, n)}
        return msgspec.structs.replace(found, values={**found.values, **strange})

    ground.wrap(validate, "check", check)


def _is_known(offer: Any, name: str) -> bool:
    return name in offer.fields or name in offer.boxes or name in RESERVED


def lose_a_mark_in_russian(ground: Ground) -> None:
    catalogue: Any = pages.translations("ru")
    said = {**catalogue._catalog, "(optional)": "\u200b"}
    ground.patch.setattr(catalogue, "_catalog", said)
    ground.patch.setattr(pages.translations, "cache_clear", lambda: None)


def demand_what_is_optional(ground: Ground) -> None:
    def check(before: Check, offer: Any, posted: Any) -> Accepted | list[Problem]:
        found = before(offer, posted)
        if isinstance(found, Accepted) and "phone" not in found.values:
            return [Problem("phone", "required")]
        return found

    ground.wrap(validate, "check", check)


def tick_the_box(ground: Ground) -> None:
    ground.template("form.html", BOX, f"{BOX} checked")


def tick_it_when_shown_again(ground: Ground) -> None:
    again = "{% if page.problems or page.notice %} checked{% endif %}"
    ground.template("form.html", BOX, BOX + again)


def tick_it_by_the_address(ground: Ground) -> None:
    def form(before: Callable[..., Any], public: Public, request: Any) -> Any:
        response = before(public, request)
        if any(name.startswith("consent.") for name in request.query_params):
            response.body = response.body.replace(b'value="yes"', b'value="yes" checked')
            response.headers["content-length"] = str(len(response.body))
        return response

    ground.wrap(Public, "form", form)


def take_without_tick(ground: Ground) -> None:
    def check(before: Check, offer: Any, posted: Any) -> Accepted | list[Problem]:
        return before(offer, {**posted, **dict.fromkeys(offer.boxes, "yes")})

    ground.wrap(validate, "check", check)


def take_no_for_yes(ground: Ground) -> None:
    ground.patch.setattr(validate, "YES", validate.YES | {"no"})


def store_what_is_refused(ground: Ground) -> None:
    """Answer 422 as ever, and keep the post all the same: `lost leads` are worth money to some."""

    async def answer(before: Any, door: post.Door, scope: Any, receive: Any, headers: Any) -> Any:
        told: dict[str, Any] = {}

        def check(offer: Any, posted: Any) -> Accepted | list[Problem]:
            found = original(offer, posted)
            if not isinstance(found, Accepted):
                forced = original(offer, {**posted, **dict.fromkeys(offer.boxes, "yes")})
                told.update(accepted=forced, refused=found)
                return forced
            return found

        original = validate.check
        validate.check = check
        try:
            response = await before(door, scope, receive, headers)
        finally:
            validate.check = original
        return _refusal(told["refused"]) if told else response

    ground.wrap(post.Door, "_answer", answer)


def _refusal(problems: list[Problem]) -> Any:
    content = msgspec.json.encode(
        {"ok": False, "errors": [{"field": p.field, "code": p.code} for p in problems]}
    )
    length = str(len(content)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    return 422, headers, content


def soften_the_wording(ground: Ground) -> None:
    def wording(before: Callable[..., Any], *arguments: Any) -> Any:
        shown = before(*arguments)
        return replace(shown, text=f"{shown.text}\n\nThe operator may also share the data.")

    ground.wrap(documents, "_wording", wording)


def link_the_policy_in_its_place(ground: Ground) -> None:
    ground.template("form.html", "{{ at(box.wording_href) }}", "{{ at(box.policy_href) }}")


def journal_no_consent(ground: Ground) -> None:
    def joined(before: Callable[..., str], codes: Any) -> str:
        return "none" if "communication" in codes and len(codes) == 1 else before(codes)

    ground.wrap(submit, "_joined", joined)


def name_another_text_on_the_receipt(ground: Ground) -> None:
    def agreement(before: Callable[..., Any], edition: Any, act: Any, *more: Any) -> Any:
        newest = next(w for w in edition.wordings.values() if w.digest != act.wording)
        shown = before(edition, act, *more)
        return replace(shown, wording_href=f"/wording/{newest.digest}")

    ground.wrap(documents, "_agreement", agreement)


def ask_for_health_by_a_tick(ground: Ground) -> None:
    title = 'title.en = "Telephone number"'
    ground.publish(("policy/policy.toml", title, f"special = true\n{title}"))


def leave_a_field_out_of_its_text(ground: Ground) -> None:
    def wording(before: Callable[..., Any], *arguments: Any) -> Any:
        shown = before(*arguments)
        text = shown.text.replace("Telephone", "Other data").replace("Телефон", "Прочее")
        return replace(shown, text=text)

    ground.wrap(documents, "_wording", wording)


def drop_the_doubtful(ground: Ground) -> None:
    async def take(before: Any, intake: Intake, post: Any) -> Any:
        if post.doubts:
            return submit.Received(await intake._numbers.take(), post.at, 0)
        return await before(intake, post)

    ground.wrap(Intake, "take", take)


SABOTAGES = (
    Sabotage(
        "form.declared-fields/stored",
        "form.declared-fields",
        "The server stores a field that no form declares",
        take_anything,
    ),
    Sabotage(
        "form.declared-fields/asked",
        "form.declared-fields",
        "The page asks for a passport, which no form declares",
        ask_for_more,
    ),
    Sabotage(
        "form.mandatory-marked/demanded",
        "form.mandatory-marked",
        "The server demands a telephone number that is marked optional",
        demand_what_is_optional,
    ),
    Sabotage(
        "form.mandatory-marked/russian",
        "form.mandatory-marked",
        "The mark is lost in Russian only",
        lose_a_mark_in_russian,
    ),
    Sabotage(
        "consent.box-empty/ticked",
        "consent.box-empty",
        "The box comes ticked in the template",
        tick_the_box,
    ),
    Sabotage(
        "consent.box-empty/again",
        "consent.box-empty",
        "The box is ticked when the form is shown again",
        tick_it_when_shown_again,
    ),
    Sabotage(
        "consent.box-empty/address",
        "consent.box-empty",
        "A link ticks the box by its address",
        tick_it_by_the_address,
    ),
    Sabotage(
        "consent.required/assumed",
        "consent.required",
        "The server takes every box for ticked",
        take_without_tick,
    ),
    Sabotage(
        "consent.required/no-is-yes",
        "consent.required",
        "The server reads the value “no” as a tick",
        take_no_for_yes,
    ),
    Sabotage(
        "consent.required/kept",
        "consent.required",
        "A post without the tick is refused to the eye and stored all the same",
        store_what_is_refused,
    ),
    Sabotage(
        "consent.separate-wording/softened",
        "consent.separate-wording",
        "A sentence is added to the text of the consent as it is shown",
        soften_the_wording,
    ),
    Sabotage(
        "consent.separate-wording/policy",
        "consent.separate-wording",
        "The box links to the policy instead of its own text",
        link_the_policy_in_its_place,
    ),
    Sabotage(
        "consent.provable/unsaid",
        "consent.provable",
        "The journal's entry of a submission leaves the consent out",
        journal_no_consent,
    ),
    Sabotage(
        "consent.provable/another-text",
        "consent.provable",
        "The receipt links to another text than the one agreed to",
        name_another_text_on_the_receipt,
    ),
    Sabotage(
        "consent.written-form/special",
        "consent.written-form",
        "An edition is published that asks for a special category by a tick",
        ask_for_health_by_a_tick,
    ),
    Sabotage(
        "minimal.every-field-justified/unnamed",
        "minimal.every-field-justified",
        "The text of the consent no longer names one of the fields",
        leave_a_field_out_of_its_text,
    ),
    Sabotage(
        "minimal.every-field-justified/idle",
        "minimal.every-field-justified",
        "The page asks for a passport that serves no purpose",
        ask_for_more,
    ),
    Sabotage(
        "setaside.not-dropped/dropped",
        "setaside.not-dropped",
        "Doubtful posts are acknowledged and thrown away",
        drop_the_doubtful,
    ),
)
