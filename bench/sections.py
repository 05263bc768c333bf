# SPDX-License-Identifier: Apache-2.0
"""The sections of `uphold.toml`, each with what it says when it is left out."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=1, le=65_535)]
Count = Annotated[int, Meta(ge=1)]
Minutes = Annotated[int, Meta(ge=1, le=525_600)]


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The site as visitors know it. `demo` turns `/` into a guided tour.

    `public_proof` shows to anybody, at `/policy/proof`, the last verdict on each clause of the policy.

    `origin` names the journal and its key, such as `example.org/journal`; it must never change. `continues`
    lists the origins of the journals that this one goes on from, oldest first: `uphold restore` writes it.

    `zone` is the operator's time zone, whose days the law's terms are counted in; empty: the law's own.
    """

    address: str = "http://127.0.0.1:8000"
    origin: str = ""
    continues: tuple[str, ...] = ()
    zone: str = ""
    demo: bool = False
    public_proof: bool = False


class DatabaseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where records live. `url_file` or `url_env` names a secret that replaces `url`.

    `run_by` says whose a server on another machine is: the id of a processor in the policy, or `operator`.
    """

    url: str = "sqlite:///data/uphold.sqlite"
    url_file: str = ""
    url_env: str = ""
    run_by: str = ""


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The key ring (mode 0600), beside it the journal's last signed head and the list of destroyed parts.

    Never inside `data/`, and `destroyed` never in a backup of it: a restore needs its newest state. `copy` is a
    second place of the key ring, kept the same by each rotation and burn. While it is served a site rotates by
    itself every `rotate_every_days` days (0: never) and burns; an old epoch key is burned at the earliest
    `burn_after_days` after nothing is wrapped under it any more.
    """

    ring: str = "keys/ring.json"
    head: str = "keys/head"
    destroyed: str = "keys/destroyed"
    copy: str = ""
    rotate_every_days: Annotated[int, Meta(ge=0, le=3650)] = 30
    burn_after_days: Annotated[int, Meta(ge=0, le=3650)] = 30


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mail relay. Without `host` messages stay in the outbox until `uphold mail export`.

    Reminders go to `officer`, else to the operator's address in the policy. Reports that a message could not be
    delivered come to `returns`, with the message's id after a plus sign; `bounces` is the Maildir they are read
    from. `run_by` says whose a relay on another machine is: the id of a processor in the policy, or `operator`.
    """

    host: str = ""
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password_file: str = ""
    sender: str = ""
    officer: str = ""
    returns: str = ""
    bounces: str = ""
    run_by: str = ""


class Serve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to listen. Beyond loopback, TLS or a declared proxy is demanded.

    `proxies` are the addresses whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    """

    host: str = "127.0.0.1"
    port: Port = 8000
    tls_certificate: str = ""
    tls_key: str = ""
    proxies: tuple[str, ...] = ()


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a post may weigh and how often one may come.

    Beyond `aside_per_minute` posts of one address prefix are set aside for review, beyond
    `refuse_per_minute` they are refused with 429. A post sooner than `fastest_seconds` after its form was
    shown is set aside too. No limit ever makes a form too old.

    Of all the site's posts so many wait for the storage at once (`posts_at_once`); more get the form back with 503.
    So many `connections` are open at once; more make room for each other, or are answered 503.
    """

    body_bytes: Annotated[int, Meta(ge=1, le=1 << 20)] = 65_536
    fastest_seconds: Annotated[float, Meta(ge=0)] = 2.0
    aside_per_minute: Count = 20
    refuse_per_minute: Count = 120
    posts_at_once: Count = 2_000
    connections: Annotated[int, Meta(ge=16, le=1_000_000)] = 12_000


class Console(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Terms of the staff's log-in, in minutes.

    After `lock_minutes` without an act a session wants its proof again, and nothing of it is lost. With
    `second_factor` required, who has none can do nothing at the console but set one up.
    """

    lock_minutes: Minutes = 15
    idle_minutes: Minutes = 120
    longest_minutes: Minutes = 720
    invitation_minutes: Minutes = 1440
    second_factor: Literal["optional", "required"] = "optional"


class Copies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much a member of staff may take at a time, and how long an export can be taken.

    Of searches in an hour, of records opened together in one act and in a day, of records exported in one act and in
    a day. The address in each export that nobody has stands at `canary_domain`, or at the site's own host.
    """

    searches_per_hour: Count = 30
    open_at_once: Count = 20
    open_per_day: Count = 200
    export_at_once: Count = 500
    export_per_day: Count = 1000
    export_hours: Annotated[int, Meta(ge=1, le=168)] = 24
    canary_domain: str = ""


class Api(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much a machine client may ask of the API: requests a minute, and records that it opens a day (UTC)."""

    per_minute: Count = 120
    openings_per_day: Count = 500


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the site is examined while it is served.

    With `schedule` each probe runs by itself before its evidence expires.
    """

    schedule: bool = True


Hour = Annotated[int, Meta(ge=0, le=24)]


class Detection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules that look for unauthorised access: those of the package, and the site's own in the folder `rules`.

    A rule in `dry_run` only says what it would do, one in `disabled` is not looked at; without `act` all only say.
    The working day lasts from `day_from` to `day_to`, in hours of the site's zone.
    """

    on: bool = True
    act: bool = True
    rules: str = "detection"
    dry_run: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    day_from: Hour = 8
    day_to: Hour = 20


class Threats(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the model of threats cannot find out by itself.

    `threat_type` is the type of the actual threats by Decree 1119 (3: none by undeclared features of software).
    From `subjects_warn` people on there is a warning that the level of protection is about to change.
    """

    threat_type: Literal[1, 2, 3] = 3
    subjects_warn: Count = 80_000


class Visits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The technical data of visits, and the depersonalised files made of them in the folder `store`.

    Nothing is recorded without `record`. Pages of the site itself and of `hosts` may send; with `cookie` a visitor
    may agree to one; `country` is a MaxMind file on this machine. Files older than `keep_months` are dropped. With
    `public` anybody sees noisy figures at `/statistics`.
    """

    record: bool = False
    store: str = "statistics"
    hosts: tuple[str, ...] = ()
    cookie: bool = False
    country: str = ""
    keep_months: Annotated[int, Meta(ge=1, le=120)] = 25
    public: bool = False


class Minimal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a field is reported that nobody reads: after `unused_days` days with submissions that have it."""

    unused_days: Annotated[int, Meta(ge=1, le=3650)] = 90


class Backup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Backups, each one file that only the holder of the identity behind `recipient` (age) can open.

    With `recipient` and `folder` the site makes one by itself every `every_hours` hours while it is served (0:
    never by itself). Those in `folder` are removed after `keep_days` days, the newest never.
    """

    recipient: str = ""
    folder: str = ""
    every_hours: Annotated[int, Meta(ge=0, le=8760)] = 24
    keep_days: Annotated[int, Meta(ge=1, le=3650)] = 14
