"""Lakes with a secret somewhere: where it belongs, where it was typed by mistake, and beside something that is broken."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import quote

from tests.support.secret_lakes import FILES, KEYS, LAKE, manifest, with_values

Files = dict[str, str | bytes]

MARK = "Zq7planted/x+9fK=2b"
REGISTRY = "dag/registry/lake.yaml"
SECRET_FILE = "secrets/prod.yaml"
OWN = "secret_access_key: {secret: s3_key}"
# Where nobody listens.
AWAY = "http://127.0.0.1:9/api/public/v1"
LAKE_AWAY = LAKE.replace("https://airbyte.example.com/api/public/v1", AWAY)
BACKEND = "      backend: {http: {address: https://state.example.com/x, username: me, password: PASSWORD}}\n"


def forms() -> list[str]:
    """How the value may be written by whoever prints it."""
    encoded = base64.b64encode(MARK.encode()).decode()
    return [MARK, quote(MARK, safe=""), encoded, encoded.rstrip("=")]


def given() -> dict[str, str]:
    """The environment of somebody who has all values at hand."""
    return {f"TF_VAR_{name}": f"{MARK}{number}" for number, name in enumerate((*KEYS, "workspace_id"))}


def registry(old: str, new: str) -> Callable[[], Files]:
    assert old in LAKE_AWAY
    return lambda: {REGISTRY: LAKE_AWAY.replace(old, new)}


def instead(line: str) -> Callable[[], Files]:
    """Another line in the place of the option that is a secret."""
    return registry(OWN, line)


def dotenv() -> Files:
    text = f"TF_VAR_s3_key={MARK}\ns3_key={MARK}\nAIRBYTE_PASSWORD='{MARK}'\n"
    return {".env": text, "secrets/prod.env": text, "dag/registry/.env": text}


STATES: dict[str, Callable[[], Files]] = {
    "valid": dict,
    "a literal": instead(f"secret_access_key: {MARK}"),
    "a quoted literal": instead(f'secret_access_key: "{MARK}"'),
    "a literal in a list": instead(f"secret_access_key: [{MARK}]"),
    "a literal in a mapping": instead(f"secret_access_key: {{value: {MARK}}}"),
    "a literal of several lines": instead(f"secret_access_key: |\n        x\n        {MARK}"),
    "misspelt": instead(f"secret_acces_key: {MARK}"),
    "under another name": instead(f"password: {MARK}"),
    "in a text": instead(f"s3_endpoint: https://me:{MARK}@s3.example.com"),
    "a second colon": instead(f"secret_access_key: {MARK}: x"),
    "an open quote": instead(f'secret_access_key: "{MARK}'),
    "an open bracket": instead(f"secret_access_key: [{MARK}"),
    "a tab": instead(f"secret_access_key:\t{MARK}\n\tx: y"),
    "a tag": instead(f"secret_access_key: !vault {MARK}"),
    "a percent sign": instead(f"secret_access_key: %{MARK}"),
    "twice": instead(f"secret_access_key: {MARK}\n      secret_access_key: {MARK}"),
    "a reference with it": instead(f"secret_access_key: {{secret: {MARK}}}"),
    "a reference with more": instead(f"secret_access_key: {{secret: s3_key, value: {MARK}}}"),
    "an override": instead(f"{OWN}\n    overrides: {{prod: {{configuration: {{secret_access_key: {MARK}}}}}}}"),
    "in the address": registry(AWAY, f"http://me:{MARK}@127.0.0.1:9/api/public/v1"),
    "in the login": registry("client_secret: {secret: client_secret}", f"client_secret: {MARK}"),
    "in the backend": registry("      flux:\n", BACKEND.replace("PASSWORD", MARK) + "      flux:\n"),
    "in the values of Flux": registry("values: {workspace_id:", f"values: {{s3_key: {MARK}, workspace_id:"),
    "a default": registry("client_id: {description:", f"client_id: {{default: {MARK}, description:"),
    "a secret in clear": lambda: {SECRET_FILE: manifest(with_values(s3_key=MARK))},
    "a Secret without encryption": lambda: {SECRET_FILE: manifest(dict.fromkeys(KEYS, MARK), sops="")},
    "a broken Secret": lambda: {SECRET_FILE: manifest(with_values(s3_key=f"{MARK}: x"))},
    "a Secret with an open quote": lambda: {SECRET_FILE: manifest(with_values(s3_key=f'"{MARK}'))},
    "a Secret that is a list": lambda: {SECRET_FILE: f"- {MARK}\n"},
    "a Secret that is a text": lambda: {SECRET_FILE: f"{MARK}\n"},
    "a Secret in JSON": lambda: {SECRET_FILE: f'{{"kind": "Secret", "stringData": {{"s3_key": "{MARK}"}}'},
    "a Secret as a key": lambda: {SECRET_FILE: manifest({**with_values(), MARK: "x"})},
    "environment files": dotenv,
    "a stream with it": lambda: {"dag/streams/faker/users.json": f'{{"password": "{MARK}", "mappers": "{MARK}"}}'},
    "a broken stream with it": lambda: {"dag/streams/faker/users.json": f'{{"password": "{MARK}'},
}


def files_of(state: str) -> Files:
    """A lake in a state. That a Secret's key is one is told by name: this is no value of it."""
    return {**FILES, REGISTRY: LAKE_AWAY, SECRET_FILE: manifest(), **STATES[state]()}
