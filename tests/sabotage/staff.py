# SPDX-License-Identifier: Apache-2.0
"""Staff, their sign-in and their reading, broken."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.responses import Response

from tests import site as sites
from tests.sabotage.sabotage import Ground, several
from uphold.access import attempt, gate, origin, permission, reading, session, throttle
from uphold.access.permission import Permission, Role
from uphold.access.reading import Denied, Opened, Question
from uphold.access.session import Attempt, Limits, Refusal, Signed
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.submission import submit, validate
from uphold.submission.submit import Post
from uphold.submission.validate import Accepted
from uphold.vault import records
from uphold.vault.part import Plain
from uphold.vault.permit import Permit
from uphold.vault.unlock import KeyRing
from uphold.web import desk_views, post as posts

# --- what opens, and for whom -----------------------------------------------------------------------


def give_the_officers_route(ground: Ground) -> None:
    """As a hasty edit of the table of permissions would."""
    more = {Permission.STAFF_LIST, Permission.PROOF_READ}
    held = {**permission.HELD, Role.CLERK: permission.HELD[Role.CLERK] | more}
    ground.patch.setattr(permission, "HELD", held)


def give_the_act_behind(ground: Ground) -> None:
    held = {
        **permission.HELD,
        Role.CLERK: permission.HELD[Role.CLERK] | {Permission.ENQUIRY_DISCARD},
    }
    ground.patch.setattr(permission, "HELD", held)


def let_the_auditor_open(ground: Ground) -> None:
    """Who looks at how others work may open what people wrote."""
    more = permission.HELD[Role.AUDITOR] | {Permission.RECORD_OPEN}
    ground.patch.setattr(permission, "HELD", {**permission.HELD, Role.AUDITOR: more})


def forget_to_ask(ground: Ground) -> None:
    """The door lets in whoever is signed in."""
    ground.patch.setattr(permission, "holds", lambda _role, _permission: True)


def forget_the_role(ground: Ground) -> None:
    """The gate compares no roles with the purpose's."""

    def lenient(asked: Any, given: Any, current: Any) -> Any:
        reason = before(asked, given, current)
        return None if reason is gate.Reason.ROLE_REFUSED else reason

    before = gate._purpose
    ground.patch.setattr(gate, "_purpose", lenient)


def copy_into_the_evidence(ground: Ground) -> None:
    """The part that proves consent gets the whole form, so who may read the one reads the other."""
    before = submit.parts

    def generous(post: Post) -> list[Plain]:
        found = before(post)
        whole = records.plain(
            post.edition.policy.evidence, submit.PART_VERSION, dict(post.accepted.values)
        )
        return [*found, whole]

    ground.patch.setattr(submit, "parts", generous)
    more = frozenset({"name", "message", "email", "phone"})
    ground.patch.setattr(gate, "EVIDENCE_FIELDS", gate.EVIDENCE_FIELDS | more)


def keep_the_languages(ground: Ground) -> None:
    """The browser's languages are kept behind its name."""
    before = posts._technical

    def talkative(address: str, headers: Any, now: int, path: str) -> Any:
        found = before(address, headers, now, path)
        more = headers.get(b"accept-language", b"").decode("latin-1")
        return type(found)(found.ip, found.cookie, f"{found.browser} {more}", found.time, path)

    ground.patch.setattr(posts, "_technical", talkative)


def keep_the_referrer(ground: Ground) -> None:
    """The page that a visitor came from takes the place of the page asked for."""
    before = posts._technical

    def curious(address: str, headers: Any, now: int, path: str) -> Any:
        return before(
            address, headers, now, headers.get(b"referer", path.encode()).decode("latin-1")
        )

    ground.patch.setattr(posts, "_technical", curious)


def mend_values(ground: Ground) -> None:
    """What was typed is tidied up: runs of spaces become one."""
    before = validate.check

    def tidy(offer: Any, posted: Any) -> Any:
        found = before(offer, posted)
        if not isinstance(found, Accepted):
            return found
        values = {key: " ".join(text.split()) for key, text in found.values.items()}
        return Accepted(values, found.consents)

    ground.patch.setattr(validate, "check", tidy)


def fold_addresses(ground: Ground) -> None:
    """Addresses are stored in small letters."""
    before = validate.check

    def small(offer: Any, posted: Any) -> Any:
        found = before(offer, posted)
        if not isinstance(found, Accepted):
            return found
        values = {k: v.lower() if "@" in v else v for k, v in found.values.items()}
        return Accepted(values, found.consents)

    ground.patch.setattr(validate, "check", small)


