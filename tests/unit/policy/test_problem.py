# SPDX-License-Identifier: Apache-2.0
from uphold.policy.problem import Problem


def test_a_problem_reads_like_a_compilers() -> None:
    problem = Problem("policy/policy.toml", 7, "value", "It is wrong.", "Mend it.")
    assert str(problem) == "policy/policy.toml:7: It is wrong. Mend it."
    assert (
        str(Problem("forms/a.toml", 0, "file", "It is missing.", ""))
        == "forms/a.toml: It is missing."
    )


def test_problems_stand_in_the_order_of_the_files() -> None:
    problems = [
        Problem("b", 1, "x", "", ""),
        Problem("a", 10, "x", "", ""),
        Problem("a", 9, "x", "", ""),
    ]
    assert [(p.file, p.line) for p in sorted(problems)] == [("a", 9), ("a", 10), ("b", 1)]
