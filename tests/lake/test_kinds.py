"""What an entry is called in the registry and in Terraform: each name is made in one module."""

from __future__ import annotations

import json
import re

import pytest

from infra.lake.model.attributes import attributes_of
from infra.lake.registry.declared import SECTIONS
from infra.lake.registry.kinds import KIND_OF, SECTION_OF_TYPE, actor_of_local, address_of, entry_of, local_name
from tests.support.lakes import REPOSITORY

# Names that are made of other names: a section from a kind, a kind from a section, a resource type from either.
_MADE = re.compile(
    r"""section\[:-1\]|removesuffix\("s"\)|(kind|key|section)\}s\b|"airbyte_(source|destination|connection)"""
)
# A pattern of a match statement has to be a literal.
_LITERAL = 'case ("resource", "airbyte_connection", '
# Airbyte's own paths and English, where a plural has an s too; the help of a command.
_ELSEWHERE = (
    *("infra/airbyte/server/server.py", "infra/airbyte/server/inventory.py"),
    *("infra/move/server/server_listing.py", "infra/move/server/server_versions.py"),
    *("infra/lake/documents/suggestions.py", "infra/commands/explain.py", "infra/commands/add.py"),
)


def test_every_section_has_a_kind_and_a_resource_type() -> None:
    assert list(KIND_OF) == list(SECTION_OF_TYPE.values())
    assert set(KIND_OF) == set(SECTIONS)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("sources.shop", "airbyte_source.shop"),
        ("destinations.lake", "airbyte_destination.lake"),
        ("connections.a_to_b", "airbyte_connection.a_to_b"),
    ],
)
def test_an_entry_and_its_address_tell_each_other(path: str, address: str) -> None:
    assert (address_of(path), entry_of(address)) == (address, path)


def test_a_local_value_and_its_actor_tell_each_other() -> None:
    assert local_name("sources.my_shop") == "source_my_shop"
    assert actor_of_local("source_my_shop") == ("sources", "my_shop")
    assert actor_of_local("connection_a_to_b") is None
    assert actor_of_local("requests_a") is None


def test_no_other_module_makes_these_names() -> None:
    files = [file for file in (REPOSITORY / "infra").rglob("*.py") if "registry/kinds.py" not in file.as_posix()]
    found = {
        f"{file.relative_to(REPOSITORY).as_posix()}: {line.strip()}"
        for file in files
        for line in file.read_text("utf-8").splitlines()
        if _MADE.search(line) and "`" not in line and not line.lstrip().startswith(_LITERAL)
    }
    assert {one for one in found if not one.startswith(_ELSEWHERE)} == set()


def test_every_attribute_that_is_written_is_known() -> None:
    meta = {"//", "lifecycle", "depends_on"}
    for file in (REPOSITORY / "tests/cases").glob("*/expected/*.tf.json"):
        for type_, named in json.loads(file.read_text("utf-8")).get("resource", {}).items():
            for body in named.values() if type_ in SECTION_OF_TYPE else ():
                assert body.keys() - meta <= set(attributes_of(SECTION_OF_TYPE[type_])), file
