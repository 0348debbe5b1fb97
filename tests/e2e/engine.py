"""OpenTofu on a stack of a lake, run as tofu-controller runs it.

The folder holds the committed bytes, a `backend_override.tf` and a `generated.auto.tfvars.json` whose values are text;
nothing else is written there but by tofu. See tofu-controller: runner/server.go, runner/server_generate_tf_vars.go.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.tools import Tools
from tests.support.lakes import run

Actions = dict[str, str]
"""Address -> what a plan does to it: create, update, replace, delete, forget, move, import; "import and update"."""

BACKEND = 'terraform {\n  backend "local" {\n    path = "terraform.tfstate"\n  }\n}\n'
# Whatever asks a registry all the same fails at once.
NO_REGISTRY = {"HTTPS_PROXY": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1"}
# Many short processes: collecting their garbage seldom saves a fifth of the time.
SHORT_LIVED = {"GOGC": "400"}
# For the stand-in of restful alone: what the pause before a backfill is for shows only where a process is killed.
SHORT_PAUSES = {"RESTFUL_SHORT_PAUSES": "1"}
# `show -json`: the actions of a change. tofu replaces by deleting first.
ACTIONS = {
    ("no-op",): "",
    ("read",): "",
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("forget",): "forget",
    ("delete", "create"): "replace",
}


class TofuError(Exception):
    """A command of tofu that failed; the message is what it printed."""


@dataclass(frozen=True)
class Plan:
    """What a plan would do.

    Attributes:
        actions: of every resource that is touched.
        text: what people read: the whole output of `tofu plan`.
        values: the planned attributes, by address.

    """

    actions: Actions
    text: str
    values: Mapping[str, Mapping[str, Any]]


class Engine:
    """tofu in `folder`, for one stack."""

    def __init__(self, tools: Tools, folder: Path) -> None:
        self.folder = folder
        self._tools = tools
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "backend_override.tf").write_text(BACKEND)

    def take(self, lake: Path, stack: str, variables: Mapping[str, str]) -> None:
        """The stack as it is committed in a lake, and the values of the variables that it declares."""
        committed = (lake / f"cdktf.out/stacks/{stack}/cdk.tf.json").read_bytes()
        (self.folder / "cdk.tf.json").write_bytes(committed)
        given = {name: variables[name] for name in json.loads(committed).get("variable", {})}
        (self.folder / "generated.auto.tfvars.json").write_text(json.dumps(given))

    def copy(self, folder: Path) -> Engine:
        """Another folder with the same provider and state."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Engine(self._tools, folder)

    def init(self, *, upgrade: bool = False) -> str:
        return self._run("init", "-input=false", "-no-color", *(["-upgrade"] if upgrade else []))

    def schemas(self) -> dict[str, Any]:
        """Address of a provider -> its schemas."""
        found: dict[str, Any] = json.loads(self._run("providers", "schema", "-json"))["provider_schemas"]
        return found

    def validate(self) -> list[Any]:
        """What tofu finds wrong, warnings too."""
        found: list[Any] = json.loads(self._start("validate", "-json").stdout)["diagnostics"]
        return found

    def plan(self, *options: str) -> Plan:
        text = self._run("plan", "-input=false", "-no-color", "-out=tfplan", *options)
        shown = json.loads(self._run("show", "-json", "tfplan"))
        changes = shown.get("resource_changes", [])
        actions = {change["address"]: _action(change) for change in changes}
        after = {change["address"]: change["change"]["after"] or {} for change in changes}
        return Plan({address: action for address, action in sorted(actions.items()) if action}, text, after)

    def apply(self) -> str:
        """Apply the last plan."""
        return self._run("apply", "-input=false", "-no-color", "tfplan")

    def begin_apply(self) -> subprocess.Popen[str]:
        """The last plan, being applied, with its pauses, in a process group of its own, which its providers belong to."""
        command = [str(self._tools.tofu), "apply", "-input=false", "-no-color", "tfplan"]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def refresh(self) -> str:
        """Write what the server has into the state, and change nothing there."""
        return self._run("apply", "-refresh-only", "-auto-approve", "-input=false", "-no-color")

    def left(self) -> str:
        """What a plan says now; empty if there is nothing left to do."""
        done = self._start("plan", "-input=false", "-no-color", "-detailed-exitcode")
        if done.returncode not in (0, 2):
            raise TofuError(done.stdout + done.stderr)
        return done.stdout if done.returncode == 2 else ""

    def _run(self, *arguments: str) -> str:
        done = self._start(*arguments)
        if done.returncode != 0:
            raise TofuError(done.stdout + done.stderr)
        return done.stdout

    def _start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self._tools.tofu), *arguments]
        environment = {**self._environment(), **SHORT_PAUSES}
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def _environment(self) -> dict[str, str]:
        return {**self._tools.environment, **NO_REGISTRY, **SHORT_LIVED}


def _action(change: Mapping[str, Any]) -> str:
    found = []
    if change.get("previous_address", change["address"]) != change["address"]:
        found.append("move")
    if "importing" in change["change"]:
        found.append("import")
    found.append(ACTIONS[tuple(change["change"]["actions"])])
    return " and ".join(action for action in found if action)


def synthesize(lake: Path) -> None:
    """What a commit holds: `lakeform synth`, which must find no problem."""
    done = run(lake, "synth", "--quiet")
    assert (done.code, done.out, done.err) == (0, "", ""), done
