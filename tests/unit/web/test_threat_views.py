# SPDX-License-Identifier: Apache-2.0
"""The view of the desk of threats is as `views` says of every view: frozen, and whole without a store."""

from dataclasses import FrozenInstanceError

import pytest

from tests.unit.web import threat_samples


@pytest.mark.parametrize("name", threat_samples.every("en"))
def test_it_names_its_template_and_never_changes(name: str) -> None:
    view, _ = threat_samples.every("en")[name]
    assert view.template == "console/threats.html"
    with pytest.raises(FrozenInstanceError):
        view.hidden = 1  # type: ignore[misc, union-attr] # that is what is refused
