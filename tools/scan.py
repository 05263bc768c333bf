# SPDX-License-Identifier: Apache-2.0
"""Have scanners attack a demonstration on this machine; a finding that nobody has answered fails.

    python -m tools.scan BIN [wapiti] [wapiti-console] [sqlmap]

BIN is where the scanners are, an environment of their own (requirements/scan.txt): what they need does not go
together with what Uphold runs on. Nothing is asked of any other host: modules of wapiti that talk to a server of
its makers, or fetch a list, are left out. What is found and how it is answered goes to build/scan/.
"""

import json
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "scan"
ANSWERS = ROOT / "tools" / "scan.toml"
PASSWORD = secrets.token_urlsafe(24)
MODULES = (
    *("backup", "cookieflags", "crlf", "csp", "csrf", "exec", "file", "htaccess", "http_headers"),
    *("methods", "permanentxss", "redirect", "shellshock", "sql", "timesql", "upload", "xss"),
)
# Without this the site would rightly answer a scanner with 429 after a minute, and nothing would be tried.
PATIENT = (
    "\n[limits]\nfastest_seconds = 0\naside_per_minute = 1000000\nrefuse_per_minute = 1000000\n"
)
# What would end the session or close the account that the scanner works in.
KEPT_FROM = ("/console/logout", "/console/account", "/console/staff", "/console/again")
# Where texts of others reach a query: address, what is posted, and the page that has the form's token.
TARGETS = (
    ("/console/login", "login=a*&password=b*", ""),
    ("/my", "contact=a*%40example.org", ""),
    ("/f/feedback", "_token=a*&name=b*&email=c*%40example.org&message=d*", ""),
    ("/policy/compare/1*/2*", "", ""),
    ("/receipt/aaaa*", "", ""),
    ("/wording/aaaa*", "", ""),
    ("/console?state=new*&before=1*", "", "/console"),
    ("/console/enquiry/aaaa*", "", "/console"),
    ("/console/request/1*", "", "/console"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a scanner says is wrong, where."""

    scanner: str
    what: str
    where: str
    told: str


@dataclass(frozen=True, slots=True)
class Site:
    """A demonstration that is being served, with the cookie of its owner."""

    address: str
    cookie: str


@contextmanager
def serving() -> Iterator[Site]:
    """Serve a demonstration of its own on a free port, with its owner signed in."""
    from uphold.cli import demo  # noqa: PLC0415 - the answers can be checked without it

    with tempfile.TemporaryDirectory(prefix="uphold-scan-") as folder:
        root, port = Path(folder) / "demo", _free_port()
        demo.make(root, port)
        file = root / "uphold.toml"
        file.write_text(file.read_text() + PATIENT)
        command = [sys.executable, "-m", "uphold", "demo", "--dir", str(root), "--port", str(port)]
        said = Path(folder) / "said"
        with said.open("w") as out:
            served = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address)
            link = re.search(r"/console/welcome/\S+", said.read_text())
            if link is None:
                raise SystemExit("The demonstration tells no link for its owner.")
            yield Site(address, _sign_in(address, link[0]))
        finally:
            served.terminate()
            served.wait(30)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait(address: str) -> None:
    for _ in range(400):
        try:
            httpx.get(f"{address}/policy")
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The demonstration does not answer.")


def _sign_in(address: str, link: str) -> str:
    with httpx.Client(base_url=address) as owner:
        words = {"link": link.rpartition("/")[2], "password": PASSWORD, "again": PASSWORD}
        owner.post(link, data=words)
        owner.post("/console/login", data={"login": "owner", "password": PASSWORD})
        found = owner.cookies.get("uphold_staff")
    if not found:
        raise SystemExit("The owner could not sign in.")
    return f"uphold_staff={found}"


def wapiti(bin_: Path, site: Site, *, console: bool = False) -> list[Finding]:
    """Let wapiti crawl and attack what a visitor sees, or the console as its owner."""
    name = "wapiti-console" if console else "wapiti"
    start = f"{site.address}/console" if console else f"{site.address}/"
    report = OUT / f"{name}.json"
    with tempfile.TemporaryDirectory(prefix="uphold-wapiti-") as folder:
        command = [str(bin_ / "wapiti"), "-u", start, "--scope", "folder", "-m", ",".join(MODULES)]
        command += ["--store-session", folder, "--store-config", folder, "--no-bugreport"]
        command += ["--max-scan-time", "60", "--max-attack-time", "20", "-v", "0"]
        command += ["-f", "json", "-o", str(report)]
        if console:
            command += ["-C", site.cookie]
            for path in KEPT_FROM:
                command += ["-x", f"{site.address}{path}*"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    read = json.loads(report.read_text())
    if read["infos"]["crawled_pages_nbr"] < 10:
        raise SystemExit(f"{name} saw no pages; its report is {report}.")
    return list(_of_wapiti(name, read))


def _of_wapiti(name: str, read: dict[str, Any]) -> Iterator[Finding]:
    # Its `additionals` are remarks, such as which methods an address answers 405 to.
    for kind in ("vulnerabilities", "anomalies"):
        for what, cases in read[kind].items():
            for one in cases:
                yield Finding(name, what, f"{one['method']} {one['path']}", one["info"])


def sqlmap(bin_: Path, site: Site) -> list[Finding]:
    """Let sqlmap try to inject into each of the `TARGETS`."""
    found = []
    for number, (path, data, within) in enumerate(TARGETS):
        log = OUT / f"sqlmap-{number}.txt"
        command = [str(bin_ / "sqlmap"), "-u", f"{site.address}{path}", "--batch"]
        command += ["--flush-session", "--disable-coloring", "--level", "2", "--technique", "BEUT"]
        # An answer of 4xx is how refusals look here, not the end of the trial.
        command += [
            "--time-sec",
            "2",
            "--ignore-code",
            "*",
            "--threads",
            "4",
            "--answers",
            "follow=N",
        ]
        command += ["--output-dir", str(OUT / "sqlmap")]
        command += ["--data", data] if data else []
        command += ["--cookie", site.cookie] if within else []
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
        log.write_text(done.stdout)
        found += of_sqlmap(path, done.stdout)
    return found


def of_sqlmap(path: str, text: str) -> list[Finding]:
    """Read what sqlmap says of one address; that it tried nothing is a finding too."""
    if "identified the following injection point" in text:
        return [Finding("sqlmap", "SQL injection", path, "see its log")]
    if "do not appear to be injectable" not in text:
        return [Finding("sqlmap", "not tried", path, "see its log")]
    return []


def answer_of(one: Finding, answers: Sequence[dict[str, str]]) -> str:
    """Return why a finding is none; empty where nobody has answered it."""
    for known in answers:
        if known["what"] == one.what and re.fullmatch(known["where"], one.where):
            return known["why"]
    return ""


def answers() -> list[dict[str, str]]:
    """Read the answers to findings: what, where (a pattern), why, and the test that shows it."""
    read: list[dict[str, str]] = tomllib.loads(ANSWERS.read_text(encoding="utf-8"))["answer"]
    return read


def main(arguments: Sequence[str]) -> int:
    bin_, wanted = Path(arguments[0]), set(arguments[1:])
    OUT.mkdir(parents=True, exist_ok=True)
    runs: dict[str, Callable[[Site], list[Finding]]] = {
        "wapiti": lambda site: wapiti(bin_, site),
        "wapiti-console": lambda site: wapiti(bin_, site, console=True),
        "sqlmap": lambda site: sqlmap(bin_, site),
    }
    left = 0
    with serving() as site:
        for name, run in runs.items():
            if wanted and name not in wanted:
                continue
            found = run(site)
            told = {(one, answer_of(one, answers())) for one in found}
            still = sorted(f"{one.what}, {one.where}: {one.told}" for one, why in told if not why)
            left += len(still)
            print(f"{name}: {len(told)} told, {len(told) - len(still)} answered, {len(still)} open")
            print("".join(f"  {line}\n" for line in still), end="")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
