# SPDX-License-Identifier: Apache-2.0
"""The view of the desk of retention is as `views` says of every view: frozen, and whole without a store."""

from dataclasses import FrozenInstanceError

import pytest

from tests.unit.web import retention_samples


@pytest.mark.parametrize("name", retention_samples.every("en"))
def test_it_names_its_template_and_never_changes(name: str) -> None:
    view, _ = retention_samples.every("en")[name]
    assert view.template == "console/retention.html"
    with pytest.raises(FrozenInstanceError):
        view.beyond = 1  # type: ignore[misc, union-attr] # that is what is refused
