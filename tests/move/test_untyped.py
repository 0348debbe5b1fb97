"""Configurations of typed resources in the words of the connector: by title, constant, or what is set."""

from __future__ import annotations

from typing import Any

import pytest

from infra.move.terraform.untyped import untyped


def branch(title: str, constant: str, **options: Any) -> dict[str, Any]:
    properties = {"method": {"type": "string", "const": constant}, **options}
    return {"title": title, "type": "object", "required": ["method"], "properties": properties}


TEXT = {"type": "string"}
SPEC = {
    "type": "object",
    "properties": {
        "host": TEXT,
        "awsAccessKeyId": TEXT,
        "replication_method": {
            "type": "object",
            "oneOf": [
                branch("Read Changes using Write-Ahead Log (CDC)", "CDC", publication=TEXT, replication_slot=TEXT),
                branch("Detect Changes with Xmin System Column", "Xmin"),
                branch("Scan Changes with User Defined Cursor", "Standard"),
            ],
        },
        "credentials": {
            "oneOf": [branch("OAuth2.0", "oauth2.0", token=TEXT), branch("API Key", "apikey", api_key=TEXT)]
        },
        "streams": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": TEXT,
                    "format": {"oneOf": [branch("CSV Format", "csv"), branch("Avro Format", "avro")]},
                },
            },
        },
    },
}


@pytest.mark.parametrize(
    ("typed", "own"),
    [
        ({"host": "db", "aws_access_key_id": "x", "gone": None}, {"host": "db", "awsAccessKeyId": "x"}),
        (
            {
                "replication_method": {
                    "read_changes_using_write_ahead_log_cdc": {"publication": "p", "replication_slot": None},
                    "detect_changes_with_xmin_system_column": None,
                }
            },
            {"replication_method": {"method": "CDC", "publication": "p"}},
        ),
        (
            {"replication_method": {"detect_changes_with_xmin_system_column": {}}},
            {"replication_method": {"method": "Xmin"}},
        ),
        # 0.1 to 0.3: the name of resource and option before it, the constant in it.
        (
            {"replication_method": {"source_postgres_update_method_standard_xmin": {"method": "Xmin"}}},
            {"replication_method": {"method": "Xmin"}},
        ),
        (
            {"replication_method": {"source_postgres_update_method_scan_changes_with_user_defined_cursor": {}}},
            {"replication_method": {"method": "Standard"}},
        ),
        (
            {"credentials": {"o_auth20": {"token": {"secret": "t"}}}},
            {"credentials": {"method": "oauth2.0", "token": {"secret": "t"}}},
        ),
        ({"credentials": {"renamed": {"api_key": "k"}}}, {"credentials": {"method": "apikey", "api_key": "k"}}),
        ({"credentials": {"method": "apikey", "api_key": "k"}}, {"credentials": {"method": "apikey", "api_key": "k"}}),
        (
            {"streams": [{"name": "a", "format": {"avro_format": {}}}, {"name": "b", "format": {"csv_format": {}}}]},
            {"streams": [{"name": "a", "format": {"method": "avro"}}, {"name": "b", "format": {"method": "csv"}}]},
        ),
        ({"unknown": {"a": 1}, "additional_properties": "{}"}, {"unknown": {"a": 1}}),
        # What the schema of the provider does not know stands in it as JSON.
        ({"additional_properties": '{"host": "b", "port": 1}', "host": "a"}, {"host": "a", "port": 1}),
        # No branch is set: the provider sends nothing for it.
        ({"replication_method": {}}, {}),
        ({"replication_method": {"xmin": None, "cdc": None}}, {}),
    ],
)
def test_it_has_the_connectors_words(typed: dict[str, Any], own: dict[str, Any]) -> None:
    made = untyped(SPEC, typed)
    assert (made.configuration, made.unclear) == (own, ())


@pytest.mark.parametrize(
    "typed",
    [
        {"credentials": {"gone": {}}},
        {"credentials": {"o_auth20": {"token": "t"}, "api_key": {"api_key": "k"}}},
    ],
)
def test_a_branch_that_nobody_can_tell_is_left_out(typed: dict[str, Any]) -> None:
    made = untyped(SPEC, {"host": "db", **typed})
    assert (made.configuration, made.unclear) == ({"host": "db"}, ("credentials",))
    assert "'t'" not in repr(made)
