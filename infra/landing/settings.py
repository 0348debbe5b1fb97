"""LandingSettings: a landing with the values of `{secret: ...}` and `{var: ...}` filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from infra.base.environment import PREFIX, environment_values
from infra.base.errors import UserError
from infra.lake.documents import not_found
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.duration import span_of
from infra.lake.registry.lake import Lake
from infra.lake.registry.landing import Landing, PostgresCatalog, S3Access, bytes_of
from infra.lake.values.convert import convert
from infra.lake.values.lookup import look_up
from infra.lake.values.reference import SecretRef, VarRef

# The landing that a program means, where none is named.
CHOICE = "LAKEFORM_LANDING"


@dataclass(frozen=True)
class PostgresAccess:
    """How a catalog in PostgreSQL is reached."""

    host: str
    port: int
    dbname: str
    user: str
    password: str | None = field(repr=False)
    sslmode: str | None


@dataclass(frozen=True)
class S3Credentials:
    """How S3 is reached."""

    endpoint: str | None
    region: str | None
    access_key_id: str | None = field(repr=False)
    secret_access_key: str | None = field(repr=False)
    session_token: str | None = field(repr=False)
    url_style: str | None
    use_ssl: bool


@dataclass(frozen=True)
class LandingSettings:
    """What it takes to feed a landing. Exactly one of `postgres` and `sqlite` is there.

    Attributes:
        sqlite: the catalog's file.
        tables, raw, spill: places that end in a slash: `s3://...`, or whole paths of folders.
        memory, spill_limit, batch_bytes: bytes.
        raw_retention: the age at which the bucket deletes files; None if nobody said it.
        raw_for_ever: True if somebody said that it deletes none.
        wait: seconds that somebody waits for another writer of the lake.
        secrets: texts that no message may show.
        connections: the ids of all connections of the registry.
        renamed: id that one of them had -> the one that it has, by the registry.
    """

    id: str
    postgres: PostgresAccess | None
    sqlite: Path | None
    tables: str
    raw: str
    s3: S3Credentials | None
    memory: int
    threads: int | None
    spill: str
    spill_limit: int
    settle: timedelta
    recent: int
    batch_bytes: int
    batch_rows: int
    raw_retention: timedelta | None = None
    raw_for_ever: bool = False
    wait: float = 600.0
    secrets: tuple[str, ...] = field(default=(), repr=False)
    connections: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    root: Path = field(default=Path(), repr=False, compare=False)
    lake: Lake | None = field(default=None, repr=False, compare=False)

    def path_of(self, written: str) -> str:
        """A file as the ledger knows it, bucket and key, of what people write: also with the landing's `raw` before it."""
        raw = self.raw.removeprefix(f"{self.root}/")
        return written.removeprefix(self.raw).removeprefix(raw)

    def text(self, value: str | SecretRef | VarRef) -> str:
        """A text, or what a reference stands for: names of buckets. Raises UserError where nothing gives it a value."""
        assert self.lake is not None, "read from a lake"
        values = _Values(self.lake, self.environ)
        found = values.take(value)
        values.refuse_missing(self.id)
        return found


def read_landing(model: LakeModel, name: str | None, environ: Mapping[str, str]) -> LandingSettings:
    """The landing of that name, else the one that LAKEFORM_LANDING names, else the only one.

    Raises UserError with the near matches, and one that names every variable without a value.
    """
    lake = model.registry.lake
    chosen = choose_landing(lake, name, environ)
    landing, values = lake.landings[chosen], _Values(lake, environ)
    postgres = _postgres(landing.catalog.postgres, values) if landing.catalog.postgres else None
    s3 = _s3(landing.s3, values, environ) if landing.s3 or _needs_s3(landing) else None
    values.refuse_missing(chosen)
    retention = landing.raw_retention
    return LandingSettings(
        id=chosen,
        postgres=postgres,
        sqlite=model.root / landing.catalog.sqlite if landing.catalog.sqlite else None,
        tables=_place(model.root, landing.tables),
        raw=_place(model.root, landing.raw),
        s3=s3,
        memory=bytes_of(landing.memory),
        threads=landing.threads,
        spill=_place(model.root, landing.spill),
        spill_limit=bytes_of(landing.spill_limit),
        settle=span_of(landing.settle),
        recent=landing.recent,
        batch_bytes=bytes_of(landing.batch_bytes),
        batch_rows=landing.batch_rows,
        raw_retention=None if retention is None or retention == "none" else span_of(retention),
        raw_for_ever=retention == "none",
        secrets=tuple(values.secrets),
        connections=frozenset(model.drafts.placements["connections"]),
        renamed=renamed_connections(model),
        environ=environ,
        root=model.root,
        lake=lake,
    )


