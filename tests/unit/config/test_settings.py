# SPDX-License-Identifier: Apache-2.0
"""`uphold.toml`: its defaults, every mistake with advice, secrets from elsewhere; and its reference."""

from pathlib import Path

import msgspec
import pytest

from uphold import config, errors
from uphold.config import Serve, Settings
from uphold.database.engine import Database


def load(folder: Path, text: str = "") -> Settings:
    (folder / config.FILE).write_text(text, encoding="utf-8")
    return config.load(folder)


def test_an_empty_file_is_a_configuration(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings == msgspec.structs.replace(Settings(), folder=tmp_path)
    assert settings.origin == "127.0.0.1:8000/journal"
    assert not settings.secure
    assert settings.mail_password() == ""


def test_paths_start_from_the_site_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site").mkdir()
    settings = load(Path("site"))
    assert settings.folder == tmp_path / "site"
    assert settings.path("keys/ring.json") == tmp_path / "site" / "keys" / "ring.json"
    assert settings.path("/etc/ring.json") == Path("/etc/ring.json")
    assert settings.database_url == f"sqlite:///{tmp_path}/site/data/uphold.sqlite"


@pytest.mark.parametrize("name", ["plain", "a b", "50%20", "what?", "a#b"])
def test_a_site_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    database = Database(load(folder).database_url)
    assert database.path == folder / "data" / "uphold.sqlite"


def test_an_absolute_path_and_a_server_stay_as_they_are(tmp_path: Path) -> None:
    absolute = load(tmp_path, '[database]\nurl = "sqlite:////srv/uphold.sqlite"\n')
    assert absolute.database_url == "sqlite:////srv/uphold.sqlite"
    server = load(tmp_path, '[database]\nurl = "postgresql://uphold@db/uphold"\n')
    assert server.database_url == "postgresql://uphold@db/uphold"


def test_behind_tls_the_site_is_secure(tmp_path: Path) -> None:
    settings = load(tmp_path, '[site]\naddress = "https://uphold.example/"\n')
    assert settings.secure
    assert settings.origin == "uphold.example/journal"
    named = load(tmp_path, '[site]\naddress = "https://b.example"\norigin = "a.example/log"\n')
    assert named.origin == "a.example/log"


def test_a_time_zone_is_one_that_the_machine_knows(tmp_path: Path) -> None:
    assert load(tmp_path, "").site.zone == ""
    assert load(tmp_path, '[site]\nzone = "Asia/Vladivostok"\n').site.zone == "Asia/Vladivostok"
    for wrong in ("Mars", "../etc/localtime", "/etc/localtime"):
        with pytest.raises(errors.Invalid) as caught:
            load(tmp_path, f'[site]\nzone = "{wrong}"\n')
        assert "Europe/Moscow" in caught.value.advice


# --- secrets --------------------------------------------------------------------------------------


def test_a_secret_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" postgresql://uphold:pa55@db/uphold\n")
    (tmp_path / "password").write_text("pa55\n")
    settings = load(
        tmp_path, '[database]\nurl_file = "secret"\n[mail]\npassword_file = "password"\n'
    )
    assert settings.database_url == "postgresql://uphold:pa55@db/uphold"
    assert settings.mail_password() == "pa55"


def test_a_secret_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(tmp_path, '[database]\nurl_env = "SITE_DATABASE"\n')
    with pytest.raises(errors.Invalid, match="SITE_DATABASE"):
        _ = settings.database_url
    monkeypatch.setenv("SITE_DATABASE", " ")
    with pytest.raises(errors.Invalid, match="SITE_DATABASE"):
        _ = settings.database_url
    monkeypatch.setenv("SITE_DATABASE", "sqlite:///elsewhere.sqlite")
    assert settings.database_url == f"sqlite:///{tmp_path}/elsewhere.sqlite"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff"])
def test_a_secret_that_is_not_there_is_no_default(tmp_path: Path, content: bytes | None) -> None:
    """A site must not quietly go on with another database than the one that was meant."""
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    settings = load(tmp_path, '[database]\nurl_file = "secret"\n')
    with pytest.raises(errors.Invalid, match="secret") as caught:
        _ = settings.database_url
    assert caught.value.advice


# --- mistakes -------------------------------------------------------------------------------------


