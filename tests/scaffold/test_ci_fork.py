"""A fork's pull request in the generated workflows, step by step: it gets no secret, runs nothing of its own, and no
hole passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.review.render.markdown import MARK
from tests.support.lakes import write_files
from tests.support.package_server import PIP, Packages, git, offline_venv, packages
from tests.support.pull_request_holes import HOLES, base_lake, generate
from tests.support.workflows import FOLDERS, Ran, Runner, runner_in, script

pytestmark = pytest.mark.slow

BOTH = pytest.mark.parametrize("forge", sorted(FOLDERS))

# Files that some program would take for its own code if it looked into the folder that it works in.
MODULES = (
    *(
        "json.py",
        "yaml.py",
        "venv.py",
        "urllib.py",
        "pip.py",
        "ensurepip.py",
        "site.py",
        "os.py",
        "cdktf.py",
        "jsii.py",
    ),
    *(
        "sitecustomize.py",
        "usercustomize.py",
        "conftest.py",
        "setup.py",
        "packaging.py",
        "pydantic.py",
        "subprocess.py",
    ),
    *("pip/__init__.py", "pip/__main__.py", "venv/__init__.py", "venv/__main__.py", "email/__init__.py"),
    *("stacks/__init__.py", "stacks/__main__.py", "infra/__init__.py", "infra/__main__.py", "dag/definitions.py"),
)
PROGRAMS = ("lakeform", "git", "node", "python3", "gh", "cat", "bash")


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """One that has no token to give away."""
    found = runner_in(tmp_path)
    variables = {key: value for key, value in found.variables.items() if value != "t0ken"}
    return replace(found, variables=variables)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packages]:
    with packages(tmp_path_factory.mktemp("packages")) as found:
        yield found


def merged(lake: Path, top: Path | None = None) -> None:
    """What a runner checks out: the lake is committed, on the base that it had until now."""
    root = top or lake
    if not (root / ".git").exists():
        git(root, "init", "-qb", "main")
        git(root, "add", "--all", "--force")
        git(root, "commit", "-qm", "Base")
        git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
        return
    git(root, "add", "--all", "--force")
    git(root, "commit", "-qm", "From a fork", "--allow-empty")


def plant(lake: Path, marker: Path) -> None:
    """Write files that would leave a trace if anything executed them."""
    write_files(lake, {name: f"open({str(marker)!r}, 'a').write({name!r})\n" for name in MODULES})
    shell = f"#!/bin/sh\necho \"$0\" >> '{marker}'\n"
    write_files(lake, dict.fromkeys(PROGRAMS, shell))
    node = f"require('fs').appendFileSync({str(marker)!r}, __filename)\n"
    write_files(lake, dict.fromkeys(("index.js", "node_modules/semver/index.js", "node_modules/fs-extra.js"), node))
    write_files(
        lake, {"package.json": '{"type": "module", "main": "index.js"}\n', ".npmrc": "node-options=-r ./index\n"}
    )
    write_files(lake, {"pip.conf": "[install]\ntarget = x\n", "requirements.txt": "./\n", "setup.cfg": "[x]\n"})
    write_files(
        lake, {"pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "setup"\nbackend-path = ["."]\n'}
    )
    for name in PROGRAMS:
        (lake / name).chmod(0o755)


def red(ran: list[Ran]) -> Ran | None:
    """The step that failed; None if all are green."""
    return next((one for one in ran if one.done.returncode != 0), None)


@BOTH
def test_nothing_of_the_pull_request_is_executed_and_no_step_has_a_secret(
    forge: str, runner: Runner, served: Packages
) -> None:
    lake, marker, programs = (
        base_lake(runner.root / "lake"),
        runner.root / "executed",
        offline_venv(runner.root / "venv"),
    )
    merged(lake)
    plant(lake, marker)
    merged(lake)
    runner.program("apt-get", "")
    (runner.bin / "lakeform").symlink_to(programs / "lakeform")  # there once it is installed
    variables = {**runner.variables, **PIP, "LAKEFORM": served.from_wheel, "GITHUB_PATH": str(runner.root / "path")}
    installing = replace(runner, variables=variables)
    for job in ("check", "review"):
        ran = installing.job(forge, job, lake, lambda text: _install(text, programs))
        assert [(one.name, one.done.stderr) for one in ran if one.done.returncode != 0] == []
        assert not marker.exists(), marker.read_text()
        assert [one.name for one in ran if re.search("t0ken|TOKEN|TF_VAR", str(one.environment))] == []
        assert "Comment" not in {one.name for one in ran}
    assert runner.read("summary").startswith(MARK)


def _install(text: str, programs: Path) -> str:
    """The step with a folder of the test in the place of the one that only a runner has."""
    if "/opt/lakeform" in text:
        return text.replace("/opt/lakeform", str(programs.parent))
    return f'export PATH="{programs}:$PATH"\n{text}'


def test_the_comment_of_a_branch_takes_no_module_of_it_either(runner: Runner) -> None:
    marker = runner.root / "executed"
    plant(runner.root / "lake", marker)
    (runner.root / "review.md").write_text("x")
    runner.variables |= {"TOKEN": "t0ken", "GITHUB_API_URL": "http://127.0.0.1:9/api/v1"}
    done = runner.bash(script("forgejo", "Comment"), cwd=runner.root / "lake")
    assert (done.returncode, "Connection refused" in done.stderr) == (1, True)
    assert not marker.exists(), marker.read_text()


def test_the_steps_are_the_same_on_both_forges() -> None:
    """So that the holes are tried with one of them."""
    names = ("The lake has no problems", "What is generated is current")
    more = ("Every value comes from somewhere, and is encrypted", "The manifests for Flux are current")
    for name in (*names, *more, "No Terraform state in git"):
        assert script("github", name) == script("forgejo", name)


@pytest.mark.parametrize("name", HOLES)
def test_every_hole_makes_a_step_red(name: str, runner: Runner) -> None:
    hole = HOLES[name]
    (runner.root / "outside").mkdir()
    lake = base_lake(runner.root / "lake")
    merged(lake)
    hole.edit(lake)
    if hole.generates:
        generate(lake)
    merged(lake)
    found = red(runner.job("github", "check", lake))
    assert found is not None, "the check is green"
    assert re.search(hole.told, found.done.stdout + found.done.stderr), found
    assert "hunter2" not in found.done.stdout + found.done.stderr


def test_a_pull_request_without_a_hole_is_green(runner: Runner) -> None:
    lake = base_lake(runner.root / "lake")
    merged(lake)
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().replace("count: 10", "count: 11"))
    generate(lake)
    merged(lake)
    for job in ("check", "review"):
        assert red(runner.job("github", job, lake)) is None
    assert "count" in runner.read("summary")


def test_a_lake_below_the_root_is_checked_where_it_is(runner: Runner) -> None:
    top = runner.root / "top"
    lake = base_lake(top / "infra/terraform/constructs")
    merged(lake, top)
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().replace("count: 10", "count: 11"))
    generate(lake)
    merged(lake, top)
    for job in ("check", "review"):
        assert red(runner.job("github", job, lake)) is None
    assert "count" in runner.read("summary")
    (lake / "terraform.tfstate").write_text("{}")
    merged(lake, top)
    found = red(runner.job("github", "check", lake))
    assert found is not None
    assert found.name == "No Terraform state in git"
