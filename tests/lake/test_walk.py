"""The walk over a configuration: options with their specs, references, and the value that is made of them."""

from __future__ import annotations

from typing import Any

import pytest

from infra.lake.connectors.walk import options_in, rebuilt, references_in, written_path

TOKEN = {"type": "string", "airbyte_secret": True}
SPEC = {
    "properties": {
        "port": {"type": ["null", "integer"]},
        "tags": {"type": "array", "items": {"type": "boolean"}},
        "auth": {
            "oneOf": [
                {"properties": {"kind": {"const": "a"}, "token": TOKEN}},
                {"properties": {"kind": {"const": "b"}, "token": {"type": "number"}}},
            ]
        },
        "key": {"type": "object", "airbyte_secret": True, "properties": {"pem": {"type": "string"}}},
        "odd": {"type": "object", "properties": {"secret": {"type": "integer"}}},
    }
}
CONFIGURATION: dict[str, Any] = {
    "port": {"var": "p"},
    "tags": [True, {"var": "t"}, {"secret": "s"}],
    "auth": {"kind": "b", "token": {"var": "n"}},
    "key": {"pem": {"secret": "k"}, "more": {}},
    "odd": {"literal": {"secret": {"var": "o"}}},
    "unknown": [{"secret": "x", "note": None}],
}


def test_options_have_their_place_its_spec_and_what_is_secret() -> None:
    found = [(option.path, option.reference, option.type, option.secret) for option in options_in(CONFIGURATION, SPEC)]
    assert found == [
        (("port",), ("var", "p"), "number", False),
        (("tags", 0), None, "bool", False),
        (("tags", 1), ("var", "t"), "bool", False),
        (("tags", 2), ("secret", "s"), "string", False),
        (("auth", "kind"), None, "string", False),
        (("auth", "token"), ("var", "n"), "number", False),
        (("key", "pem"), ("secret", "k"), "string", True),
        (("key", "more"), None, "string", True),
        (("odd", "literal", "secret"), ("var", "o"), "number", False),
        (("unknown", 0, "secret"), None, "string", False),
        (("unknown", 0, "note"), None, "string", False),
    ]


def test_references_are_found_in_the_order_of_writing() -> None:
    assert list(references_in({"a": [{"secret": "s"}], "b": {"literal": {"var": {"var": "v"}}}}, ("at",))) == [
        (("at", "a", 0), "secret", "s"),
        (("at", "b", "literal", "var"), "var", "v"),
    ]


def test_a_configuration_is_rebuilt_without_literals() -> None:
    found = rebuilt(CONFIGURATION, lambda path, _: len(path), str.upper)
    assert found == {
        "PORT": 1,
        "TAGS": [2, 2, 2],
        "AUTH": {"KIND": 2, "TOKEN": 2},
        "KEY": {"PEM": 2, "MORE": {}},
        "ODD": {"SECRET": 3},
        "UNKNOWN": [{"SECRET": 3, "NOTE": 3}],
    }


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("odd", "secret"), ("odd", "literal", "secret")),
        (("odd", "literal", "secret"), ("odd", "literal", "secret")),
        (("tags", 1), ("tags", 1)),
        (("tags", 9, "x"), ("tags", 9, "x")),
    ],
)
def test_a_path_is_told_as_it_is_written(path: tuple[str | int, ...], written: tuple[str | int, ...]) -> None:
    assert written_path(CONFIGURATION, path) == written


def test_an_object_that_is_called_literal_in_a_literal_has_its_own_path() -> None:
    assert written_path({"literal": {"literal": {"x": 1}}}, ("literal", "x")) == ("literal", "literal", "x")
