# SPDX-License-Identifier: Apache-2.0
"""Receipts: they prove the consent to anyone, without the site's help."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from uphold import errors
from uphold.assurance import html
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_applicable, said
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer
from uphold.journal import note, proof
from uphold.journal.proof import Receipt

NO_FORM = said(N_("The edition in force has no form."))
PROOF = ".tlog-proof"
RECORD = ".jsonld"
SCRIPT = "verify-receipt.sh"
_SECONDS = 60
# A clock that is further out than this makes the time of a consent worthless as evidence.
_CLOCK_MS = 300_000
TOOLS = ("sh", "openssl")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person agreed to: by the edition, by the receipt's page, by its proof, by its record.

    Purposes and digests of wordings; `statuses` are those of the pages that the receipt leads to. Empty
    `entry` means that the proof does not verify.
    """

    status: int
    expected: tuple[tuple[str, str], ...]
    edition: int
    shown: tuple[str, ...]
    statuses: tuple[int, ...]
    entry: str
    entry_edition: int
    entry_consents: tuple[str, ...]
    entry_wordings: tuple[str, ...]
    recorded: tuple[str, ...]
    skew_ms: int
    """How far the server's time in the entry lies from ours."""


def read_receipt(scene: Scene) -> Agreed | None:
    """Open the run's own receipt, verify its proof with the journal's key, read its record."""
    if not scene.edition.forms:
        return None
    sent = scene.submission()
    visitor = scene.stranger()
    answer = visitor.get(sent.receipt)
    page = html.parse(answer.text)
    texts = [link.href for link in html.links(page) if link.href.startswith("/wording/")]
    edition = f"/policy?edition={scene.edition.number}"
    leads = [*texts, *(link.href for link in html.links(page) if link.href.startswith(edition))]
    found = _verified(visitor.get(sent.receipt + PROOF).body, scene.log.verifier)
    told = found.entry.codes if found else {}
    form = scene.edition.form(sent.form)
    return Agreed(
        status=answer.status,
        expected=tuple(
            (box.purpose, scene.edition.wording(sent.form, box.purpose, sent.language).digest)
            for box in form.consents
        ),
        edition=scene.edition.number,
        shown=tuple(path.removeprefix("/wording/").partition("?")[0] for path in texts),
        statuses=tuple(visitor.get(path).status for path in leads),
        entry=found.entry.kind if found else "",
        entry_edition=int(told.get("edition", 0)),
        entry_consents=tuple(str(told.get("consents", "")).split("+")),
        entry_wordings=tuple(str(told.get("wordings", "")).split("+")),
        recorded=_recorded(visitor.get(sent.receipt + RECORD)),
        skew_ms=abs(found.entry.at_ms - scene.now) if found else 0,
    )


def _verified(raw: bytes, key: note.Verifier) -> Receipt | None:
    try:
        return proof.verify(raw, key)
    except errors.UpholdError:
        return None


def _recorded(answer: Answer) -> tuple[str, ...]:
    """The digests of the wordings in a consent record (ISO/IEC TS 27560 by DPV terms)."""
    told = answer.json()
    records = told.get("dpv:hasRecordOfActivity", []) if isinstance(told, dict) else []
    notices = [notice for record in records for notice in record.get("dpv:hasNotice", [])]
    return tuple(
        str(notice.get("schema:sha256", ""))
        for notice in notices
        if notice.get("@type") == "dpv:ConsentNotice"
    )


def judge_receipt(trace: Agreed | None) -> Outcome:
    """Page, proof and record say the same as the edition: what was agreed to, under which text, when."""
    if trace is None or not trace.expected:
        return not_applicable(said(N_("No form of the edition in force asks for consent.")))
    return judged(
        _receipt_faults(trace),
        said(
            N_("The receipt names %(count)s consents with their texts, and its proof verifies."),
            count=len(trace.expected),
        ),
    )


