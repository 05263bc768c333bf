# SPDX-License-Identifier: Apache-2.0
"""/proc is read as proc(5) says."""

import os

from bench import proc

LINE = "4242 (a b) c) S 17 1 1 0 -1 4194560 9 8 7 6 120 30 45 5 20 0 3 0 99 1 2 3"


def test_stat_of_a_command_with_spaces_and_parentheses() -> None:
    assert proc.parse_stat(LINE) == proc.Stat(pid=4242, parent=17, ticks=120 + 30 + 45 + 5)


def test_pss_is_in_bytes() -> None:
    assert (
        proc.parse_pss("55d-7ff ---p 0 00:00 0 [rollup]\nRss: 9 kB\nPss:   356 kB\n") == 356 * 1024
    )
    assert proc.parse_pss("") == 0


def test_tree_holds_roots_and_descendants_only() -> None:
    parents = {1: 0, 10: 1, 11: 10, 12: 11, 20: 1, 21: 20}
    assert proc.tree([10], parents) == {10, 11, 12}
    assert proc.tree([11, 20], parents) == {11, 12, 20, 21}
    assert proc.tree([999], parents) == set()


def test_this_process_has_used_time_and_memory() -> None:
    user, system = proc.times(os.getpid())
    assert 0 < user + system <= proc.stats()[os.getpid()].ticks
    assert proc.cpu_seconds([os.getpid()]) > 0
    assert proc.pss_bytes([os.getpid()]) > 0


def test_what_was_written() -> None:
    assert proc.parse_written("rchar: 5\nwrite_bytes: 4096\ncancelled_write_bytes: 1\n") == 4096
    assert proc.parse_written("") == 0
