"""The workflow that releases: what it may do, and what its scripts do."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from infra import __version__
from infra.lake.documents import read_yaml
from tests.support.lakes import REPOSITORY
from tests.support.package_server import git, offline_venv
from tests.support.workflows import Runner

FILE = REPOSITORY / ".github/workflows/release.yaml"


def jobs() -> dict[str, Any]:
    document, problems = read_yaml(FILE.name, FILE.read_text("utf-8"))
    assert document is not None
    assert problems == []
    assert document.value["permissions"] == {"contents": "read"}
    assert document.value["on"] == {"push": {"tags": ["v*"]}}
    found: dict[str, Any] = document.value["jobs"]
    return found


def script(name: str) -> str:
    (text,) = [step["run"] for job in jobs().values() for step in job["steps"] if step.get("name") == name]
    assert isinstance(text, str)
    assert "${{" not in text
    return text


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    variables = {"GITHUB_REF_NAME": f"v{__version__}", "RUNNER_TEMP": str(tmp_path), "GH_REPO": "shop/lakeform"}
    return Runner(tmp_path, {**variables, "GITHUB_SERVER_URL": "https://git.example.com"})


def test_only_the_job_that_runs_nothing_of_ours_may_write() -> None:
    assert {name: job.get("permissions") for name, job in jobs().items()} == {
        "wheel": None,
        "publish": {"contents": "write"},
    }
    assert [step.get("uses") for step in jobs()["publish"]["steps"]] == ["actions/download-artifact@v6", None]
    assert "pypi" not in FILE.read_text("utf-8")


@pytest.mark.parametrize(
    ("tag", "sections", "said"),
    [
        (f"v{__version__}", f"## [{__version__}] - 2026-12-01\n", ""),
        (f"v{__version__}", "## [Unreleased]\n", f"CHANGELOG.md has no section for {__version__}.\n"),
        ("v9.9.9", "", f"The tag is v9.9.9, the version in infra/__init__.py {__version__}.\n"),
    ],
)
def test_a_tag_is_the_version_and_has_its_section(tag: str, sections: str, said: str, runner: Runner) -> None:
    (runner.root / "infra").mkdir()
    (runner.root / "infra/__init__.py").write_text((REPOSITORY / "infra/__init__.py").read_text())
    (runner.root / "CHANGELOG.md").write_text(sections)
    runner.variables["GITHUB_REF_NAME"] = tag
    done = runner.bash(script("The tag is the version"))
    assert (done.returncode, done.stdout, done.stderr) == (int(bool(said)), said, "")


def test_the_release_has_the_wheel_and_the_line_that_installs_it(runner: Runner) -> None:
    name = f"lakeform-{__version__}-py3-none-any.whl"
    dist = runner.root / "dist"
    dist.mkdir()
    (dist / name).write_bytes(b"a wheel")
    digest = hashlib.sha256(b"a wheel").hexdigest()
    (dist / "SHA256SUMS").write_text(f"{digest}  {name}\n")
    runner.program("gh", "import json, sys\nprint(json.dumps(sys.argv[1:]))\n")
    done = runner.bash(script("Release"))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1]) == [
        *("release", "create", f"v{__version__}", "--verify-tag", "--title", f"lakeform {__version__}"),
        *("--notes-file", "notes.md", name, "SHA256SUMS"),
    ]
    assert (dist / "notes.md").read_text() == (
        "What changed is in CHANGELOG.md. Install it by address and digest:\n\n```text\n"
        f'pipx install "lakeform @ https://git.example.com/shop/lakeform/releases/download/v{__version__}/{name}#sha256={digest}"\n'
        "```\n"
    )
    (dist / name).write_bytes(b"another")
    assert runner.bash(script("Release")).returncode != 0


@pytest.mark.slow
@pytest.mark.network
def test_the_wheel_is_built_and_tried(runner: Runner) -> None:
    """The two steps as they are, in a copy of what is committed, with the index of this machine."""
    runner.variables |= {key: value for key, value in os.environ.items() if key.startswith(("PIP_", "UV_"))}
    source = runner.root / "source"
    git(runner.root, "clone", "--quiet", str(REPOSITORY), str(source))
    offline_venv(source / ".venv")  # of its own: what `make` would install goes nowhere else
    (source / ".venv/.done").touch()
    built = runner.bash(script("Build"), cwd=source, seconds=600)
    assert built.returncode == 0, built.stderr
    wheel = f"lakeform-{__version__}-py3-none-any.whl"
    assert built.stdout == f"{hashlib.sha256((source / 'dist' / wheel).read_bytes()).hexdigest()}  {wheel}\n"
    tried = runner.bash(script("Try it where nothing else is installed"), cwd=source, seconds=600)
    if tried.returncode != 0 and "Could not find a version" in tried.stderr:
        pytest.skip("cannot run here: there is no index of packages")
    assert tried.returncode == 0, tried.stderr
    assert "wrote cdktf.out/stacks/airbyte/cdk.tf.json\n" in tried.stdout
