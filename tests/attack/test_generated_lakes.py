"""Lakes that nobody wrote, with awkward text wherever text may be: they synthesize, and the engine reads what was meant."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.attack.broken_lakes import decent, files_of
from tests.attack.emitter import Emitter, Pairs, pairs
from tests.attack.meant import Json, evaluated_streams, meant, said
from tests.attack.plugin import Tried
from tests.e2e.tools import tofu, tofu_environment
from tests.support.generated_lakes import Generated, generate
from tests.support.lakes import write_files, write_lake
from tests.terraform.test_terraform_evaluates import PIECES, is_refused
from tests.tools.build import ToolsMissing, give_up

TEXTS = sorted({a + b for a in PIECES for b in ("", "x", *PIECES) if a + b and not is_refused(a + b)})
LAKES = 12
OUTPUT = "cdktf.out/stacks/airbyte/cdk.tf.json"


def made_of(seed: int) -> Generated:
    return generate(seed, Random(seed).sample(TEXTS, 25))


def synthesized(root: Path) -> Json:
    """What `synth` writes; `check` has nothing to say, and everything is current."""
    for words in (("synth", "--quiet"), ("check", "--synth", "--quiet")):
        done = decent(root, *words)
        assert (done.code, done.err) == (0, ""), done
    document: Json = json.loads((root / OUTPUT).read_text("utf-8"))
    return document


@pytest.mark.attack("generated lakes: check, synth, the same bytes from files in another style", short=1, long=50)
def test_the_order_of_keys_and_the_split_into_files_change_nothing(seed: int, tmp_path: Path) -> None:
    made, root = made_of(seed), tmp_path / "lake"
    write_lake(root, made.files)
    synthesized(root)
    before = files_of(root)
    random = Random(seed)
    (root / "dag/registry/entries.yaml").unlink()
    write_files(root, split(random, json.loads(made.files["dag/registry/entries.yaml"])))
    done = decent(root, "synth", "--quiet")
    assert (done.code, done.out, done.err) == (0, "", ""), done
    generated = [name for name in before if name.startswith("cdktf.out/") or name.endswith("/_catalog.json")]
    assert {name: (root / name).read_bytes() for name in generated} == {name: before[name] for name in generated}


def split(random: Random, registry: Json) -> dict[str, str]:
    """The same entries in other files and folders, in another order and another style."""
    found: dict[str, Json] = {"a.yaml": {"version": 1}}
    for kind in ("sources", "destinations", "connections"):
        for name, entry in registry[kind].items():
            file = random.choice(["a.yaml", "b/c.yml", f"{kind}/{name}.yaml"])
            found.setdefault(file, {}).setdefault(kind, {})[name] = entry
    return {
        f"dag/registry/{file}": Emitter(random, is_json=False).emit(shuffled(random, pairs(value))).text
        for file, value in found.items()
    }


def shuffled(random: Random, value: Any) -> Any:
    """With the keys of every mapping in another order."""
    if isinstance(value, Pairs):
        return Pairs((key, shuffled(random, inner)) for key, inner in random.sample(value, len(value)))
    return [shuffled(random, inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.attack("texts of generated lakes, evaluated by OpenTofu", short=1, long=4)
def test_the_engine_reads_what_was_meant(seed: int, tmp_path: Path, tried: Tried) -> None:
    lakes = {f"l{number}": made_of(seed * LAKES + number) for number in range(LAKES)}
    document: Json = {"locals": {}, "variable": {}, "output": {}}
    for name, made in lakes.items():
        written = said(synthesized(write_lake(tmp_path / name, made.files)))
        document["locals"][name] = renamed(written, name)
        document["variable"] |= {f"{name}_{variable}": {"type": kind_of(variable)} for variable in made.variables}
        document["output"][name] = {"value": f"${{jsonencode(local.{name})}}"}
    given = {f"{name}_{key}": value for name, made in lakes.items() for key, value in made.variables.items()}
    found = evaluated(tmp_path / "tofu", document, given)
    for name, made in lakes.items():
        wanted = meant(made)
        for address, body in found[name].items():
            if "streams" in body:
                body["streams"] = evaluated_streams(body["streams"], wanted[address]["streams"])
        assert found[name] == wanted
    tried(len({text for name in lakes for text in texts_in(found[name])}))


def kind_of(variable: str) -> str:
    return "number" if variable.endswith("_port") else "string"


def renamed(value: Any, prefix: str) -> Any:
    """With the variables of one lake apart from those of the others; text of a user never is such an expression."""
    if isinstance(value, dict):
        return {key: renamed(inner, prefix) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, prefix) for inner in value]
    reference = re.fullmatch(r"\$\{var\.(\w+)\}", value) if isinstance(value, str) else None
    return f"${{var.{prefix}_{reference[1]}}}" if reference else value


def texts_in(value: Any) -> list[str]:
    """Every text inside, keys as well."""
    if isinstance(value, dict):
        return [text for pair in value.items() for inner in pair for text in texts_in(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts_in(inner)]
    return [value] if isinstance(value, str) else []


def evaluated(folder: Path, document: Json, variables: Mapping[str, str]) -> dict[str, Json]:
    """The outputs of a document, decoded."""
    try:
        engine = tofu()
    except ToolsMissing as error:
        give_up(error)
    values = json.dumps(dict(variables))
    files = {"cdk.tf.json": json.dumps(document), "generated.auto.tfvars.json": values, "empty.rc": ""}
    write_files(folder, files)
    environment = tofu_environment(folder / "empty.rc")
    for words in (["apply", "-auto-approve", "-input=false", "-no-color"], ["output", "-json"]):
        done = subprocess.run(
            [engine, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    return {name: json.loads(output["value"]) for name, output in json.loads(done.stdout).items()}
