# SPDX-License-Identifier: Apache-2.0
"""Boot a systemd of its own with deploy/uphold.service and a demonstration, and say what the kernel enforces.

    python -m tools.service            as root, with the Debian package systemd-container

Nothing of this machine is touched: what is written goes to a layer in memory above a read-only view of it, the
system that boots has its own processes, mounts and network, and all of it is gone at the end.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNIT = ROOT / "deploy" / "uphold.service"
PYTHON = Path("/usr/bin") / f"python3.{sys.version_info.minor}"
NEEDED = ("systemd-nspawn", "chroot", "mount", "umount")
# Of addresses that lead nowhere (RFC 5737). It is put on the loopback, so that only a filter can refuse it.
ELSEWHERE = "192.0.2.1"
# What `PrivateTmp` and `ProtectHome` hide from the service, the program included if it lay there.
HIDDEN = ("home", "root", "tmp", "var/tmp")
SECONDS = 120
CANNOT = 2
"""The exit code where this machine does not let it be tried."""
# Each line that must be seen, in words of its own.
EXPECTED = (
    "service active running",
    "policy 200",
    "privileges 1",
    "filter 2",
    "capabilities 0000000000000000",
    "outside the unit: sent",
    "under its limits: refused 1",
)

PROGRAM = f"""#!{PYTHON}
import sys
sys.path[:0] = {[str(ROOT / "src"), *(p for p in sys.path if p.endswith("site-packages"))]!r}
sys.dont_write_bytecode = True
from uphold.cli.main import main
sys.exit(main())
"""
SEND = f"""
import socket
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("{ELSEWHERE}", 9))
    print("sent")
except OSError as error:
    print("refused", error.errno)
"""
LOOK = f"""
for each in $(seq 60); do curl -so /dev/null http://127.0.0.1:8000/healthz && break; sleep 1; done
show() {{ systemctl show uphold -p "$1" --value; }}
echo "service $(show ActiveState) $(show SubState)"
curl -so /dev/null -w 'policy %{{http_code}}\\n' http://127.0.0.1:8000/policy
status=/proc/$(show MainPID)/status
echo "privileges $(awk '/NoNewPrivs/ {{print $2}}' $status)"
echo "filter $(awk '/^Seccomp:/ {{print $2}}' $status)"
echo "capabilities $(awk '/CapEff/ {{print $2}}' $status)"
ip address add {ELSEWHERE}/32 dev lo
run() {{ systemd-run --quiet --wait --pipe "$@" {PYTHON} /opt/uphold/send.py; }}
limits=$(grep -E '^IPAddress(Deny|Allow)=' /etc/systemd/system/uphold.service | sed 's/^/--property=/')
echo "outside the unit: $(run)"
echo "under its limits: $(run $limits)"
systemctl poweroff
"""
LOOKING = """[Unit]
Requires=uphold.service
After=uphold.service
[Service]
Type=oneshot
StandardOutput=tty
TTYPath=/dev/console
ExecStart=/bin/bash /opt/uphold/look.sh
[Install]
WantedBy=multi-user.target
"""


def missing() -> list[str]:
    """Name what this needs and does not find."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if os.geteuid() != 0:
        absent.append("root's rights")
    if not PYTHON.exists():
        absent.append(str(PYTHON))
    if any(ROOT.is_relative_to(Path("/", hidden)) for hidden in HIDDEN):
        absent.append("a checkout where the unit may look: not in a home or temporary folder")
    return absent


@contextmanager
def layer() -> Iterator[Path]:
    """Mount a layer in memory above this machine; what is written there is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        above = Path(folder, "above")
        above.mkdir()
        _run("mount", "-t", "tmpfs", "tmpfs", str(above))
        try:
            upper, work, root = (above / name for name in ("upper", "work", "root"))
            for each in (upper, work, root):
                each.mkdir()
            options = f"lowerdir=/,upperdir={upper},workdir={work}"
            _run("mount", "-t", "overlay", "overlay", "-o", options, str(root))
            try:
                yield root
            finally:
                _run("umount", str(root))
        finally:
            _run("umount", str(above))


def furnish(root: Path) -> None:
    """Put the user, the program, the unit and a demonstration where docs/how-to/run-as-a-service.md puts them."""
    program, home = root / "opt" / "uphold", root / "srv" / "uphold"
    (program / "bin").mkdir(parents=True)
    home.mkdir(parents=True)
    (program / "bin" / "uphold").write_text(PROGRAM)
    (program / "bin" / "uphold").chmod(0o755)
    (program / "send.py").write_text(SEND)
    (program / "look.sh").write_text(LOOK)
    units = root / "etc" / "systemd" / "system"
    shutil.copy(UNIT, units)
    (units / "look.service").write_text(LOOKING)
    within = ("chroot", str(root))
    _run(*within, "useradd", "--system", "--home-dir", "/srv/uphold", "uphold")
    _run(*within, "chown", "uphold:uphold", "/srv/uphold")
    _demonstrate(within)
    _run(*within, "systemctl", "--quiet", "enable", "uphold", "look")
    _run(*within, "systemctl", "--quiet", "set-default", "multi-user.target")


def _demonstrate(within: tuple[str, ...]) -> None:
    command = ("/opt/uphold/bin/uphold", "demo", "--dir", "/srv/uphold/site", "--port", "8000")
    user = (within[0], "--userspec=uphold:uphold", within[1])
    with subprocess.Popen([*user, *command], stdout=subprocess.PIPE, text=True) as demo:
        for line in demo.stdout or ():
            if "Ctrl-C" in line:
                break
        demo.terminate()


def boot(root: Path) -> str:
    """Boot it, and return what it printed until it switched itself off."""
    command = (
        *("systemd-nspawn", "--directory", str(root), "--boot", "--register=no", "--keep-unit"),
        # The limits on addresses are programs that systemd gives the kernel, in the newer hierarchy only.
        *("--private-network", "--system-call-filter=bpf"),
    )
    environment = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as system:
        try:
            said, _ = system.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            system.terminate()
            said, _ = system.communicate()
    return said


def main() -> int:
    """Return 0 where all that is expected was seen, 1 where something was not, `CANNOT` where it cannot be tried."""
    absent = missing()
    if absent:
        print(f"This needs {', '.join(absent)}. Install systemd-container and run it as root.")
        return CANNOT
    try:
        with layer() as root:
            furnish(root)
            said = boot(root)
    except subprocess.CalledProcessError as error:
        print(f"This machine does not let it: {error.cmd[0]} ended with {error.returncode}.")
        return CANNOT
    seen = {line.strip().removeprefix("\x1b[?1h") for line in said.splitlines()}
    lost = [line for line in EXPECTED if line not in seen]
    for line in EXPECTED:
        print("NOT SEEN " if line in lost else "seen     ", line)
    if lost:
        print(said)
    return 1 if lost else 0


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