# --- what is journaled ------------------------------------------------------------------------------


def skip_the_journal(ground: Ground) -> None:
    """A reading is remembered in its table, and its entry left out."""
    before = reading._journal

    def silent(tx: Transaction, ring: KeyRing, kind: str, record: int, codes: Any) -> int:
        return 0 if kind == "record.opened" else before(tx, ring, kind, record, codes)

    ground.patch.setattr(reading, "_journal", silent)


def journal_later(ground: Ground) -> None:
    """What is asked for is shown at once; the journal is told as soon as it can be written."""
    before = reading.open_record

    def show(app: App, writer: Writer, ring: KeyRing, question: Question) -> Opened | Denied:
        with app.database.read() as connection:
            asked = gate.Asked(
                question.actor,
                question.record,
                question.form,
                question.purpose,
                reading._fields(connection, question),  # type: ignore[arg-type]  # it only reads
                sites.now(),
                exercise=True,
            )
            verdict = reading.judge(connection, asked, question.given, question.current)  # type: ignore[arg-type]  # as above
            if isinstance(verdict, gate.Denial):
                return before(writer, ring, question)
            fetched = records.fetch(connection, verdict)
        values = records.open(ring, verdict, fetched)
        threading.Thread(target=before, args=(writer, ring, question)).start()
        return Opened(question.purpose, 0, sites.now(), values, ())

    ground.later.append(
        lambda app: ground.patch.setattr(reading, "open_record", partial(show, app))
    )


def show_without_a_trace(ground: Ground) -> None:
    """A reading leaves neither an entry nor a line of history."""
    ground.patch.setattr(reading, "_journal", lambda *_: 0)
    ground.patch.setattr(reading, "remember", lambda *_: None)


def deny_silently(ground: Ground) -> None:
    """The refusal is answered and not written down."""

    def silent(
        tx: Transaction, _ring: Any, _actor: Any, _record: Any, _purpose: Any, no: Any
    ) -> Any:
        return Denied(no.reason, 0, tx.now)

    ground.patch.setattr(reading, "deny", silent)


def roll_back_with_the_denial(ground: Ground) -> None:
    """The refusal is an exception, which takes its own entry back with it."""

    class _RefusedError(Exception):
        pass

    before, enter = reading.deny, reading.open_record

    def deny(*arguments: Any) -> Any:
        before(*arguments)
        raise _RefusedError

    def caught(writer: Writer, ring: KeyRing, question: Question) -> Opened | Denied:
        try:
            return enter(writer, ring, question)
        except _RefusedError:
            return Denied(gate.Reason.ROLE_REFUSED, 0, sites.now())

    ground.patch.setattr(reading, "deny", deny)
    ground.patch.setattr(reading, "open_record", caught)


def refuse_silently(ground: Ground) -> None:
    """A sign-in that is refused leaves no entry."""
    ground.patch.setattr(session, "_refuse", lambda *_: None)


# --- signing in -------------------------------------------------------------------------------------


def let_guess(ground: Ground) -> None:
    ground.patch.setattr(throttle, "wait", lambda _rule, _failures: 0)


def let_spray(ground: Ground) -> None:
    """Accounts are watched, addresses are not."""
    ground.patch.setattr(throttle, "SOURCE", throttle.Rule(free=10**9))


def count_afterwards(ground: Ground) -> None:
    """A failure is counted when the password was found wrong: guesses sent at once all come before that."""
    count, before = attempt.count, session.sign_in
    crowd = threading.Barrier(2)

    def wait_for_others() -> None:
        try:
            crowd.wait(0.3)
        except threading.BrokenBarrierError:
            crowd.reset()

    def late(writer: Writer, attempt: Attempt, *, key: bytes, now: int) -> Signed | Refusal:
        found = before(writer, attempt, key=key, now=now)
        if isinstance(found, Refusal) and not found.throttled:
            wait_for_others()
            writer.run(lambda tx: tally(tx, attempt, key, now))
        return found

    def tally(tx: Transaction, tried: Attempt, key: bytes, now: int) -> None:
        for rule, digest in session._keys(tried, key):
            count(tx, rule, digest, tx.execute(attempt.by_key(digest)).first(), now)

    ground.patch.setattr(attempt, "count", lambda *_: None)
    ground.patch.setattr(session, "sign_in", late)
    # So that who waits afterwards does not wait for long.
    ground.patch.setattr(throttle, "LOGIN", throttle.Rule(free=5, cap_ms=300))


