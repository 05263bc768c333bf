# SPDX-License-Identifier: Apache-2.0
"""schemathesis against the served API, as a client of each kind: no fault of ours, no answer that is not documented.

It reads `/api/openapi.json`, tries what that allows and what it does not, and checks status, type, headers and body
of each answer. Two of its checks are left out: they want 401 where there is no token, and to a stranger there is
nothing here (tests/unit/web/test_api_door.py).
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import machine, site_process
from uphold import app as apps
from uphold.access import client
from uphold.access.permission import Role
from uphold.web import api

# The same every time, so that what is found can be found again.
SEED = 1
EXAMPLES = 15
# Of each operation there are dozens of cases at least: fewer means that hardly anything was tried.
FEWEST = 300
CONFIGURATION = """
[parameters]
"path.id" = "{id}"
"path.number" = 1

[checks]
# A key that was sent with another act is refused, however well both fit.
positive_data_acceptance.expected-statuses = ["2xx", 403, 404, 409, 422]
"""


@dataclass(frozen=True)
class Served:
    """A site that is served, the id of an enquiry on it, and a token for each role."""

    address: str
    id: str
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    site = site_process.build(tmp_path_factory.mktemp("schemathesis"))
    plenty = "[api]\nper_minute = 1000000\nopenings_per_day = 1000000\n\n[limits]"
    site_process.configure(site, "[limits]", plenty)
    with site_process.ending(site), apps.opened(site.folder) as app, machine.asked(app) as asked:
        id_ = asked.submit()
        assert asked.request(id_) == 1
        tokens = {str(role): asked.client(role).token for role in client.ROLES}
        site.start()
        yield Served(f"http://127.0.0.1:{site.port}", id_, tokens)


@pytest.mark.parametrize("role", [Role.CLERK, Role.OFFICER])
def test_no_fault_and_no_undocumented_answer(served: Served, role: Role, tmp_path: Path) -> None:
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION.replace("{id}", served.id))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration)),
            *("run", f"{served.address}/api/openapi.json", "--no-color", "--continue-on-failure"),
            *("--header", f"Authorization: Bearer {served.tokens[role]}"),
            *("--checks", "all", "--exclude-checks", "ignored_auth,missing_required_header"),
            *("--phases", "coverage,fuzzing", "--max-examples", str(EXAMPLES)),
            *("--seed", str(SEED), "--generation-database", "none"),
        ],
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    operations = sum(len(found) for found in api.OPERATIONS.values())
    assert f"Tested: {operations}" in done.stdout
    counted = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert counted is not None, done.stdout[-2000:]
    assert int(counted[1]) == int(counted[2]) >= FEWEST