def _receipt_faults(trace: Agreed) -> Iterator[Said]:
    purposes = tuple(purpose for purpose, _ in trace.expected)
    digests = {digest for _, digest in trace.expected}
    if trace.status != 200 or any(status != 200 for status in trace.statuses):
        yield said(N_("The receipt, or a text that it leads to, does not open."))
    if not digests <= set(trace.shown):
        yield said(N_("The receipt's page does not name every text that was agreed to."))
    if trace.entry != "record.stored":
        yield said(N_("The receipt's proof does not verify by the journal's key."))
        return
    if trace.entry_consents != purposes or trace.entry_edition != trace.edition:
        yield said(N_("The journal's entry names other consents or another edition."))
    if not digests <= set(trace.entry_wordings):
        yield said(N_("The journal's entry does not name every text that was agreed to."))
    if set(trace.recorded) != digests:
        yield said(N_("The consent record names other texts than those agreed to."))
    if trace.skew_ms > _CLOCK_MS:
        yield said(
            N_("The time of the consent is %(seconds)s seconds out."), seconds=trace.skew_ms // 1000
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """One proof under the public key alone: what was changed in it ("" nothing), and whether it verifies."""

    altered: str
    verifies: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """The checks of one receipt.

    `is_ours` says whether the site hands out what they were made with: the journal's own key, the script of
    this version. `missing` names a tool that this machine lacks for them.
    """

    is_ours: bool
    checks: tuple[Checked, ...]
    missing: str = ""


def verify_receipt(scene: Scene) -> Verified | None:
    """Verify the run's receipt with the journal's key, and alterations of it, which must not verify."""
    if not scene.edition.forms:
        return None
    visitor = scene.stranger()
    key = scene.log.verifier
    raw = visitor.get(scene.submission().receipt + PROOF).body
    return Verified(
        visitor.get("/journal/key").text.strip() == scene.log.vkey,
        tuple(
            Checked(how, _verified(body, key) is not None)
            for how, body in _alterations(raw).items()
        ),
    )


def run_script(scene: Scene) -> Verified | None:
    """Do the same with the script that the site hands out, in sh with openssl, as a person would."""
    if not scene.edition.forms:
        return None
    missing = next((tool for tool in TOOLS if shutil.which(tool) is None), "")
    visitor = scene.stranger()
    script = visitor.get("/journal/verify.sh").body
    # What a site hands out is run only if it is letter for letter what we know.
    if missing or script != (resources.files("uphold.journal") / SCRIPT).read_bytes():
        return Verified(is_ours=bool(missing), checks=(), missing=missing)
    key = visitor.get("/journal/key").text.strip()
    raw = visitor.get(scene.submission().receipt + PROOF).body
    return Verified(
        is_ours=True,
        checks=tuple(
            Checked(how, _run(script, body, key)) for how, body in _alterations(raw).items()
        ),
    )


def _alterations(raw: bytes) -> dict[str, bytes]:
    lines = raw.split(b"\n")
    numbered = [at for at, line in enumerate(lines) if line.startswith(b"index ")]
    found = {"": raw, "signature": _flipped(lines, len(lines) - 2)}
    if numbered:
        found["place"] = b"\n".join([*lines[: numbered[0]], b"index 0", *lines[numbered[0] + 1 :]])
        found["entry"] = _flipped(lines, 1)
    return found


def _flipped(lines: list[bytes], at: int) -> bytes:
    """Change one letter in the middle of a line of base64."""
    line = lines[at]
    middle = len(line) // 2
    letter = b"A" if line[middle : middle + 1] != b"A" else b"B"
    return b"\n".join([*lines[:at], line[:middle] + letter + line[middle + 1 :], *lines[at + 1 :]])


def _run(script: bytes, body: bytes, key: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="uphold-receipt-") as folder:
        file, shell = Path(folder) / "receipt", Path(folder) / SCRIPT
        file.write_bytes(body)
        shell.write_bytes(script)
        done = subprocess.run(
            ["sh", str(shell), str(file), key],  # noqa: S607 - whichever sh a person has
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    return done.returncode == 0 and done.stdout.startswith(b"VERIFIED\n")


def judge_verified(trace: Verified | None) -> Outcome:
    """The served receipt verifies, an altered one never does, with what the site itself hands out."""
    if trace is None:
        return not_applicable(NO_FORM)
    if trace.missing:
        return not_applicable(
            said(N_("There is no %(tool)s on this machine to try it with."), tool=trace.missing)
        )
    faults = [fault for one in trace.checks for fault in _check_faults(one)]
    if not trace.is_ours:
        faults.append(said(N_("The key or the script that the site hands out is another one.")))
    return judged(
        faults,
        said(
            N_("The receipt verified, and %(count)s alterations of it did not."),
            count=len(trace.checks) - 1,
        ),
    )


def _check_faults(one: Checked) -> Iterator[Said]:
    if not one.altered and not one.verifies:
        yield said(N_("The receipt as it is served does not verify."))
    if one.altered and one.verifies:
        yield said(N_("The receipt verifies although its %(what)s was altered."), what=one.altered)


PROVABLE = Probe(
    id="consent.provable.receipt",
    promise="consent.provable",
    kind=Kind.EXAMINE,
    does=N_("Opens a receipt, its proof and its record, and compares them with the edition."),
    act=read_receipt,
    oracle=judge_receipt,
)
VERIFIABLE = Probe(
    id="receipt.verifiable.proof",
    promise="receipt.verifiable",
    kind=Kind.ATTACK,
    does=N_("Verifies a receipt with the journal's key, then alters it in several places."),
    act=verify_receipt,
    oracle=judge_verified,
)
BY_SCRIPT = Probe(
    id="receipt.verifiable.script",
    promise="receipt.verifiable",
    kind=Kind.ATTACK,
    does=N_("Does the same with the script that the site hands out, in sh with openssl."),
    act=run_script,
    oracle=judge_verified,
)

PROBES = (PROVABLE, VERIFIABLE, BY_SCRIPT)
