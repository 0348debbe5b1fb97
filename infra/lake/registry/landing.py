"""Landing: where files become tables: the catalog, the tables' own place, the way to the files, and the limits."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from infra.base.credentials import credential_in
from infra.lake.documents import Strict, near_matches, question, refuse
from infra.lake.documents.types import check_path
from infra.lake.registry.duration import Duration
from infra.lake.registry.sql_type import SqlType
from infra.lake.values.reference import SecretRef, Text, not_in_clear

# Copying a file of 461 MB fails under 512 MB and passes under 1 GB (measured with DuckDB 1.5.5).
LEAST_MEMORY = 10**9

# No stack has it: whatever feeds the landing reads it from its environment.
Secret = Annotated[SecretRef, not_in_clear("set TF_VAR_NAME where the landing is fed")]

_SIZE = "[1-9][0-9]{0,5}(MB|GB|MiB|GiB)"
_UNITS = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}


def bytes_of(size: str) -> int:
    """How many bytes a size such as 2GB is."""
    found = re.fullmatch("([0-9]+)([A-Za-z]+)", size)
    assert found is not None, "checked when it was read"
    return int(found[1]) * _UNITS[found[2]]


def _size(text: str) -> str:
    if re.fullmatch(_SIZE, text):
        return text
    raise refuse("wrong-type", "must be a size such as 512MB, 2GB or 4GiB")


Size = Annotated[str, AfterValidator(_size), WithJsonSchema({"type": "string", "pattern": f"^{_SIZE}$"})]


def _enough(size: Size) -> Size:
    if bytes_of(size) >= LEAST_MEMORY:
        return size
    raise refuse("wrong-type", "must be at least 1GB: DuckDB cannot copy large files with less", "write memory: 1GB")


class PostgresCatalog(Strict):
    """A catalog in PostgreSQL: many writers, for production."""

    host: Text = Field(description="host of the server")
    port: int = Field(default=5432, ge=1, le=65535, description="port of the server")
    dbname: Text = Field(description="database; it has to exist")
    user: Text = Field(description="user that owns it")
    password: Secret | None = Field(
        default=None, description="{secret: NAME} of the password; none: the server asks for none"
    )
    sslmode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] | None = Field(
        default=None, description="as libpq has it; default: prefer"
    )


def _place(text: str) -> str:
    """A folder of the project, or a place in S3; it ends in a slash."""
    if text.startswith("s3://"):
        if re.fullmatch("s3://[^/*?\\[{}]+(/[^*?\\[{}]*)?", text) or text == "s3://":
            return text if text.endswith("/") else text + "/"
        raise refuse("wrong-type", "must be a place such as s3://lake/tables/, without patterns")
    if "://" in text:
        raise refuse("wrong-type", "must be s3://bucket/path/ or a folder of the project")
    return _inside(text) + "/"


def _inside(text: str) -> str:
    parts = [part for part in check_path(text).split("/") if part not in ("", ".")]
    if text.startswith(("/", "~")) or ".." in parts or "\\" in text or not parts:
        raise refuse("wrong-type", "must be a path inside the project, from its root", "for example .lake/tables/")
    return "/".join(parts)


Place = Annotated[str, AfterValidator(_place)]
File = Annotated[str, AfterValidator(_inside)]


class Catalog(Strict):
    """Where DuckLake keeps what is in which table, and lakeform its ledger."""

    postgres: PostgresCatalog | None = Field(default=None, description="a database of a PostgreSQL server")
    sqlite: File | None = Field(default=None, description="a file of the project: one writer at a time, for a laptop")


_CATALOGS = tuple(Catalog.model_fields)


def _one_catalog(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        return value
    if isinstance(value, str):
        close = near_matches(value, _CATALOGS)[:1]
        raise refuse("wrong-type", "must be a mapping with one catalog", question(close) if close else "")
    raise refuse(
        "wrong-type", "must name exactly one catalog", "write {sqlite: .lake/catalog.sqlite} or {postgres: {...}}"
    )


_ENDPOINT = re.compile(r"[A-Za-z0-9._\[\]:-]+(/[A-Za-z0-9._/-]*)?")


def _endpoint(value: Any) -> Any:
    if (
        isinstance(value, str) and not _ENDPOINT.fullmatch(value) and credential_in(value) is None
    ):  # one mistake is enough
        fix = "for example minio.example.com:9000; with use_ssl: false for http://"
        raise refuse("wrong-type", "must be host and port, without https://", fix)
    return value


class S3Access(Strict):
    """How S3 is reached, for files and tables alike."""

    endpoint: Annotated[Text, AfterValidator(_endpoint)] | None = Field(
        default=None, description="host and port of another store than Amazon's, without https://"
    )
    region: Text | None = Field(default=None, description="region of the buckets")
    access_key_id: Text | None = Field(
        default=None, description="key; without one, AWS_ACCESS_KEY_ID and its kin in the environment"
    )
    secret_access_key: Secret | None = Field(default=None, description="{secret: NAME} of the key's secret")
    session_token: Secret | None = Field(
        default=None, description="{secret: NAME} of a token, for keys that last for hours"
    )
    url_style: Literal["path", "vhost"] | None = Field(default=None, description="path: most stores but Amazon's")
    use_ssl: bool = Field(default=True, description="false: http://")

    @model_validator(mode="after")
    def _whole_key(self) -> Self:
        """A key is of no use without its secret, nor a token without both."""
        if any((self.access_key_id, self.secret_access_key, self.session_token)):
            for key in ("access_key_id", "secret_access_key"):
                if getattr(self, key) is None:
                    about = type(self).model_fields[key].description
                    raise refuse("missing-key", f'the key "{key}" is missing', f"add {key}: {about}", missing=key)
        return self


def _folder(place: str) -> str:
    if place.startswith("s3://"):
        raise refuse("wrong-type", "must be a folder: DuckDB spills to the disk", "for example .lake/spill/")
    return place


class Landing(Strict):
    """A lake of tables that files are fed into."""

    catalog: Annotated[Catalog, BeforeValidator(_one_catalog)] = Field(description="postgres or sqlite")
    tables: Place = Field(description="where the tables' files are, ours alone: s3://bucket/path/ or a folder")
    raw: Place = Field(
        default="s3://", description="what stands before the bucket's name in the path of a file: s3://, or a folder"
    )
    s3: S3Access | None = Field(default=None, description="how S3 is reached")
    memory: Annotated[Size, AfterValidator(_enough)] = Field(default="2GB", description="DuckDB's limit, at least 1GB")
    threads: int | None = Field(default=None, ge=1, le=256, description="DuckDB's threads; default: one for each core")
    spill: Annotated[Place, AfterValidator(_folder)] = Field(
        default=".lake/spill/", description="folder for what does not fit into memory"
    )
    spill_limit: Size = Field(default="20GB", description="how much of the disk that may take")
    settle: Duration = Field(
        default="1h", description="without a server: a generation is complete when nothing came for so long"
    )
    recent: int = Field(default=3, ge=1, le=366, description="days of folders that a tick looks at")
    raw_retention: Duration | Literal["none"] | None = Field(
        default=None, description="after which age the bucket itself deletes files, e.g. 720h; none: it deletes no file"
    )
    batch_bytes: Size = Field(default="1GB", description="how much of files one transaction takes")
    batch_rows: int = Field(default=5_000_000, ge=1, description="how many rows, where the files say it")


class StreamLanding(Strict):
    """What a stream file says of its landing table."""

    mode: Literal["copy", "register"] = Field(
        default="copy", description="register: the table reads the files where they are, and owns them"
    )
    types: dict[str, SqlType] = Field(default={}, description="column -> its type in SQL, e.g. DECIMAL(18,2)")
    nested: Literal["struct", "json"] = Field(
        default="struct", description="json: objects and lists become one JSON text"
    )