def flag(name: str, value: Any) -> Callable[[Ground], None]:
    """Lose one flag of the session's cookie."""

    def lose(ground: Ground) -> None:
        before = Response.set_cookie

        def without(response: Any, *arguments: Any, **flags: Any) -> None:
            before(response, *arguments, **{**flags, name: value})

        ground.patch.setattr(Response, "set_cookie", without)

    return lose


def believe_every_token(ground: Ground) -> None:
    ground.patch.setattr(session, "check_csrf", lambda _token, _sent: True)


def believe_every_page(ground: Ground) -> None:
    ground.patch.setattr(origin, "same_origin", lambda _method, **_headers: True)


def one_token_for_all(ground: Ground) -> None:
    """The anti-forgery token is the same in every session."""
    ground.patch.setattr(session, "csrf", lambda _token: "the-same-for-everybody")


def sign_out_in_the_browser_only(ground: Ground) -> None:
    ground.patch.setattr(session, "end", lambda *_: None)


def stay_for_ever(ground: Ground) -> None:
    before = session.resolve
    endless = Limits(idle_ms=10**15, age_ms=10**15)
    ground.patch.setattr(
        session,
        "resolve",
        lambda connection, token, now, _=None: before(connection, token, now, endless),
    )


# --- what leaves the form's fields ------------------------------------------------------------------


def show_every_field(ground: Ground) -> None:
    """Who may open anything is shown the message too: parts of other purposes are opened with it."""
    before = desk_views.opened

    def more(app: App, visit: Any, item: Any, facts: Any, outcome: Any, form: Any) -> Any:
        with app.database.read() as connection:
            values = dict(outcome.values)
            for purpose in app.shelf.in_force().policy.purposes:
                edition = app.shelf.edition(facts.edition)
                fields = gate.fields(edition, edition, facts.form, purpose)
                permit = Permit(0, purpose, facts.number, fields, edition.number, "consent")
                fetched = records.fetch(connection, permit)
                values |= records.open(app.ring, permit, fetched)
        return before(app, visit, item, facts, replace(outcome, values=values), form)

    ground.patch.setattr(desk_views, "opened", more)


SABOTAGES = (
    *several(
        "access.role-limits",
        ("officers-route", "A clerk is given the officer's routes", give_the_officers_route),
        ("act-behind", "A clerk may destroy what was set aside", give_the_act_behind),
        ("auditor-opens", "An auditor may ask to open a record", let_the_auditor_open),
        ("unasked", "The door of the console asks for no permission", forget_to_ask),
    ),
    *several(
        "purpose.bound-reading",
        ("role", "The gate does not compare roles with the purpose's", forget_the_role),
        ("evidence", "The proof of consent gets a copy of the whole form", copy_into_the_evidence),
        ("joined", "Whatever is opened, the fields of all purposes are shown", show_every_field),
    ),
    *several(
        "visit.five-data",
        ("languages", "The browser's languages are kept beside its name", keep_the_languages),
        ("referrer", "The page a visitor came from is kept", keep_the_referrer),
    ),
    *several(
        "values.as-stated",
        ("tidied", "Runs of spaces are made one", mend_values),
        ("folded", "Addresses are stored in small letters", fold_addresses),
    ),
    *several(
        "access.journaled-first",
        ("skipped", "A reading skips the journal", skip_the_journal),
        ("later", "A record is shown before its reading is journaled", journal_later),
        ("no-trace", "A reading leaves neither entry nor history", show_without_a_trace),
    ),
    *several(
        "access.denials-journaled",
        ("silent", "A denial is not journaled", deny_silently),
        (
            "rolled-back",
            "A denial is an exception that rolls its entry back",
            roll_back_with_the_denial,
        ),
        ("sign-in", "A refused sign-in is not journaled", refuse_silently),
    ),
    *several(
        "access.guessing-throttled",
        ("off", "The throttle is off", let_guess),
        ("spray", "Only accounts are counted, not addresses", let_spray),
        ("afterwards", "Failures are counted after the password was checked", count_afterwards),
    ),
    *several(
        "access.sessions-safe",
        ("script", "The session's cookie has lost HttpOnly", flag("httponly", False)),
        ("plain", "The session's cookie has lost Secure", flag("secure", False)),
        ("cross-site", "The session's cookie goes along from every site", flag("samesite", "none")),
        ("token", "Every anti-forgery token is believed", believe_every_token),
        ("one-token", "One anti-forgery token serves all sessions", one_token_for_all),
        ("origin", "Posts from other sites' pages are taken", believe_every_page),
        ("sign-out", "Signing out only empties the browser", sign_out_in_the_browser_only),
        ("idle", "A session never ends by itself", stay_for_ever),
    ),
)
