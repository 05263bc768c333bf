# SPDX-License-Identifier: Apache-2.0
"""Nothing of anybody without a proved address; no post without the token of the visit."""

from tests import cast, person
from tests.editions import PURPOSE
from tests.visitor import Visitor


def test_nothing_is_shown_before_an_address_is_proved(somebody: Visitor, stranger: Visitor) -> None:
    somebody.receipt()
    person.enter(somebody)
    (href,) = person.submissions(somebody)
    for path in (href, "/my/erase", f"{href}/erase"):
        answer = stranger.get(path)
        assert (answer.status, answer.location) == (303, "/my")
    for path in (f"{href}/open", f"{href}/erase", "/my/erase", "/my/complain", f"{href}/withdraw"):
        assert stranger.post(path, {"_csrf": "x", "purpose": PURPOSE}).status == 303
    # Nor to somebody who proved another address.
    person.enter(stranger, "somebody@else.example")
    assert person.submissions(stranger) == []
    assert stranger.get(href).status == 404
    assert person.act(stranger, f"{href}/open").status == 404
    assert person.act(stranger, f"{href}/erase").status == 404


def test_a_post_needs_the_token_of_the_visit_and_our_own_page(somebody: Visitor) -> None:
    somebody.receipt()
    person.enter(somebody)
    (href,) = person.submissions(somebody)
    token = somebody.get("/my").page.fields["_csrf"]
    assert somebody.post(f"{href}/restrict", {"_csrf": ""}).status == 403
    assert somebody.post(f"{href}/restrict", {"_csrf": token[:-1]}).status == 403
    foreign = {"sec-fetch-site": "cross-site"}
    assert somebody.post(f"{href}/restrict", {"_csrf": token}, foreign).status == 403
    assert somebody.post("/my", {"contact": cast.subject.email}, foreign).status == 403
    assert somebody.post(f"{href}/restrict", {"_csrf": token}).status == 303
