# SPDX-License-Identifier: Apache-2.0
"""The example for Patroni: its lines are known, it keeps its promise, and HAProxy reads what goes with it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house import source

DEPLOY = source.ROOT / "deploy" / "patroni"
# Of Patroni 4.1 (settings in YAML, and those of its dynamic configuration), as far as an example may use them.
KNOWN = {
    "scope", "name", "restapi.listen", "restapi.connect_address", "etcd3.hosts",
    "bootstrap.dcs.ttl", "bootstrap.dcs.loop_wait", "bootstrap.dcs.retry_timeout",
    "bootstrap.dcs.synchronous_mode", "bootstrap.dcs.synchronous_mode_strict",
    "bootstrap.dcs.maximum_lag_on_failover", "bootstrap.dcs.primary_start_timeout",
    "bootstrap.dcs.postgresql.use_pg_rewind", "bootstrap.dcs.postgresql.use_slots",
    "bootstrap.dcs.postgresql.parameters", "bootstrap.initdb",
    "postgresql.listen", "postgresql.connect_address", "postgresql.data_dir", "postgresql.bin_dir",
    "postgresql.pgpass", "postgresql.pg_hba", "postgresql.parameters",
    "postgresql.use_unix_socket", "postgresql.use_unix_socket_repl",
    "postgresql.authentication.superuser.username", "postgresql.authentication.replication.username",
    "postgresql.authentication.rewind.username",
    "watchdog.mode", "watchdog.device", "watchdog.safety_margin", "tags.nofailover", "tags.nosync",
}  # fmt: skip
# What stands below these is PostgreSQL's, or a list.
LEAVES = {"bootstrap.dcs.postgresql.parameters", "postgresql.parameters"}


def keys(given: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, value in given.items():
        path = f"{above}{name}"
        if isinstance(value, dict) and path not in LEAVES:
            yield from keys(value, f"{path}.")
        else:
            yield path


@pytest.fixture
def patroni() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "patroni.yml").read_text())
    return read


def test_every_line_is_known(patroni: dict[str, Any]) -> None:
    assert set(keys(patroni)) <= KNOWN


def test_only_a_replica_that_has_everything_is_promoted(patroni: dict[str, Any]) -> None:
    shared = patroni["bootstrap"]["dcs"]
    assert shared["synchronous_mode"] is True
    assert shared["postgresql"]["parameters"]["synchronous_commit"] == "on"
    assert shared["postgresql"]["use_pg_rewind"] is True
    assert patroni["watchdog"]["mode"] == "required"
    # An old primary may take writes for as long as its lock stands; the watchdog ends it before.
    assert shared["ttl"] >= shared["loop_wait"] + 2 * shared["retry_timeout"]


def test_nobody_comes_in_without_tls_or_a_password(patroni: dict[str, Any]) -> None:
    rules = [rule.split() for rule in patroni["postgresql"]["pg_hba"]]
    for kind, *_, method in rules:
        assert (kind, method) in {
            ("local", "peer"),
            ("local", "scram-sha-256"),
            ("hostssl", "scram-sha-256"),
        }
    assert "password" not in (DEPLOY / "patroni.yml").read_text()


def test_patroni_itself_comes_in(patroni: dict[str, Any]) -> None:
    """It goes to its own server by the network's address, unless told otherwise, and nobody is let in there."""
    own = patroni["postgresql"]
    names = own["authentication"]
    for of, database, switch in (
        ("superuser", "all", "use_unix_socket"),
        ("replication", "replication", "use_unix_socket_repl"),
    ):
        assert own[switch] is True
        rules = [rule.split()[:3] for rule in own["pg_hba"]]
        assert ["local", database, names[of]["username"]] in rules


def test_haproxy_reads_its_file(tmp_path: Path) -> None:
    haproxy = shutil.which("haproxy", path="/usr/sbin:/usr/bin")
    if haproxy is None:
        pytest.fail("HAProxy is missing. On Debian: apt-get install haproxy", pytrace=False)
    text = (DEPLOY / "haproxy.cfg").read_text()
    for name in ("one.example", "two.example"):
        assert name in text
        text = text.replace(name, "127.0.0.1")
    file = tmp_path / "haproxy.cfg"
    file.write_text(text)
    done = subprocess.run([haproxy, "-c", "-f", str(file)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
