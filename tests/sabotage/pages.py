# SPDX-License-Identifier: Apache-2.0
"""Public pages, broken: what they load, set, permit, and say of the operator; and the way they travel."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from tests.sabotage.sabotage import Ground, Sabotage
from uphold.consent.ledger import ACTS_BITS, GIVEN, consent_event
from uphold.policy import page
from uphold.web import reply, security, server, staffed
from uphold.web.public import Public

CLAUSES = "{% for clause in page.clauses %}"
FONT = "@font-face{font-family:a;src:url(https://fonts.example/a.woff2)}"
COUNTER = '<img src="https://counter.example/hit?site=1" alt="" width="1" height="1">'


def leave_out_whose_it_is(ground: Ground) -> None:
    ground.template(
        "policy.html", CLAUSES, '{% for clause in page.clauses if clause.anchor != "preamble.1" %}'
    )


def speak_of_another_domain(ground: Ground) -> None:
    ground.publish(("policy/policy.toml", 'domain = "', 'domain = "another-'))


def ask_for_a_sign_in(ground: Ground) -> None:
    def policy(before: Callable[..., Any], public: Public, request: Any) -> Any:
        return reply.see_other(request, staffed.LOGIN)

    ground.wrap(Public, "policy", policy)


def drop_the_links_to_it(ground: Ground) -> None:
    ground.template("base.html", "<li><a href=\"{{ at('/policy') }}\">", "<li><a>")
    ground.template("form.html", "{{ at(box.policy_href) }}", "{{ at(box.wording_href) }}")


def set_a_cookie(ground: Ground) -> None:
    def shown(before: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        response = before(*arguments, **named)
        response.set_cookie("visitor", "1", max_age=31_536_000)
        return response

    ground.wrap(reply, "page", shown)


def agree_by_reading(ground: Ground) -> None:
    """What a policy over-claims, carried out: whoever reads it is entered as having agreed."""

    def policy(before: Callable[..., Any], public: Public, request: Any) -> Any:
        edition = public.app.shelf.in_force()
        wording = next(iter(edition.wordings))
        row = (9_999 << ACTS_BITS, "communication", GIVEN, wording, wording, edition.number)
        public.app.writer.run(lambda tx: tx.insert(consent_event, (*row, "en", 1, 0)))
        ground.patch.setattr(Public, "policy", before)
        return before(public, request)

    ground.wrap(Public, "policy", policy)


def open_the_session_to_scripts(ground: Ground) -> None:
    def set_cookie(before: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return before(*arguments, **{**named, "httponly": False})

    ground.wrap(Response, "set_cookie", set_cookie)


def keep_drafts_for_good(ground: Ground) -> None:
    serve(ground, "form.js", b"window.sessionStorage", b"window.localStorage")


def serve(ground: Ground, file: str, old: bytes, new: bytes) -> None:
    """Serve a static file with something replaced."""

    def static(before: Callable[..., Any], request: Any) -> Any:
        response = before(request)
        if request.path_params["name"] != file:
            return response
        assert old in response.body
        body = response.body.replace(old, new)
        return Response(body, media_type=response.media_type)

    ground.wrap(server, "_static", static)


def load_a_font(ground: Ground) -> None:
    serve(ground, "uphold.css", b"body", FONT.encode() + b"body")


def count_visitors(ground: Ground) -> None:
    ground.template("base.html", "</footer>", f"</footer>{COUNTER}")


def loosen_the_content_policy(ground: Ground) -> None:
    loose = security.POLICY.replace("script-src 'self'", "script-src 'self' https://cdn.example")
    ground.patch.setattr(security, "POLICY", loose)


def permit_inline_script(ground: Ground) -> None:
    loose = security.POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
    ground.patch.setattr(security, "POLICY", loose)


def leave_links_unmarked(ground: Ground) -> None:
    ground.patch.setattr(page, "_mark_links", lambda _: None)


def tell_where_from(ground: Ground) -> None:
    without(ground, b"referrer-policy")


def allow_framing(ground: Ground) -> None:
    without(ground, b"x-frame-options")


def forget_tls(ground: Ground) -> None:
    without(ground, b"strict-transport-security")


def without(ground: Ground, header: bytes) -> None:
    """Answer without a header."""

    def headers(before: Callable[..., Any], **named: Any) -> Any:
        return [pair for pair in before(**named) if pair[0] != header]

    ground.wrap(security, "headers", headers)


def listen_to_everybody(ground: Ground) -> None:
    file = ground.folder / "uphold.toml"
    table = "[serve]\n"
    before, _, after = file.read_text().partition(table)
    file.write_text(f'{before}\n{table}host = "0.0.0.0"\n{after}')


def hide_the_postal_address(ground: Ground) -> None:
    """The text says that one may write by post, and nowhere where to."""

    def view(before: Callable[..., Any], edition: Any, language: str) -> Any:
        shown = before(edition, language)
        address = edition.policy.operator.address[language]
        clauses = tuple(
            replace(c, paragraphs=tuple(text.replace(address, "") for text in c.paragraphs))
            for c in shown.clauses
        )
        return replace(shown, clauses=clauses)

    ground.wrap(page, "view", view)


SABOTAGES = (
    Sabotage(
        "policy.names-operator/left-out",
        "policy.names-operator",
        "The policy is shown without the paragraph that names the operator",
        leave_out_whose_it_is,
    ),
    Sabotage(
        "policy.names-operator/domain",
        "policy.names-operator",
        "An edition is published that speaks of another domain",
        speak_of_another_domain,
    ),
    Sabotage(
        "policy.reachable/sign-in",
        "policy.reachable",
        "The policy asks for a sign-in",
        ask_for_a_sign_in,
    ),
    Sabotage(
        "policy.reachable/unlinked",
        "policy.reachable",
        "The pages with a form have lost their link to the policy",
        drop_the_links_to_it,
    ),
    Sabotage(
        "browsing.no-consent/entered",
        "browsing.no-consent",
        "Whoever reads the policy is entered as having agreed",
        agree_by_reading,
    ),
    Sabotage(
        "browsing.no-consent/cookie",
        "browsing.no-consent",
        "Every page sets a cookie to know visitors again",
        set_a_cookie,
    ),
    Sabotage(
        "cookies.declared/visitor",
        "cookies.declared",
        "A cookie that is on no list is set",
        set_a_cookie,
    ),
    Sabotage(
        "cookies.declared/script",
        "cookies.declared",
        "The session's cookie lost HttpOnly",
        open_the_session_to_scripts,
    ),
    Sabotage(
        "cookies.declared/draft",
        "cookies.declared",
        "Drafts of forms stay in the browser for good",
        keep_drafts_for_good,
    ),
    Sabotage(
        "links.no-third-party/counter",
        "links.no-third-party",
        "A counter's picture stands on every page",
        count_visitors,
    ),
    Sabotage(
        "links.no-third-party/font",
        "links.no-third-party",
        "The style sheet loads a font from another site",
        load_a_font,
    ),
    Sabotage(
        "links.no-third-party/loosened",
        "links.no-third-party",
        "The content policy permits scripts of a CDN",
        loosen_the_content_policy,
    ),
    Sabotage(
        "links.no-third-party/inline",
        "links.no-third-party",
        "The content policy permits inline scripts",
        permit_inline_script,
    ),
    Sabotage(
        "links.marked/unmarked",
        "links.marked",
        "Links that leave the site have lost their marks",
        leave_links_unmarked,
    ),
    Sabotage(
        "links.marked/referrer",
        "links.marked",
        "Pages tell other sites where a visitor comes from",
        tell_where_from,
    ),
    Sabotage(
        "transport.protected/framing",
        "transport.protected",
        "Pages may be framed by others",
        allow_framing,
    ),
    Sabotage(
        "transport.protected/downgrade",
        "transport.protected",
        "Browsers are not told to come back by TLS",
        forget_tls,
    ),
    Sabotage(
        "transport.protected/bare",
        "transport.protected",
        "The site listens on every network, without TLS or a proxy",
        listen_to_everybody,
    ),
    Sabotage(
        "availability.second-way/address",
        "availability.second-way",
        "The policy is shown without the postal address",
        hide_the_postal_address,
    ),
)
