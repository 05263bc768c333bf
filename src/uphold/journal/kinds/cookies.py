# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about the cookie of visits: that somebody agreed to one, and that it ended."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "cookie.agreed",
        "A visitor agreed, on a wording with this digest, to a cookie that tells visits of one day apart; the cookie's"
        " digest is of a random number that the visitor's browser alone holds.",
        {"cookie": "digest", "wording": "digest", "edition": "number"},
    ),
    Kind(
        "cookie.ended",
        "The visitor took that agreement back; the cookie was removed.",
        {"cookie": "digest"},
    ),
)
