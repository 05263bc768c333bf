# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about the budget of noisy figures. Amounts are whole millionths of rho."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "budget.opened",
        "A month of the data was first asked about, and may cost so much in all.",
        {"account": "name", "granted": "number"},
    ),
    Kind(
        "budget.spent",
        "A question about a month was answered with noise: digests of both, what it cost, how much of the delta (in"
        " trillionths), and what is left.",
        {
            "account": "name",
            "question": "digest",
            "answer": "digest",
            "rho": "number",
            "delta": "number",
            "left": "number",
        },
    ),
    Kind(
        "budget.refused",
        "A question about a month was not answered, for a reason; so much it would have cost, so much was left.",
        {
            "account": "name",
            "question": "digest",
            "rho": "number",
            "left": "number",
            "reason": "code",
        },
    ),
    Kind(
        "budget.closed",
        "The site was restored from a backup: nothing new is answered about months up to this one, as nobody knows what"
        " was spent since.",
        {"account": "name"},
    ),
)
