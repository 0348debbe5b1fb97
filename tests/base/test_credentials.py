"""Credentials in texts: what is one, what is none, where a lake may not hold one, and that nobody ever sees one."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.base.credentials import credential_in, hidden
from tests.review.test_reviews import commit, git
from tests.support.lakes import REPOSITORY, Result, run, write_files
from tests.support.review_lake import BASE, LAKE, ORDERS, SHOP, apply, edited
from tests.support.spec_configurations import MINIMAL, at_random, configuration

MARK = "Zq7marker4Kx"

# {m} is what nobody may see.
HOLDING = [
    "https://user:{m}@host",
    "https://user:{m}@host:8443/path?x=1#y",
    "https://:{m}@host/x",
    "mongodb://user:{m}@h1:27017,h2:27017/db",
    "mongodb+srv://user:{m}@cluster0.example.net/db",
    "amqps://user:p@{m}@host/vhost",
    "https://user:a/{m}@host/x",
    "postgresql://user:{m}@[::1]:5432/db",
    "redis://u:12345{m}@host",
    "jdbc:mysql://user:{m}@host/db",
    "jdbc:oracle:thin:scott/{m}@//host:1521/service",
    "see https://a.example.com/x and sftp://u:{m}@b.example.com",
    "ssl=true&password={m}&x=1",
    "host=x user=y password='{m} {m}'",
    "Server=x;Uid=y;Pwd={m};",
    "Server=x;Password={{{m} x}};",
    "DefaultEndpointsProtocol=https;AccountName=x;AccountKey={m}==;EndpointSuffix=core.windows.net",
    "Endpoint=sb://x/;SharedAccessKeyName=k;SharedAccessKey={m}=",
    "https://x.blob.core.windows.net/c?sv=2021&sig={m}%3D",
    "https://bucket.example.com/x?X-Amz-Signature={m}",
    "https://api.example.com/v1?api_key={m}",
    "https://api.example.com/v1?access_token={m}",
    "trustStorePassword={m}",
    "--client-secret={m}",
    'org.apache.kafka.x.PlainLoginModule required username="u" password="{m}";',
    '{{"type": "service_account", "private_key": "{m}"}}',
    "-----BEGIN RSA PRIVATE KEY-----\n{m}\n-----END RSA PRIVATE KEY-----\n",
    "Authorization: Basic {m}",
    "Bearer {m}{m}",
    "ghp_{m}{m}",
    "glpat-{m}{m}",
    "xoxb-{m}",
    "sk_live_{m}",
]

HARMLESS = [
    "ada@example.com",
    "user@host",
    "https://user@host/x",
    "https://user:@host/x",
    "ssh://git@host:22/team/lake@v1",
    "https://host/path@version",
    "https://host:8443/path@version",
    "https://h1:443,https://h2:9200/x@y",
    "kafka://h1:9092,h2:9092",
    "jdbc:sqlserver://host:1433;user=a@b;encrypt=true",
    "mongodb+srv://cluster0.example.mongodb.net/?retryWrites=true",
    "http://[::1]:8080/a@b",
    "https://user:${PASSWORD}@host",
    "https://user:<password>@host",
    "https://{{ config['user'] }}:{{ config['password'] }}@host",
    "password=${PASSWORD}",
    "sslmode=require&sslpassword=",
    "usePassword=true&promptForPassword=no",
    "next_page_token=abc&pageToken=def",
    "kms_encryption_key=projects/x/keys/y",
    "tokenizer=abc&secretary=def",
    "Basic authentication, bearer of the authorization: see the handbook",
    "{{ config['api_key'] }}",
    "https://drive.google.com/file/d/1a2b/view?usp=sharing",
    "arn:aws:iam::123456789012:role/lake",
    "SELECT id, password FROM users WHERE id = 1",
    "0 0,20,40 * * * ?",
    "the token: ask the platform team",
]


@pytest.mark.parametrize("form", HOLDING)
def test_a_text_that_holds_a_credential(form: str) -> None:
    text = form.format(m=MARK)
    assert credential_in(text)
    assert MARK not in hidden(text)
    assert MARK not in (credential_in(text) or "")


@pytest.mark.parametrize("text", [*HARMLESS, "", "x" * 10, "a" * 200])
def test_a_text_that_holds_none(text: str) -> None:
    assert (credential_in(text), hidden(text)) == (None, text)


@pytest.mark.parametrize(
    "piece", ["a=", "://", "://a:", "://a:b/", '"a":', "jdbc:oracle:x:", "authorization: ", "-eyJaaaaaaaa", "-a", "a={"]
)
def test_no_text_takes_long(piece: str) -> None:
    before = time.process_time()
    hidden(piece * (100_000 // len(piece)))
    assert time.process_time() - before < 10


REGISTRY = REPOSITORY.parent / "shared/fixtures/connector_registry.json"


@pytest.mark.skipif(not REGISTRY.exists(), reason="cannot run here: needs a copy of Airbyte's connector registry")
def test_no_real_connector_has_an_option_that_is_taken_for_one() -> None:
    """Defaults, examples, descriptions and valid configurations; two examples are real signatures."""
    found = set()
    definitions = json.loads(REGISTRY.read_text("utf-8"))
    for definition in [*definitions["sources"], *definitions["destinations"]]:
        spec = definition["spec"]["connectionSpecification"]
        made = [configuration(spec, choose) for choose in (MINIMAL, at_random(1), at_random(2))]
        found |= {
            (definition["dockerRepository"], text) for text in texts_in([definition, made]) if credential_in(text)
        }
    assert {name for name, _ in found} == {"airbyte/destination-azure-blob-storage", "airbyte/destination-mssql"}
    assert all("sig=" in text for _, text in found)


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_in(inner)


SERVER = "server_url: https://airbyte.example.com/api/public/v1"
BACKEND = "backend: {kubernetes: {namespace: lake, secret_suffix: lake}}"
ADDRESS = f"https://u:{MARK}@host/api/public/v1"

# Where it is planted: file, what stands there, what stands there then, the key path that is told.
PLACES = {
    "server": (LAKE, SERVER, f"server_url: {ADDRESS}", "lake.stacks.airbyte.server_url"),
    "token address": (
        LAKE,
        "client_secret: {secret: airbyte_client_secret}}",
        f'client_secret: {{secret: airbyte_client_secret}}, token_url: "{ADDRESS}"}}',
        "lake.stacks.airbyte.auth.token_url",
    ),
    "default of a variable": (
        LAKE,
        "page_size: {default: 100}",
        f"page_size: {{default: 100}}\n    proxy: {{default: 'socks5://u:{MARK}@host'}}",
        "lake.variables.proxy.default",
    ),
    "description of a variable": (
        LAKE,
        "{default: 100}",
        f"{{default: 100, description: 'https://x?token={MARK}'}}",
        "lake.variables.page_size.description",
    ),
    "value under Flux": (
        LAKE,
        BACKEND,
        f"{BACKEND}\n      flux: {{namespace: lake, git: {{url: ssh://git@example.com/x}}, values: {{x: 'a;Pwd={MARK}'}}}}",
        "lake.stacks.airbyte.flux.values.x",
    ),
    "git address": (
        LAKE,
        BACKEND,
        f"{BACKEND}\n      flux: {{namespace: lake, git: {{url: 'https://git:{MARK}@example.com/x'}}}}",
        "lake.stacks.airbyte.flux.git.url",
    ),
    "defaults of the lake": (
        LAKE,
        "  variables:",
        f"  defaults: {{source: {{configuration: {{region: 'redis://:{MARK}@h'}}}}}}\n  variables:",
        "lake.defaults.source.configuration.region",
    ),
    "option": (SHOP, "region: eu", f'region: "mongodb://u:{MARK}@h/db"', "sources.shop.configuration.region"),
    "option of a destination": (
        SHOP,
        "schema: raw",
        f'schema: "x=1&sslpassword={MARK}"',
        "destinations.warehouse.configuration.schema",
    ),
    "override": (
        SHOP,
        "    connector: source-shop\n",
        f"    connector: source-shop\n    overrides: {{airbyte: {{configuration: {{region: 'Pwd={MARK}'}}}}}}\n",
        "sources.shop.overrides.airbyte.configuration.region",
    ),
    "description": (
        SHOP,
        "    connector: source-shop\n",
        f"    connector: source-shop\n    description: see https://u:{MARK}@wiki\n",
        "sources.shop.description",
    ),
    "secret option": (
        SHOP,
        "{secret: shop_api_key}",
        f'"https://u:{MARK}@host"',
        "sources.shop.configuration.api_key",
    ),
    "key": (SHOP, "region: eu", f'region: eu, "redis://u:{MARK}@h": 1', "sources.shop.configuration.redis://u:***@h"),
    "id": (SHOP, "sources:\n", f"sources:\n  'Pwd={MARK}': {{}}\n", "sources.Pwd=***"),
    "stream file": (ORDERS, "{\n", f'{{\n  "description": "token={MARK}",\n', "description"),
    **{
        f"backend {kind}{path} {settings[:30]}": (
            LAKE,
            BACKEND,
            f"backend: {{{kind}: {settings}}}",
            f"lake.stacks.airbyte.backend.{kind}{path}",
        )
        for kind, settings, path in [
            ("http", f"{{address: 'https://u:{MARK}@h/s'}}", ".address"),
            ("http", f"{{address: https://h/s, username: u, password: {MARK}}}", ".password"),
            ("http", f"{{address: https://h/s, headers: {{Authorization: Bearer {MARK}}}}}", ".headers.Authorization"),
            ("s3", f"{{bucket: b, key: k, access_key: {MARK}}}", ".access_key"),
            ("s3", f"{{bucket: b, key: k, sse_customer_key: {MARK}}}", ".sse_customer_key"),
            ("s3", f"{{bucket: b, assume_role: {{role_arn: x, policy: 'x?sig={MARK}'}}}}", ".assume_role.policy"),
            (
                "s3",
                f"{{assume_role_with_web_identity: {{web_identity_token: {MARK}}}}}",
                ".assume_role_with_web_identity.web_identity_token",
            ),
            ("azurerm", f"{{container_name: c, key: k, sas_token: {MARK}}}", ".sas_token"),
            ("azurerm", f"{{client_certificate_password: {MARK}}}", ".client_certificate_password"),
            ("gcs", f"{{bucket: b, encryption_key: {MARK}}}", ".encryption_key"),
            ("gcs", f'{{bucket: b, credentials: \'{{"private_key_id": "{MARK}"}}\'}}', ".credentials"),
            ("pg", f"{{conn_str: 'postgres://u:{MARK}@h/x'}}", ".conn_str"),
            ("pg", f"{{conn_str: 'host=h password={MARK}'}}", ".conn_str"),
            ("consul", f"{{path: p, http_auth: 'u:{MARK}'}}", ".http_auth"),
            ("kubernetes", f"{{namespace: lake, secret_suffix: lake, token: {MARK}}}", ".token"),
            ("remote", f"{{hostname: h, token: {MARK}}}", ".token"),
            ("oss", f"{{bucket: b, secret_key: {MARK}}}", ".secret_key"),
            ("oci", f"{{bucket: b, private_key: {MARK}}}", ".private_key"),
            ("new", f"{{deep: [{{client_secret: {MARK}}}]}}", ".deep[0].client_secret"),
        ]
    },
}
COMMANDS = [
    ["check"],
    ["check", "--format", "json"],
    ["synth"],
    ["synth", "--check"],
    ["catalog"],
    ["review", "--base", "HEAD"],
    ["review", "--base", "HEAD", "--format", "json"],
    ["review", "--base", "HEAD", "--format", "markdown"],
    ["explain", "airbyte_source.shop"],
    ["explain", "provider.airbyte"],
    ["flux"],
    ["secrets"],
    ["secrets", "--format", "json"],
    ["backfill", "--list"],
]


def planted(root: Path, name: str) -> None:
    """The lake of the reviews with a credential in one place, in a repository that has it in its only commit."""
    file, old, new, _ = PLACES[name]
    apply(root, {path: text for path, text in edited(BASE, {file: [(old, new)]}).items() if text is not None} | {})
    for path, text in BASE.items():
        if path != file:
            write_files(root, {path: text})
    git(root, "init", "--quiet")
    commit(root)


@pytest.mark.parametrize("name", PLACES)
def test_a_credential_is_told_once_at_its_place(tmp_path: Path, name: str) -> None:
    planted(tmp_path, name)
    result = run(tmp_path, "check", "--format", "json")
    found = [problem for problem in json.loads(result.out)["problems"] if problem["rule"] == "secret-in-clear"]
    assert [problem["path"] for problem in found] == [PLACES[name][3]]
    assert result.code == 1


@pytest.mark.parametrize("name", PLACES)
def test_a_credential_is_never_shown(tmp_path: Path, name: str) -> None:
    planted(tmp_path, name)
    for command in COMMANDS:
        result = run(tmp_path, *command)
        assert MARK not in result.out + result.err, command
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and ".git" not in path.parts]
    assert [path.relative_to(tmp_path).as_posix() for path in kept if MARK in path.read_text()] == [PLACES[name][0]]


@pytest.mark.parametrize("name", [name for name, place in PLACES.items() if place[0] == LAKE or "option" in name])
def test_a_credential_that_a_change_takes_out_is_not_shown_either(tmp_path: Path, name: str) -> None:
    """An older lakeform let it pass, so the base holds it, in its output too."""
    apply(tmp_path, dict(BASE))
    assert run(tmp_path, "synth").code == 0
    file, old, new, _ = PLACES[name]
    document = tmp_path / "cdktf.out/stacks/airbyte/cdk.tf.json"
    current = document.read_text()
    write_files(tmp_path, {file: BASE[file].replace(old, new)})
    document.write_text(
        current.replace('"https://airbyte.example.com/api/public/v1"', json.dumps(ADDRESS))
        .replace('"eu"', f'"mongodb://u:{MARK}@h/db"')
        .replace('"raw"', f'"x=1&sslpassword={MARK}"')
        .replace('"secret_suffix": "lake"', f'"token": "{MARK}", "secret_suffix": "lake"')
    )
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    write_files(tmp_path, {file: BASE[file]})
    document.write_text(current)
    for form in ("text", "json", "markdown"):
        result = run(tmp_path, "review", "--base", "HEAD", "--format", form)
        assert result.code in (0, 1)  # another place for the state is refused
        assert result.err == ""
        assert "airbyte" in result.out
        assert MARK not in result.out


def problems(root: Path, backend: str) -> Result:
    write_files(root, {**BASE, LAKE: BASE[LAKE].replace(BACKEND, f"backend: {backend}")})
    assert run(root, "catalog").code in (0, 1)
    return run(root, "check")


@pytest.mark.parametrize(
    ("backend", "path"),
    [
        ("{s3: {bucket: 'x-${timestamp()}', key: k}}", "s3.bucket"),
        ("{s3: {bucket: b, key: '%{ if true }a%{ endif }'}}", "s3.key"),
        ("{http: {address: 'https://h/$${x}'}}", "http.address"),
        ("{http: {address: https://h, headers: {X: '${file(\"/etc/passwd\")}'}}}", "http.headers.X"),
        ("{http: {address: https://h, headers: {'${x}': y}}}", "http.headers.${x}"),
        ("{s3: {allowed_account_ids: [a, '${x}']}}", "s3.allowed_account_ids[1]"),
        ("{s3: {assume_role: {tags: {a: '%%{x}'}}}}", "s3.assume_role.tags.a"),
        ("{local: {path: '${terraform.workspace}.tfstate'}}", "local.path"),
        ("{azurerm: {'${x}': y}}", "azurerm.${x}"),
        ("{'${x}': {}}", "${x}"),
        ("{consul: {path: '${'}}", "consul.path"),
    ],
)
def test_a_backend_holds_no_template(tmp_path: Path, backend: str, path: str) -> None:
    result = problems(tmp_path, backend)
    assert result.code == 1
    assert f"wrong-type  lake.stacks.airbyte.backend.{path}: contains " in result.out
    assert ", which OpenTofu evaluates and Terraform takes literally\n" in result.out


@pytest.mark.parametrize(
    "backend",
    [
        '{s3: {"bucket = \\"x\\"\\n}\\nlocals {": 1}}',
        "{s3: {'a b': 1}}",
        "{remote: {workspaces: {'name = 1 #': x}}}",
        "{cos: {assume_role: {'}': x}}}",
        "{'a\"b': {}}",
    ],
)
def test_a_setting_of_a_backend_is_a_name(tmp_path: Path, backend: str) -> None:
    """Under Flux its name goes into HCL as it stands."""
    result = problems(tmp_path, backend)
    assert result.code == 1
    assert "bad-name  lake.stacks.airbyte.backend." in result.out


@pytest.mark.parametrize(
    "backend",
    [
        "{kubernetes: {namespace: lake, secret_suffix: lake, labels: {app.kubernetes.io/name: x}}}",
        "{s3: {bucket: b, key: k, region: r, kms_key_id: x, skip_credentials_validation: true, profile: p}}",
        "{s3: {bucket: b, assume_role: {role_arn: 'arn:aws:iam::1:role/x', external_id: y}, access_key: ''}}",
        "{gcs: {bucket: b, credentials: account.json, kms_encryption_key: projects/x/y}}",
        "{http: {address: 'https://h:8443/state@v1', username: u, headers: {Accept: '*/*'}}}",
        "{pg: {conn_str: 'postgres://u@h/x?sslmode=require'}}",
        "{azurerm: {key: k, client_secret_file_path: /x, use_oidc: true, oidc_token_file_path: /y}}",
    ],
)
def test_a_backend_without_secrets_is_fine(tmp_path: Path, backend: str) -> None:
    result = problems(tmp_path, backend)
    assert (result.code, result.out.partition(" in ")[0]) == (0, "no problems")
