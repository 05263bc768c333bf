# SPDX-License-Identifier: Apache-2.0
"""What is loaded when it is first used, and not when it is imported.

A site that serves forms needs a fifth of what its operators need now and then: the console, printing, examinations,
migrations. To have all of it loaded cost a second at the start and two thirds of the memory. So the modules that
are named here come into being empty, and their code runs when somebody asks for anything in them.

They are imported as ever, by a statement at the top of a file: the import graph, which decides who may reach what,
is the same, and so are the checks of types. Only two things are different. To be worth anything, such a module is
imported as a module (`from uphold.web import console`); `from uphold.web.console import routes` uses it at once. And
a fault in it shows when it is used; tests load every module, so that none shows first to a visitor.
"""

import sys
from _thread import RLock
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

# Every command waits for what this file imports: these would take as long as Python itself.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

LATER = frozenset(
    {
        # Words of passwords that leaked, printing, migrations, what browsers say of themselves.
        "zxcvbn",
        "typst",
        "alembic",
        "alembic.command",
        "alembic.config",
        "ua_parser",
        "crawlerdetect",
        # PostgreSQL, for a site that has its database there.
        "uphold.database.postgresql",
        "uphold.database.session",
        "uphold.database.wire",
        # Publishing and comparing editions.
        "uphold.policy.check",
        "uphold.policy.parse",
        "uphold.web.changes",
        "uphold.web.documents",
        "uphold.web.policy_views",
        "uphold.web.proof_views",
        "uphold.web.published",
        # The desks, and what they do.
        "uphold.web.api",
        "uphold.web.console",
        "uphold.access.disclosure",
        "uphold.access.export",
        "uphold.access.export_file",
        "uphold.access.glass",
        "uphold.continuity.stores",
        "uphold.detection.store",
        "uphold.enquiry.reply",
        "uphold.incident.store",
        "uphold.rights.holdings",
        "uphold.rights.letters",
        # What people do who have sent something before.
        "uphold.web.holder",
        "uphold.web.my_routes",
        "uphold.web.opinions",
        "uphold.web.receipt_json",
        "uphold.web.receipt_requests",
        "uphold.web.renewals",
        "uphold.web.visit_choice",
        "uphold.web.withdrawals",
        # What a site does by itself: it begins when the first have been served.
        "uphold.assurance.canaries",
        "uphold.assurance.exercise",
        "uphold.assurance.modelled",
        "uphold.assurance.proof",
        "uphold.assurance.refused",
        "uphold.assurance.scene",
        "uphold.assurance.visitor",
        "uphold.assurance.watch",
        "uphold.detection.book",
        "uphold.incident.reminder",
        "uphold.mail.bounce",
        "uphold.mail.delivery",
        "uphold.mail.send",
        "uphold.mail.template",
        "uphold.retention.sweep",
        "uphold.rights.reminder",
        "uphold.web.daily",
        "uphold.web.detecting",
        "uphold.web.examiner",
        "uphold.web.habits",
        "uphold.web.lookout",
        "uphold.web.refusals",
        "uphold.web.rotation",
        "uphold.web.safekeeping",
        "uphold.web.sighting",
    }
)

# Other names of this kind are asked of every module that is there, by the import system and by warnings.
_USED = frozenset({"__all__", "__version__"})
# One for all: what loads one of them may load others, and in another order elsewhere.
_loading = RLock()


class Later(ModuleType):
    """A module whose code has not run."""

    def __getattribute__(self, name: str) -> "Any":
        """Run the code, or wait for the thread that does: nobody else sees half of it. Raises what the code raises."""
        if not name.startswith("__") or name in _USED:
            _load(self)
        return ModuleType.__getattribute__(self, name)

    def __dir__(self) -> list[str]:
        """Say what is in it, which has to be found out."""
        _load(self)
        return sorted(vars(self))


class _Loader:
    """Makes a module, and leaves it at that."""

    def __init__(self, inner: SourceFileLoader) -> None:
        self.inner = inner
        self.is_begun = False

    def __getattr__(self, name: str) -> "Any":
        # Whoever asks the loader for the source, resources or the path of the module gets them.
        return getattr(self.inner, name)

    def create_module(self, spec: ModuleSpec) -> None:
        """Have a module made as any is."""

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing yet."""
        module.__class__ = Later


class _Finder:
    """Finds the modules that are named, where any other would be found."""

    def find_spec(
        self, fullname: str, path: "Sequence[str] | None", target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in LATER:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        # A compiled one is used by the system as it loads it.
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader)  # type: ignore[assignment] # by what it does, not by name
        return spec


def _load(module: ModuleType) -> None:
    """Run the code of a module once: another thread waits for it, a circle of imports finds what is there so far."""
    with _loading:
        loader: Any = module.__spec__.loader  # type: ignore[union-attr] # whoever comes here was found
        if loader.is_begun:
            return
        loader.is_begun = True
        try:
            loader.inner.exec_module(module)
        except BaseException:
            loader.is_begun = False
            raise
        module.__class__ = ModuleType


def install() -> None:
    """Have the modules that are named loaded when they are used, from now on; once is enough."""
    if not any(isinstance(one, _Finder) for one in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
