"""The configuration that a connector gets on this machine: the registry's, with the values of its references."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.airbyte.local.configuration import Configuration, configuration_values
from infra.base.errors import UserError
from infra.lake.model.load import load_lake
from tests.support.lakes import LAKE, write_lake

SPEC = {
    "type": "object",
    "required": [],
    "properties": {
        "key": {"type": "string", "airbyte_secret": True},
        "host": {"type": "string"},
        "port": {"type": "integer"},
        "rate": {"type": "number"},
        "deep": {"type": "boolean"},
        "open": {"type": ["string", "integer"]},
        "auth": {
            "oneOf": [
                {"properties": {"kind": {"const": "a"}, "token": {"type": "string", "airbyte_secret": True}}},
                {"properties": {"kind": {"const": "b"}, "size": {"type": "integer"}}},
            ]
        },
        "list": {"type": "array", "items": {"type": "integer"}},
        "odd": {"type": "object", "properties": {"secret": {"type": "string"}}},
    },
}

LOCK = {
    "connector": "source-x",
    "definition_id": "33333333-4444-5555-6666-777777777777",
    "image": "airbyte/source-x",
    "tag": "1.0.0",
    "spec": SPEC,
}

VARIABLES = """\
  variables:
    host: {default: from-default}
    size: {default: 7}
    both: {default: from-default}
    flag: {default: true}
"""

FLUX = """\
      flux:
        values: {both: from-flux, only_flux: 5}
"""


def values(tmp_path: Path, configuration: str, entry: str = "", **environ: str) -> Configuration:
    """What a connector gets from a source with this configuration (YAML in one line)."""
    source = f"sources:\n  x:\n    connector: source-x\n{entry}    configuration: {configuration}\n"
    registry = LAKE + FLUX + VARIABLES + source
    files = {"dag/registry/lake.yaml": registry, "dag/connectors/source-x.json": json.dumps(LOCK)}
    model = load_lake(write_lake(tmp_path, files)).model
    stack = model.stacks["airbyte"]
    locks = {} if entry else model.locks
    set_ = {f"TF_VAR_{name}": value for name, value in environ.items()}
    return configuration_values(stack.sources["x"], stack, locks, set_)


@pytest.mark.parametrize(
    ("configuration", "environ", "given"),
    [
        ("{host: a, port: 5, list: [1, 2], deep: true}", {}, {"host": "a", "port": 5, "list": [1, 2], "deep": True}),
        ("{key: {secret: k}}", {"k": "abc"}, {"key": "abc"}),
        ("{key: {secret: k}}", {"k": "5432"}, {"key": "5432"}),
        ("{port: {var: p}}", {"p": "5432"}, {"port": 5432}),
        ("{rate: {var: p}}", {"p": "-1.5e2"}, {"rate": -150}),
        ("{rate: {var: p}}", {"p": ".5"}, {"rate": 0.5}),
        ("{deep: {var: p}}", {"p": "true"}, {"deep": True}),
        ("{deep: {var: p}}", {"p": "0"}, {"deep": False}),
        ("{deep: {var: flag}}", {}, {"deep": True}),
        ("{host: {var: flag}}", {}, {"host": "true"}),
        ("{host: {var: p}}", {"p": "5432"}, {"host": "5432"}),
        ("{open: {var: p}}", {"p": "5432"}, {"open": "5432"}),
        ("{other: {var: p}}", {"p": "5432"}, {"other": "5432"}),
        ("{auth: {kind: b, size: {var: size}}}", {}, {"auth": {"kind": "b", "size": 7}}),
        ("{list: [{var: size}, 2]}", {"size": "1"}, {"list": [1, 2]}),
        ("{odd: {literal: {secret: yes}}}", {}, {"odd": {"secret": "yes"}}),
        ("{odd: {literal: {secret: {var: host}}}}", {}, {"odd": {"secret": "from-default"}}),
        ("{host: {var: host}}", {"host": "from-environment"}, {"host": "from-environment"}),
        ("{host: {var: both}}", {}, {"host": "from-flux"}),
        ("{host: {var: both}}", {"both": ""}, {"host": "from-flux"}),
        ("{port: {var: only_flux}}", {}, {"port": 5}),
        ("{}", {}, {}),
    ],
)
def test_references_become_values_of_the_type_that_the_spec_says(
    tmp_path: Path, configuration: str, environ: dict[str, str], given: dict[str, Any]
) -> None:
    found = values(tmp_path, configuration, **environ).values
    assert (found, repr(found)) == (given, repr(given))


def test_every_missing_value_is_named_at_once(tmp_path: Path) -> None:
    configuration = "{key: {secret: z}, host: {var: a}, auth: {kind: a, token: {secret: m}}, port: {var: size}}"
    with pytest.raises(UserError) as caught:
        values(tmp_path, configuration, m="")
    assert str(caught.value) == "sources.x needs values that are not set: TF_VAR_a, TF_VAR_m, TF_VAR_z"


@pytest.mark.parametrize(
    ("configuration", "kind"),
    [("{port: {var: p}}", "number"), ("{rate: {var: p}}", "number"), ("{deep: {var: p}}", "bool")],
)
def test_a_value_of_another_type_is_refused_without_showing_it(tmp_path: Path, configuration: str, kind: str) -> None:
    with pytest.raises(UserError) as caught:
        values(tmp_path, configuration, p="hunter2")
    assert str(caught.value) == f"TF_VAR_p must be a {kind}: the connector accepts nothing else there"


def test_secrets_are_references_and_what_the_spec_calls_one(tmp_path: Path) -> None:
    configuration = "{key: {secret: k}, host: {secret: h}, port: {var: p}, auth: {kind: a, token: {var: t}}, open: o}"
    found = values(tmp_path, configuration, k="one", h="two", p="3", t="four")
    assert found.secrets == {"one", "two", "four"}
    assert repr(found) == "Configuration()"


def test_without_a_lock_every_text_is_a_secret(tmp_path: Path) -> None:
    entry = "    definition_id: 33333333-4444-5555-6666-777777777777\n"
    found = values(tmp_path, "{a: one, b: {c: [two, 3]}, d: {var: size}}", entry)
    assert found.values == {"a": "one", "b": {"c": ["two", 3]}, "d": "7"}
    assert found.secrets == {"one", "two", "7"}
