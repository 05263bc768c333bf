# SPDX-License-Identifier: Apache-2.0
"""What wrk's script prints is read whole, or the run fails."""

import pytest

from bench import load, process

SAID = """Running 2s test @ http://127.0.0.1:1/f/feedback
  2 errors follow
@{"requests":5000,"duration_us":2000000,"bad":%d,"last_bad":0,"ran_out":%d,"socket":%d,"p50_us":1500,"p99_us":9000,"max_us":9900}
"""


def test_figures() -> None:
    seen = load.parse(SAID % (0, 0, 0), generator_seconds=0.1)
    assert seen == load.Load(5000, 0, 2.0, 1500, 9000, 20.0)


def test_other_answers_and_socket_errors_are_bad() -> None:
    seen = load.parse(SAID % (3, 0, 2), generator_seconds=0.1)
    assert (seen.acknowledged, seen.bad) == (4997, 5)


def test_bodies_that_ran_out_fail_the_run() -> None:
    with pytest.raises(process.Failed, match="ran out"):
        load.parse(SAID % (0, 1, 0), generator_seconds=0.1)


def test_silence_fails_the_run() -> None:
    with pytest.raises(process.Failed, match="nothing"):
        load.parse("unable to connect", generator_seconds=0.1)


def test_bodies_may_run_out_where_the_server_is_broken_on_purpose() -> None:
    assert load.parse(SAID % (0, 1, 64), generator_seconds=0.1, broken=True).acknowledged == 5000
