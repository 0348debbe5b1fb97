"""Lakes of connectors that there are, in several stacks: each stack gets what is meant for it, and nothing of another's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from infra.lake.connectors.lock import ConnectorLock
from infra.terraform.constructs.expression import escape
from tests.attack.broken_lakes import decent
from tests.attack.real_lakes import FIXTURE, Json, known, real_lake, shipped
from tests.attack.test_generated_lakes import TEXTS, texts_in
from tests.support.lakes import write_lake

REFERENCE = re.compile(r"(?<!\$)\$\{([^}]*)\}")


@pytest.mark.attack("lakes of the locked connectors here, in several stacks with overrides", short=2, long=25)
def test_each_stack_gets_what_is_meant_for_it(seed: int, tmp_path: Path) -> None:
    attack(seed, tmp_path, shipped())


@pytest.mark.skipif(not FIXTURE.is_file(), reason=f"cannot run here: there is no {FIXTURE.name}")
@pytest.mark.attack("lakes of all connectors of a registry, in several stacks with overrides", short=2, long=100)
def test_each_stack_gets_what_is_meant_for_it_with_any_connector(seed: int, tmp_path: Path) -> None:
    attack(seed, tmp_path, known())


def attack(seed: int, root: Path, locks: Mapping[str, ConnectorLock]) -> None:
    made = real_lake(seed, locks, Random(seed).sample(TEXTS, 25))
    write_lake(root, made.files)
    for words in (("synth", "--quiet"), ("check", "--synth", "--quiet"), ("synth", "--check", "--quiet")):
        done = decent(root, *words)
        assert (done.code, done.err) == (0, ""), done.out
    documents = {
        path.parent.name: json.loads(path.read_text("utf-8")) for path in root.glob("cdktf.out/stacks/*/*.json")
    }
    assert {(stack, entry) for stack, one in documents.items() for entry in entries_of(one)} == made.meant.keys()
    for (stack, entry), meant in made.meant.items():
        assert entries_of(documents[stack])[entry] == expressed(meant), (stack, entry)
    for document in documents.values():
        resolves(document)


def entries_of(document: Json) -> dict[str, Json]:
    """`sources.x` -> its name and configuration."""
    return {
        f"{kind}s.{name}": {"name": body["name"], "configuration": document["locals"][f"{kind}_{name}"]}
        for kind in ("source", "destination")
        for name, body in document.get("resource", {}).get(f"airbyte_{kind}", {}).items()
    }


def expressed(value: Any) -> Any:
    """As it stands in a document: references as variables, and what would be code escaped, which another attack has evaluated."""
    if isinstance(value, dict):
        if value.keys() == {"secret"}:
            return f"${{var.{value['secret']}}}"
        return {escape(key): expressed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [expressed(inner) for inner in value]
    return escape(value) if isinstance(value, str) else value


def resolves(document: Json) -> None:
    """Every reference names something of the document."""
    known_names = {f"var.{name}" for name in document.get("variable", {})}
    known_names |= {f"local.{name}" for name in document.get("locals", {})}
    known_names |= {f"{kind}.{name}" for kind, named in document.get("resource", {}).items() for name in named}
    for text in texts_in(document):
        for inner in REFERENCE.findall(text.replace("$${", "")):
            for name in re.findall(r"\b(?:var|local|airbyte_\w+)\.\w+", inner):
                assert name in known_names, (name, text)
