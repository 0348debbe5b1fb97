"""Whatever kubectl prints: a sentence and an exit code within a bound, and no secret."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.attack import hostile_kubectl
from tests.attack.commands import Commands
from tests.attack.emitter import pairs
from tests.attack.hostile_kubectl import WAYS
from tests.attack.trees import plain, shaken
from tests.support.kube import applied, condition, failed, repository, secret, terraform
from tests.support.operate_lakes import operate_lake, stack

COMMANDS = (
    ("status",),
    ("status", "--format", "json"),
    ("reconcile", "--timeout", "1s"),
    ("suspend", "--reason", "x"),
    ("resume",),
    ("connections",),
    ("drift",),
)
SECRET = "Zq7/cluster+secret=4Kx"
VALUES = {"client_id": "me", "client_secret": SECRET}
TERRAFORMS = (
    applied(),
    failed(f"Error: wrong\n  with x\nsecret {SECRET}"),
    terraform(condition("Ready", "Unknown", "Progressing", "Applying")),
    terraform(condition("StateLocked", "True", "x", "Lock ID 1"), lock={"pending": "1-2-3", "lastApplied": ""}),
    terraform(),
)
MEGABYTES = 700


def objects(random: Random, *, are_shaken: bool) -> dict[str, Any]:
    """What a cluster has, by kind."""
    found = {
        "terraforms": random.choice(TERRAFORMS),
        "gitrepositories": repository(),
        "secrets": secret(VALUES),
        "namespaces": {"kind": "Namespace", "metadata": {"name": "lake"}},
    }
    return {kind: plain(shaken(random, pairs(one))) if are_shaken else one for kind, one in found.items()}


@pytest.mark.attack("a hostile kubectl, to 7 commands", short=3, long=300)
def test_no_answer_of_kubectl_does_harm(seed: int, runner: Commands, tmp_path: Path) -> None:
    random = Random(seed)
    words = random.choice(COMMANDS)
    are_shaken = random.random() < 0.4
    way = "fine" if are_shaken else random.choice(list(WAYS))
    told = {
        "way": way,
        "objects": objects(random, are_shaken=are_shaken),
        "secret": SECRET,
        "patient": random.random() < 0.5,
    }
    root = operate_lake(tmp_path / "lake", stack())
    program = tmp_path / "bin/kubectl"
    program.parent.mkdir()
    (program.parent / "answer.json").write_text(json.dumps(told), "utf-8")
    code = Path(hostile_kubectl.__file__).read_text("utf-8")
    program.write_text(f"#!{sys.executable} -IS\n{code}", "utf-8")
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    given = {"PATH": path, "TF_VAR_faker_key": SECRET}
    ended = runner.run(root, *words, environment=given, hasty=True, seconds=40)
    print(way, words, ended)
    ended.assert_decent()
    assert (ended.out + ended.err).replace("\n", "").isprintable()
    assert SECRET not in ended.out + ended.err
    assert ended.megabytes < MEGABYTES