def test_a_folder_without_the_file_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(errors.Invalid, match=r"no uphold\.toml.*uphold init"):
        config.load(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.Invalid, match="cannot be read"):
        config.load(tmp_path / "file")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[site", "end of document"),
        ("\0", "line 1"),
        ("colour = 1", "colour"),
        ("folder = '/'", "folder"),
        ("[site]\ncolour = 1", "colour"),
        ("[site]\ndemo = 'yes'", r"\$\.site\.demo"),
        ("[visits]\nhosts = ['https://shop.example']", "is no host"),
        ("[visits]\nhosts = ['shop.example/page']", "is no host"),
        ("[visits]\nhosts = ['']", "is no host"),
        ("[site]\naddress = 'uphold.example'", "not a site's address"),
        ("[site]\naddress = 'ftp://uphold.example'", "not a site's address"),
        ("[site]\naddress = 'https://'", "not a site's address"),
        ("[site]\naddress = 'https://:443'", "not a site's address"),
        ("[site]\naddress = 'https://uphold.example/shop'", "not a site's address"),
        ("[site]\naddress = 'https://uphold.example?a=b'", "not a site's address"),
        ("[site]\naddress = 'https://uphold.example#a'", "not a site's address"),
        ("[site]\naddress = 'https://me:pa55@uphold.example'", "not a site's address"),
        ("[site]\naddress = 'https://uphold.example:70000'", "not a site's address"),
        ("[site]\naddress = 'https://[::1'", "not a site's address"),
        ("[database]\nurl = 'postgresql://me:pa55@db/uphold'", "holds a password"),
        ("[database]\nurl = 'postgresql://me@db/uphold?password=pa55'", "holds a password"),
        ("[database]\nurl = 'postgresql://[::1/uphold'", "cannot be read"),
        ("[keys]\nring = 'data/ring.json'", "ring lies beside the database"),
        ("[keys]\nhead = 'data/keys/head'", "head lies beside the database"),
        ("[keys]\ndestroyed = 'data/destroyed'", "destroyed lies beside the database"),
        ("[keys]\ncopy = 'data/ring.json'", "copy lies beside the database"),
        ("[keys]\ncopy = 'keys/copy.json'", "copy lies beside the key ring"),
        ("[keys]\nburn_after_days = -1", r"\$\.keys\.burn_after_days"),
        ("[database]\nurl = 'sqlite:///x.sqlite'\n[keys]\nring = 'ring.json'", "ring lies beside"),
        ("[mail]\nport = 0", r"\$\.mail\.port"),
        ("[mail]\nport = 65536", r"\$\.mail\.port"),
        ("[mail]\nsecurity = 'ssl'", r"\$\.mail\.security"),
        ("[serve]\nport = '8000'", r"\$\.serve\.port"),
        ("[serve]\nproxies = ['proxy.example']", "no IP address"),
        ("[serve]\nproxies = ['10.0.0.0/8']", "no IP address"),
        ("[serve]\ntls_certificate = 'a.crt'", "without the other"),
        ("[serve]\ntls_key = 'a.key'", "without the other"),
        ("[serve]\ntls_certificate = 'a.crt'\ntls_key = 'a.key'", "TLS is set up, but"),
        (
            "[site]\naddress = 'http://uphold.example'\n[serve]\nproxies = ['127.0.0.1']",
            "TLS is set up, but",
        ),
        ("[limits]\nbody_bytes = 0", r"\$\.limits\.body_bytes"),
        ("[limits]\nbody_bytes = 1048577", r"\$\.limits\.body_bytes"),
        ("[limits]\nfastest_seconds = -1", r"\$\.limits\.fastest_seconds"),
        ("[limits]\naside_per_minute = 0", r"\$\.limits\.aside_per_minute"),
        ("[console]\nidle_minutes = 0", r"\$\.console\.idle_minutes"),
    ],
)
def test_a_mistake_is_named_with_advice(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(errors.Invalid, match=said) as caught:
        load(tmp_path, text)
    assert caught.value.advice
    assert "pa55" not in str(caught.value) or "address" in said


@pytest.mark.parametrize(
    "text",
    [
        "[visits]\nhosts = ['Shop.example', 'xn--80aswg.xn--p1ai:8443']",
        "[limits]\nfastest_seconds = 3",
        "[database]\nurl = 'sqlite:///x.sqlite'",
        "[site]\naddress = 'http://[::1]:8000'",
        "[serve]\nproxies = ['127.0.0.1', '::1']",
        (
            "[site]\naddress = 'https://uphold.example'\n"
            "[serve]\ntls_certificate = 'a.crt'\ntls_key = 'a.key'"
        ),
    ],
)
def test_what_is_right_passes(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text)


def test_settings_do_not_change(tmp_path: Path) -> None:
    settings = load(tmp_path)
    with pytest.raises(AttributeError):
        settings.site.demo = True  # type: ignore[misc] # that it is frozen is the point


@pytest.mark.parametrize(
    ("serve", "allowed"),
    [
        (Serve(), True),
        (Serve(host="localhost"), True),
        (Serve(host="::1"), True),
        (Serve(host="127.8.9.10"), True),
        (Serve(host="0.0.0.0"), False),
        (Serve(host=""), False),
        (Serve(host="::"), False),
        (Serve(host="192.0.2.7"), False),
        (Serve(host="localhost.example"), False),
        (Serve(host="0.0.0.0", proxies=("127.0.0.1",)), True),
        (Serve(host="0.0.0.0", tls_certificate="a.crt", tls_key="a.key"), True),
        (Serve(host="0.0.0.0", tls_certificate="a.crt"), False),
    ],
)
def test_beyond_loopback_tls_or_a_proxy_is_demanded(serve: Serve, allowed: bool) -> None:
    if allowed:
        config.refuse_bare_network(serve)
        return
    with pytest.raises(errors.Invalid, match="in the clear"):
        config.refuse_bare_network(serve)
