"""The workflows against the JSON Schemas of GitHub's and GitLab's files, which a package of others brings."""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path

import pytest

from infra.scaffold.requirement import EXAMPLE, Requirement
from infra.scaffold.workflow import GITLAB, NIGHTLY, WORKFLOWS, gitlab_text, nightly_text, workflow_text
from tests.support.lakes import REPOSITORY, write_files

pytestmark = [pytest.mark.slow, pytest.mark.network]

CHECKER = "check-jsonschema==0.39.0"


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checker")
    venv.create(folder, with_pip=True)
    words = [str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", CHECKER]
    installed = subprocess.run(words, capture_output=True, text=True, check=False)
    if installed.returncode != 0:
        pytest.skip(f"cannot run here: {installed.stderr.splitlines()[-1]}")
    return folder / "bin/check-jsonschema"


def workflows(forge: str, folder: str) -> dict[str, str]:
    """Path -> text of what `init --ci --drift` writes."""
    requirement = Requirement(EXAMPLE)
    texts = {
        WORKFLOWS[forge]: workflow_text(forge, requirement, folder),
        NIGHTLY[forge]: nightly_text(forge, requirement, (), folder),
    }
    return {**texts, GITLAB: gitlab_text(texts)} if forge == "gitlab" else texts


@pytest.mark.parametrize(("forge", "schema"), [("github", "github-workflows"), ("gitlab", "gitlab-ci")])
@pytest.mark.parametrize("folder", [".", "data/air byte"])
def test_the_files_have_the_form_that_the_forge_wants(
    forge: str, schema: str, folder: str, checker: Path, tmp_path: Path
) -> None:
    texts = workflows(forge, folder)
    write_files(tmp_path, texts)
    own = sorted((REPOSITORY / ".github/workflows").glob("*.yaml")) if forge == "github" else []
    words = [str(checker), "--builtin-schema", f"vendor.{schema}", *texts, *map(str, own)]
    checked = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "ok -- validation done\n"), checked
