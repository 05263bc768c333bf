# SPDX-License-Identifier: Apache-2.0
"""`uphold prove` from end to end, in processes of their own: on a site that is served, and on one that is not."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import site as sites, site_process
from tests.site_process import PATIENCE, Site
from uphold import app as wiring
from uphold.app import App
from uphold.assurance import archive, runs
from uphold.policy import promise
from uphold.vault import age
from uphold.vault.tables import vault_part


def reachable(site: Site) -> Site:
    """Serve the site at its configured address and keep a backup of it, as a demonstration is."""
    site_process.configure(site, "[site]\n", "[site]\ndemo = true\n")
    site_process.configure(site, sites.ADDRESS, f"http://127.0.0.1:{site.port}")
    recipient = age.write_identity(site.folder / "identity")
    (site.folder / "backups").mkdir()
    file = site.folder / "uphold.toml"
    told = f'\n[backup]\nfolder = "backups"\nrecipient = "{recipient}"\n'
    file.write_text(file.read_text() + told)
    assert site.run("backup", str(site.folder)).returncode == 0
    return site


def proved(site: Site, *words: str, code: int = 1) -> dict[str, Any]:
    """Prove, and return the report; the example still promises what is not built, so the whole ends with 1."""
    told = site.run("prove", str(site.folder), "--json", "-", *words)
    assert told.returncode == code, told.stderr
    assert told.stderr == ""
    report: dict[str, Any] = json.loads(told.stdout)
    return report


def check(report: dict[str, Any], *known: str) -> None:
    """Everything that is built is kept, with evidence made just now, but for the promises that are `known` broken."""
    said = {line["id"]: (line["verdict"], line["why"]) for line in report["promises"]}
    built = {name for name, one in promise.catalogue().items() if one.built}
    bad = {name: said[name] for name in built if said[name][0] not in ("kept", "not-applicable")}
    faults = {
        probe["id"]: [saw["said"] for saw in probe["saw"]]
        for line in report["promises"]
        for probe in line["probes"]
        if line["id"] in bad
    }
    assert set(bad) == set(known), faults
    waiting = {name for name, (verdict, why) in said.items() if why == "not-built"}
    assert waiting == set(said) - built
    bound = {name for line in report["clauses"] for name in line["promises"]}
    assert bound <= set(said)


def check_left_as_it_was(site: Site) -> None:
    """Nothing of the exercise is left but its traces in the journal, and the audit finds nothing wrong."""
    verified = site.run("journal", "verify", str(site.folder))
    assert verified.returncode == 0, verified.stdout
    with wiring.opened(site.folder) as app, app.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(vault_part)).scalar() == 0
        last = runs.last(connection)
        assert last is not None
        assert last.ended_at


def test_a_served_site_is_proved_at_its_own_address(tmp_path: Path) -> None:
    with site_process.ending(reachable(site_process.build(tmp_path))) as site:
        site.start()
        report = proved(site)
        check(report)
        assert site.get("/healthz").status == 200
        assert site.stop() == 0
        check_left_as_it_was(site)


def test_a_site_that_nobody_serves_is_served_for_the_time_being(
    tmp_path: Path, postgresql_url: str
) -> None:
    site = reachable(site_process.build(tmp_path, postgresql_url))
    first = proved(site)
    # The tests' own server does not wait for the disk, and that is found.
    check(first, "storage.durable")
    check_left_as_it_was(site)
    # A second run meets nothing of the first.
    again = proved(site, "--clause", "1.1.1", code=0)
    assert [line["id"] for line in again["clauses"]] == ["1.1.1"]
    assert again["run"] > first["run"]
    check_left_as_it_was(site)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_broken_off_removes_its_exercise(
    tmp_path: Path, number: signal.Signals
) -> None:
    site = reachable(site_process.build(tmp_path))
    # Whoever runs the tests in the background may have told everything below to ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        site.command("prove", str(site.folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, before)
    try:
        with wiring.opened(site.folder) as app:
            until(lambda: shown(app) > 5)
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 1
    assert b"stopped" in err
    check_left_as_it_was(site)


def shown(app: App) -> int:
    with app.database.read() as connection:
        return len(archive.newest(connection, app.log.verifier))


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.05)
