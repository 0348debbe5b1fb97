"""The workflows of `lakeform init --ci`, and a runner for the scripts in them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from infra.lake.documents import read_yaml
from infra.review.render.markdown import MARK
from infra.scaffold.requirement import EXAMPLE, Requirement
from infra.scaffold.workflow import workflow_text

FOLDERS = {"github": ".github/workflows", "forgejo": ".forgejo/workflows"}

REVIEW = f'{MARK}\n# Review\n\n`orders` "quoted" $HOME ${{{{ x }}}} é\n'


def text_of(server: str) -> str:
    return workflow_text(server, Requirement(EXAMPLE))


def workflow(server: str) -> dict[str, Any]:
    document, problems = read_yaml(f"{server}.yaml", text_of(server))
    assert document is not None
    assert problems == []
    value: dict[str, Any] = document.value
    return value


def steps(server: str, job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow(server)["jobs"][job]["steps"]
    return found


def script(server: str, name: str) -> str:
    """The text of the step of that name."""
    named = [step for job in workflow(server)["jobs"] for step in steps(server, job) if step.get("name") == name]
    assert len({step["run"] for step in named}) == 1
    text: str = named[0]["run"]
    return text


@dataclass
class Runner:
    """A folder in which scripts run as the server would run them."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    def program(self, name: str, code: str) -> None:
        """A program of that name, in Python, before all others."""
        self.bin.mkdir(exist_ok=True)
        path = self.bin / name
        path.write_text(f"#!{sys.executable}\n{code}", "utf-8")
        path.chmod(0o755)

    def bash(self, text: str, cwd: Path | None = None, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """What `bash -e FILE` does, which is how the servers run a step; nothing of this environment but the PATH."""
        file = self.root / "step.sh"
        file.write_text(text, "utf-8")
        path = os.pathsep.join([str(self.bin), str(Path(sys.executable).parent), os.environ["PATH"]])
        words = ["bash", "--noprofile", "--norc", "-e", str(file)]
        given = {"PATH": path, "HOME": str(self.root), **self.variables}
        return subprocess.run(
            words, cwd=cwd or self.root, env=given, capture_output=True, text=True, check=False, timeout=seconds
        )

    def job(self, forge: str, name: str, lake: Path, install: Callable[[str], str] | None = None) -> list[Ran]:
        """Every step of a job, until one is red, as for the pull request of a fork; its actions are done already.

        `install`: what becomes of the text of the step that installs lakeform; without it that step is left out.
        """
        ran: list[Ran] = []
        outputs: dict[str, str] = {}
        for step in steps(forge, name):
            if "run" not in step or not IN_A_FORK[step.get("if", "")]:
                continue
            text = step["run"]
            if step["name"] == "Install lakeform":
                if install is None:
                    continue
                text = install(text)
            given = {key: _evaluated(value, outputs) for key, value in step.get("env", {}).items()}
            done = replace(self, variables={**self.variables, **given}).bash(text, cwd=lake)
            ran.append(Ran(step["name"], {**self.variables, **given}, done))
            outputs = dict(re.findall(r"^(\w+)=(.*)$", self._output(), re.MULTILINE))
            if done.returncode != 0:
                break
        return ran

    def _output(self) -> str:
        path = self.root / "output"
        return path.read_text("utf-8") if path.exists() else ""

    def read(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")


@dataclass(frozen=True)
class Ran:
    """A step that was run, with its environment."""

    name: str
    environment: dict[str, str]
    done: subprocess.CompletedProcess[str]


# The conditions of the workflows -> what they are for the pull request of a fork.
IN_A_FORK = {
    "": True,
    "github.event.pull_request.head.repo.full_name == github.repository && github.actor != 'dependabot[bot]'": False,
    "github.event.pull_request.head.repo.full_name == github.repository": False,
    "${{ !cancelled() && steps.review.outputs.status != '' }}": True,
}


def _evaluated(value: str, outputs: dict[str, str]) -> str:
    """An environment variable of a step that a fork's pull request reaches."""
    return {"${{ steps.review.outputs.status }}": outputs.get("status", "")}[value]


def runner_in(folder: Path) -> Runner:
    """A runner as it is in a run for pull request 7 of shop/lake."""
    variables = {
        "RUNNER_TEMP": str(folder),
        "REVIEW": str(folder / "review.md"),
        "GITHUB_BASE_REF": "main",
        "GITHUB_REPOSITORY": "shop/lake",
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GH_TOKEN": "t0ken",
        "TOKEN": "t0ken",
        "NUMBER": "7",
    }
    return Runner(folder, variables)