def renamed_connections(model: LakeModel) -> dict[str, str]:
    """Id that a connection had -> the one that it has, by the registry's `renamed:`."""
    lines = ((line.from_.partition("."), line.to.partition(".")) for line, _ in model.registry.renamed)
    return {before: after for (section, _, before), (_, _, after) in lines if section == "connections"}


def choose_landing(lake: Lake, name: str | None, environ: Mapping[str, str]) -> str:
    """The id of the landing that is meant. Raises UserError."""
    known = sorted(lake.landings)
    wanted = name or environ.get(CHOICE) or None
    if wanted is None and len(known) != 1:
        several = f"choose one with --landing or {CHOICE}: {', '.join(known)}"
        raise UserError(several if known else "the registry has no landing: write one under lake.landings")
    if wanted is not None and wanted not in lake.landings:
        raise not_found("landing", wanted, known)
    return wanted or known[0]


def _needs_s3(landing: Landing) -> bool:
    return any(place.startswith("s3://") for place in (landing.tables, landing.raw))


def _place(root: Path, written: str) -> str:
    return written if written.startswith("s3://") else f"{root / written}/"


def _postgres(catalog: PostgresCatalog, values: _Values) -> PostgresAccess:
    password = None if catalog.password is None else values.take(catalog.password)
    host, dbname, user = values.take(catalog.host), values.take(catalog.dbname), values.take(catalog.user)
    return PostgresAccess(host, catalog.port, dbname, user, password, catalog.sslmode)


def _s3(access: S3Access | None, values: _Values, environ: Mapping[str, str]) -> S3Credentials:
    """What the registry says; without a key, what the usual variables of Amazon's tools say."""
    written = access or S3Access()
    given = {
        key: values.take(value)
        for key in ("endpoint", "region", "access_key_id", "secret_access_key", "session_token")
        if (value := getattr(written, key)) is not None
    }
    if "access_key_id" not in given:
        usual = {
            key: environ.get(f"AWS_{key.upper()}") for key in ("access_key_id", "secret_access_key", "session_token")
        }
        given |= {key: value for key, value in usual.items() if value}
        values.secrets += [value for key, value in usual.items() if value and key != "access_key_id"]
    region = given.get("region") or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    return S3Credentials(
        given.get("endpoint"),
        region,
        given.get("access_key_id"),
        given.get("secret_access_key"),
        given.get("session_token"),
        written.url_style,
        written.use_ssl,
    )


class _Values:
    """The values of a landing's references, what is missing of them, and which may not be shown."""

    def __init__(self, lake: Lake, environ: Mapping[str, str]) -> None:
        self._lake, self._environment = lake, environment_values(environ)
        self._missing: set[str] = set()
        self.secrets: list[str] = []

    def take(self, value: str | SecretRef | VarRef) -> str:
        """The text; "" if there is none, which is noted."""
        if isinstance(value, str):
            return value
        known, secret = self._lake.variables.get(value.name), isinstance(value, SecretRef)
        found = look_up(value.name, self._environment, {}, known.default if known else None, secret=secret)
        text = str(convert(found[1], "string")) if found else ""
        if not text:
            self._missing.add(PREFIX + value.name)
        elif secret:
            self.secrets.append(text)
        return text

    def refuse_missing(self, landing: str) -> None:
        """Raises UserError if something had no value."""
        if self._missing:
            names = ", ".join(sorted(self._missing))
            raise UserError(
                f'landing "{landing}": values that the registry refers to are missing; set in the environment: {names}'
            )
