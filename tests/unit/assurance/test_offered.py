# SPDX-License-Identifier: Apache-2.0
from uphold.assurance import offered

PAGE = """<form method="post"><input type="hidden" name="_token" value="abc&amp;1">
<input name="name"><textarea name="message"></textarea><select name="topic"><option>a</option></select>
<input type="checkbox" name="consent.reply" checked><input type="submit" value="x"></form>"""


def test_what_a_browser_would_send_is_read_off_the_page() -> None:
    found = offered.read("feedback", "en", "/f/feedback", 5, PAGE)
    assert found.token == "abc&1"
    assert found.inputs == ("_token", "name", "message", "topic", "consent.reply")
    assert found.boxes == ("consent.reply",)
    assert found.ticked == ("consent.reply",)
    assert (found.form, found.language, found.shown_at) == ("feedback", "en", 5)


def test_a_page_without_a_form_has_no_token() -> None:
    assert offered.read("feedback", "en", "/f/feedback", 5, "<p>Nothing</p>").token == ""
