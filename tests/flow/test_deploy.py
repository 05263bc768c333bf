# SPDX-License-Identifier: Apache-2.0
"""What `deploy/` offers, put to work: nginx and Caddy before a served site, and the unit file as systemd reads it.

Names, ports and certificates are replaced by the test's own; every line that is replaced must stand there.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests import postgresql, site_process
from tests.house import source
from tests.site_process import FORM_ENCODED, HOST, JSON, PATH, Site
from uphold.config import Serve
from uphold.web import security

DEPLOY = source.ROOT / "deploy"
NAME = "lantern.example"
PATIENCE = 60.0
PROXIES = ("nginx", "caddy")
# Whom the visitor claims to be: nobody believes it.
FORGED = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "http", "forwarded": "for=1.2.3.4"}
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/logs/main.log;
events {{ }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    access_log {folder}/logs/access.log;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """A proxy that runs: where it listens, and everything that it writes."""

    tls: int
    plain: int
    folder: Path
    certificate: Path
    source: str

    def bare(self) -> socket.socket:
        return socket.create_connection((HOST, self.tls), PATIENCE, (self.source, 0))

    def connect(self) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=str(self.certificate))
        return context.wrap_socket(self.bare(), server_hostname=NAME)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> tuple[int, list[tuple[str, str]], str]:
        connection = http.client.HTTPSConnection(NAME, self.tls, timeout=PATIENCE)
        connection.sock = self.connect()
        try:
            connection.request(method, path, body or None, {"host": NAME, **(headers or {})})
            got = connection.getresponse()
            named = [(name.lower(), value) for name, value in got.getheaders()]
            return got.status, named, got.read().decode()
        finally:
            connection.close()

    def written(self) -> str:
        """Everything that the proxy wrote anywhere in its folder."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def certificate(folder: Path) -> tuple[Path, Path]:
    cert, key = folder / "site.crt", folder / "site.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", f"/CN={NAME}"),
            *("-addext", f"subjectAltName=DNS:{NAME}", "-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


def nginx(
    folder: Path, upstreams: Sequence[int], tls: int, plain: int, name: str = "nginx.conf"
) -> list[str]:
    cert, key = certificate(folder)
    # Of several processes the first listens on the next port.
    first = 8000 + (len(upstreams) > 1)
    text = changed(
        (DEPLOY / name).read_text(),
        ("listen 80 default_server;", f"listen {HOST}:{plain} default_server;"),
        ("    listen [::]:80 default_server;\n", ""),
        ("listen 443 ssl", f"listen {HOST}:{tls} ssl"),
        ("    listen [::]:443 ssl default_server;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(cert)),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(key)),
        ("/var/log/nginx/uphold.log", str(folder / "logs" / "uphold.log")),
        *((f"127.0.0.1:{first + n}", f"{HOST}:{one}") for n, one in enumerate(upstreams)),
    )
    (folder / "logs").mkdir()
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    return [command("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, upstreams: Sequence[int], tls: int, plain: int) -> list[str]:
    cert, key = certificate(folder)
    ports = f"\tadmin off\n\thttp_port {plain}\n\thttps_port {tls}\n\tskip_install_trust\n"
    text = changed(
        (DEPLOY / "Caddyfile").read_text(),
        ("\tadmin off\n", ports),
        ("\theader -Server\n", f"\ttls {cert} {key}\n\theader -Server\n"),
        ("127.0.0.1:8000", f"{HOST}:{upstreams[0]}"),
    )
    (folder / "Caddyfile").write_text(text)
    return [
        command("caddy"),
        "run",
        "--config",
        str(folder / "Caddyfile"),
        "--adapter",
        "caddyfile",
    ]


def command(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.fail(f"{name} is missing. On Debian: apt-get install {name}", pytrace=False)
    return found


@contextmanager
def running(words: list[str], front: Front) -> Iterator[Front]:
    """Start a proxy and wait until it listens; end it whatever happens."""
    folder = front.folder
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said, env=environment)
    try:
        end = time.monotonic() + PATIENCE
        while not listens(front):
            assert process.poll() is None, (folder / "said").read_text()
            assert time.monotonic() < end, (folder / "said").read_text()
            time.sleep(0.05)
        yield front
    finally:
        process.terminate()
        process.wait(PATIENCE)


def listens(front: Front) -> bool:
    with suppress(OSError):
        front.connect().close()
        return True
    return False


def started(name: str, folder: Path, upstream: int) -> contextlib.AbstractContextManager[Front]:
    tls, plain = postgresql.free_port(), postgresql.free_port()
    # Each proxy's visitors come from a network of their own, as the site counts by it.
    source_ = f"127.0.{2 + PROXIES.index(name)}.1"
    words = {"nginx": nginx, "caddy": caddy}[name](folder, [upstream], tls, plain)
    return running(words, Front(tls, plain, folder, folder / "site.crt", source_))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site behind TLS, which believes the proxy in front."""
    made = site_process.build(tmp_path_factory.mktemp("deploy"))
    file = made.folder / "uphold.toml"
    text, count = re.subn(r'(?m)^address = ".*"$', f'address = "https://{NAME}"', file.read_text())
    assert count == 1
    file.write_text(f'{text}\n[serve]\nproxies = ["{HOST}"]\n')
    site_process.configure(made, "refuse_per_minute = 100000", "refuse_per_minute = 3")
    with site_process.ending(made):
        made.start()
        yield made


@pytest.fixture(scope="module", params=PROXIES)
def front(
    request: pytest.FixtureRequest, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    with started(request.param, tmp_path_factory.mktemp(request.param), site.port) as found:
        yield found


def test_a_proxy_adds_nothing_to_what_the_site_says(front: Front) -> None:
    status, headers, page = front.ask("GET", PATH, {"accept-language": "en"})
    assert status == 200
    assert "<form" in page
    for name, value in security.headers(secure=True):
        assert [v for k, v in headers if k == name.decode()] == [value.decode()]
    # nginx names itself without a version, and cannot be told not to.
    assert dict(headers).get("server", "nginx") == "nginx"
    assert not {"via", "x-powered-by"} & {name for name, _ in headers}


def test_it_says_who_asks_and_keeps_nothing_of_it(front: Front, site: Site) -> None:
    statuses = []
    for number in range(5):
        # Longer than what nginx keeps in memory by default, from somebody else each time, as they say.
        body = urlencode(site.fields(message="A lamp in the window. " * 180)).encode()
        said = {**FORM_ENCODED, **JSON, **FORGED, "x-forwarded-for": f"203.0.113.{number}"}
        status, _, answer = front.ask("POST", PATH, said, body)
        statuses.append(status)
        if number == 0:
            path = json.loads(answer)["receipt_url"]
            assert front.ask("GET", path)[0] == 200
    assert 429 in statuses
    for trace in ("lamp in the window", path, "203.0.113", front.source):
        assert trace not in front.written()


def test_only_this_name_is_answered_and_only_by_a_new_tls(front: Front) -> None:
    plain = http.client.HTTPConnection(HOST, front.plain, timeout=PATIENCE)
    plain.request("GET", "/policy?lang=ru", headers={"host": NAME})
    led = plain.getresponse()
    plain.close()
    assert led.status in {301, 308}
    assert re.fullmatch(rf"https://{NAME}(:\d+)?/policy\?lang=ru", led.headers["location"])
    other = ssl.create_default_context(cafile=str(front.certificate))
    with front.bare() as bare, pytest.raises(ssl.SSLError):
        other.wrap_socket(bare, server_hostname="other.example")
    old = ssl.create_default_context(cafile=str(front.certificate))
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with front.bare() as bare, pytest.raises(OSError):
        old.wrap_socket(bare, server_hostname=NAME)


@pytest.mark.parametrize("name", PROXIES)
def test_while_the_site_is_away_it_says_so_in_both_languages(name: str, tmp_path: Path) -> None:
    with started(name, tmp_path, postgresql.free_port()) as front:
        status, headers, said = front.ask("GET", "/receipt/of-somebody")
        assert "of-somebody" not in front.written()
    assert status == 503
    assert "Nothing was stored" in said
    assert "Ничего не сохранено" in said
    named = dict(headers)
    assert named["content-security-policy"].startswith("default-src 'none'")
    for header in ("strict-transport-security", "x-content-type-options", "retry-after"):
        assert named[header]
    assert "caddy" not in named.get("server", "").lower()


# --- the unit file ----------------------------------------------------------------------------------

UNIT = DEPLOY / "uphold.service"
# What systemd says of the exposure, times ten: 0 is a service that can do nothing.
EXPOSURE = 12


def unit(folder: Path) -> Path:
    """The unit with the installed program's place replaced, as systemd looks whether it is there."""
    program = folder / "uphold"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    made = folder / UNIT.name
    made.write_text(changed(UNIT.read_text(), ("/opt/uphold/bin/uphold", str(program))))
    return made


def analyze(*words: str) -> str:
    done = subprocess.run(
        [command("systemd-analyze"), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_reads_the_unit_without_a_complaint(tmp_path: Path) -> None:
    assert analyze("verify", str(unit(tmp_path))) == ""


def test_systemd_reads_the_unit_of_several_processes(tmp_path: Path) -> None:
    """As the guide has it made of the unit of one."""
    guide = (source.ROOT / "docs" / "how-to" / "several-processes.md").read_text()
    changes = re.findall(r"s#([^#]+)#([^#]+)#[;']", guide)
    assert len(changes) == 2
    one = unit(tmp_path)
    text = one.read_text()
    for old, new in changes:
        text = changed(text, (old, new.replace("&", old)))
    (tmp_path / "uphold@.service").write_text(text)
    assert analyze("verify", str(tmp_path / "uphold@8001.service")) == ""


def test_little_is_left_open_to_the_service(tmp_path: Path) -> None:
    found = analyze(
        *("security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager"),
        str(unit(tmp_path)),
    )
    assert "Service defines IP address allow list with only localhost entries" in found


def test_the_unit_starts_the_program_as_it_is_started_here(site: Site) -> None:
    told = dict(line.split("=", 1) for line in UNIT.read_text().splitlines() if line[:1].isalpha())
    program, *words = told["ExecStart"].split()
    assert program == "/opt/uphold/bin/uphold"
    assert words == ["serve", told["WorkingDirectory"]]
    assert told["WorkingDirectory"].startswith(told["ReadWritePaths"])
    assert told["SocketBindAllow"] == f"ipv4:tcp:{Serve().port}"
    # The site that the proxies stood before was started by these very words.
    running_ = Path(f"/proc/{site.pid}/cmdline").read_bytes().split(b"\0")
    assert [b"serve", str(site.folder).encode()] == running_[3:5]


def test_the_service_runs_under_systemd() -> None:
    if not Path("/run/systemd/system").exists():
        pytest.skip("systemd does not run this machine: the unit was read, and not started")
    # Whoever runs it has installed it as the documentation says.
    state = subprocess.run(
        ["systemctl", "is-active", "uphold.service"], capture_output=True, text=True, check=False
    ).stdout.strip()
    if state != "active":
        pytest.skip("uphold.service is not installed here: the unit was read, and not started")
    shown = subprocess.run(
        ["systemctl", "show", "uphold.service", "-p", "IPAddressDeny"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "0.0.0.0/0" in shown
