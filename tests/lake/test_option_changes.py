"""What differs between the options of two versions of a connector, and which release is older."""

from __future__ import annotations

from typing import Any

import pytest

from infra.lake.connectors.option_changes import option_changes
from infra.lake.connectors.releases import is_older


def options(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    """The schema of an object."""
    return {"type": "object", "required": required or [], "properties": properties}


def cluster(kind: str, required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    """A branch of a union, as database connectors have them."""
    return options(["cluster", *(required or [])], cluster={"const": kind}, **properties)


TEXT = {"type": "string"}
ATLAS, OWN = cluster("ATLAS", ["database"], database=TEXT), cluster("OWN", host=TEXT)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (options(a=TEXT), options(a=TEXT), []),
        (options(a=TEXT), options(b=TEXT), [("gone", "`a` is gone"), ("appeared", "`b` is new")]),
        (options(a=TEXT), options(["a"], a=TEXT), [("required", "`a` is required now")]),
        (options(["a"], a=TEXT), options(a=TEXT), [("changed", "`a` is no longer required")]),
        (options(), options(["a"], a=TEXT), [("required", "`a` is new and required")]),
        (options(a=TEXT), options(a={"type": ["string", "null"]}), [("changed", "`a`: type string → null or string")]),
        (
            options(a={"enum": ["x", "y"]}),
            options(a={"enum": ["y", "z"]}),
            [("changed", "`a`: choices: z added, x gone")],
        ),
        (options(a={"enum": ["x"]}), options(a={}), [("changed", "`a`: any value from now on")]),
        (options(a=TEXT), options(a={**TEXT, "airbyte_secret": True}), [("changed", "`a`: a secret from now on")]),
        (
            options(a={"type": "integer", "default": 1}),
            options(a={"type": "integer", "default": 2, "maximum": 9}),
            [("changed", "`a`: maximum (none) → 9"), ("default", "`a`: default 1 → 2")],
        ),
        (
            options(jobs={"type": "array", "items": options(name=TEXT)}),
            options(jobs={"type": "array", "items": options()}),
            [("gone", "`jobs[].name` is gone")],
        ),
        (
            options(db={"oneOf": [ATLAS, OWN]}),
            options(db={"oneOf": [cluster("ATLAS", ["databases"], databases={"type": "array"})]}),
            [
                ("gone", "`db (cluster: ATLAS).database` is gone"),
                ("required", "`db (cluster: ATLAS).databases` is new and required"),
                ("gone", "`db (cluster: OWN)` is gone"),
            ],
        ),
        (options(a=options(b=options(c=TEXT))), options(), [("gone", "`a` is gone")]),
    ],
)
def test_what_differs(old: dict[str, Any], new: dict[str, Any], told: list[tuple[str, str]]) -> None:
    assert [(change.kind, change.text) for change in option_changes(old, new)] == told


@pytest.mark.parametrize(
    ("configuration", "left_out"),
    [
        ({"db": {"cluster": "OWN"}}, True),
        ({"db": {"cluster": "OWN", "host": "x"}}, False),
        ({"db": {"cluster": "ATLAS"}}, False),
        ({}, False),
        ({"db": {"secret": "x"}}, False),
        ({"db": "x"}, False),
    ],
)
def test_another_default_is_one_for_those_who_leave_the_option_out(configuration: object, *, left_out: bool) -> None:
    old, new = (
        options(db={"oneOf": [ATLAS, cluster("OWN", host={**TEXT, "default": default})]}) for default in ("a", "b")
    )
    (change,) = option_changes(old, new)
    assert (change.kind, change.is_left_out(configuration)) == ("default", left_out)


@pytest.mark.parametrize(
    ("version", "than", "older"),
    [
        ("9.1.0", "10.0.0", True),
        ("10.0.0", "9.1.0", False),
        ("1.0.0", "1.0.0", False),
        ("3.0.0-rc.1", "3.0.0", True),
        ("3.0.0", "3.0.0-rc.1", False),
        ("custom", "1.0.0", False),
        ("1.0.0", "dev", False),
        ("1.0", "1.0.1", True),
    ],
)
def test_which_release_is_older(version: str, than: str, *, older: bool) -> None:
    assert is_older(version, than) == older
