"""The workflows for pull requests and the pre-commit hooks: what they say, and what their scripts do."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.commands.main import VERBS, main
from infra.lake.documents import read_yaml
from infra.review.render.markdown import MARK
from infra.scaffold.requirement import EXAMPLE
from tests.support.lakes import REPOSITORY, run, write_lake
from tests.support.workflows import FOLDERS, REVIEW, Runner, runner_in, script, steps, text_of, workflow

BOTH = pytest.mark.parametrize("server", sorted(FOLDERS))


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return runner_in(tmp_path)


# The files


@BOTH
def test_the_documented_file_is_what_init_writes(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "new"), "--ci", server, "--lakeform", EXAMPLE]) == 0
    written = tmp_path / "new" / FOLDERS[server] / "lakeform.yaml"
    assert written.read_text("utf-8") == text_of(server)
    assert (REPOSITORY / f"docs/ci/{server}.yaml").read_text("utf-8") == text_of(server)
    assert "created a lake in" in capsys.readouterr().out


def test_init_writes_no_workflow_unless_asked(tmp_path: Path) -> None:
    assert main(["init", "--quiet", str(tmp_path / "new")]) == 0
    assert not any((tmp_path / "new" / folder).exists() for folder in FOLDERS.values())


def test_init_refuses_a_server_that_it_does_not_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["init", str(tmp_path / "new"), "--ci", "jenkins"])
    assert stop.value.code == 2
    assert "jenkins" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["a${{x}}", "$HOME", "c++", "a*b", "-x", "a/ b", "ends ", 'say "x"', "a:b"])
def test_a_folder_whose_name_would_mean_something_else_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["init", str(tmp_path / name), "--repository", str(tmp_path), "--ci", "github", "--lakeform", EXAMPLE]
    assert main(words) == 2
    why = f"the forge cannot work in a folder named {name!a}; give it another name"
    assert capsys.readouterr().err == f"lakeform init: {why}\n"
    assert not list(tmp_path.iterdir())


@BOTH
def test_pull_requests_and_merges_to_main_are_checked_and_only_pull_requests_reviewed(server: str) -> None:
    value = workflow(server)
    assert value["on"] == {"pull_request": None, "push": {"branches": ["main"]}}
    assert "if" not in value["jobs"]["check"]
    assert value["jobs"]["review"]["if"] == "github.event_name == 'pull_request'"
    commands = [step["run"] for step in steps(server, "check") if step.get("run", "").startswith("lakeform")]
    assert commands == [
        "lakeform check",
        "lakeform synth --check",
        "lakeform secrets --check",
        "lakeform flux --check",
    ]


@BOTH
def test_the_token_may_write_only_comments(server: str) -> None:
    value = workflow(server)
    assert value["permissions"] == {"contents": "read"}
    assert "permissions" not in value["jobs"]["check"]
    assert value["jobs"]["review"]["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert "secrets." not in text_of(server)
    checkouts = [step for job in value["jobs"] for step in steps(server, job) if "checkout" in step.get("uses", "")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False, False]
    assert checkouts[1]["with"]["fetch-depth"] == 0


@BOTH
def test_nothing_that_others_write_becomes_a_part_of_a_script(server: str) -> None:
    scripts = [step["run"] for job in workflow(server)["jobs"] for step in steps(server, job) if "run" in step]
    assert len(scripts) >= 9
    assert [text for text in scripts if "${{" in text] == []
    assert "pull_request_target" not in text_of(server)


def test_only_the_servers_own_actions_are_used_pinned_by_major_version() -> None:
    used = {
        server: {step.get("uses") for job in ("check", "review") for step in steps(server, job)} for server in FOLDERS
    }
    assert used["github"] - {None} == {"actions/checkout@v6", "actions/setup-python@v6", "actions/setup-node@v6"}
    assert used["forgejo"] - {None} == {"https://data.forgejo.org/actions/checkout@v4"}


@BOTH
def test_the_commands_exist(server: str) -> None:
    verbs = set(re.findall(r"^\s*(?:run: )?lakeform (\w+)", text_of(server), re.MULTILINE))
    assert verbs == {"check", "synth", "secrets", "flux", "review"}
    assert verbs <= VERBS.keys()


# The step that finds state


def repository(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("{}")
    subprocess.run(["git", "init", "--quiet", root], check=True)
    subprocess.run(["git", "-C", root, "add", "--all", "--force"], check=True)
    return root


@BOTH
@pytest.mark.parametrize(
    "name",
    [
        "terraform.tfstate",
        "cdktf.out/stacks/prod/terraform.tfstate.backup",
        "cdktf.out/terraform.prod.tfstate",
        ".terraform/terraform.tfstate",
        "cdktf.out/stacks/prod/.terraform/modules/modules.json",
        ".terraform/environment",
        "größe/x.tfstate",
    ],
)
def test_a_committed_state_is_refused_by_name(server: str, name: str, runner: Runner) -> None:
    root = repository(runner.root / "lake", name, "cdktf.json")
    done = runner.bash(script(server, "No Terraform state in git"), cwd=root)
    assert done.returncode == 1
    assert done.stdout.splitlines()[1:] == [name]


@BOTH
def test_a_lake_without_state_passes(server: str, runner: Runner) -> None:
    names = ("cdktf.json", "cdktf.out/stacks/prod/.terraform.lock.hcl", "dag/my.terraform/x.json", "tfstate.md")
    root = repository(runner.root / "lake", *names)
    (root / "terraform.tfstate").write_text("not committed")
    done = runner.bash(script(server, "No Terraform state in git"), cwd=root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# The step that reviews, and the verdict


def lakeform(runner: Runner, printed: str, code: int) -> None:
    runner.program(
        "lakeform",
        f"import sys\nassert sys.argv[1:] == ['review', '--base', 'origin/main', '--format', 'markdown'], sys.argv\n"
        f"sys.stdout.write({printed!r})\nsys.exit({code})\n",
    )


@BOTH
@pytest.mark.parametrize("code", [0, 1])
def test_the_review_is_kept_also_when_it_refuses_the_change(server: str, code: int, runner: Runner) -> None:
    lakeform(runner, REVIEW, code)
    assert runner.bash(script(server, "Review")).returncode == 0
    assert runner.read("review.md") == runner.read("summary") == REVIEW
    assert runner.read("output") == f"status={code}\n"


@BOTH
@pytest.mark.parametrize("code", [1, 2])
def test_a_review_that_failed_replaces_the_comment_of_an_older_commit(server: str, code: int, runner: Runner) -> None:
    lakeform(runner, "", code)
    assert runner.bash(script(server, "Review")).returncode == 0
    assert runner.read("review.md") == f"{MARK}\nThere is no review of this change: the log of the run says why.\n"
    assert runner.read("output") == f"status={code}\n"


@BOTH
def test_a_missing_lakeform_is_a_review_that_failed(server: str, runner: Runner) -> None:
    runner.program("lakeform", "import sys\nsys.exit(127)\n")
    runner.bash(script(server, "Review"))
    assert runner.read("output") == "status=127\n"


@BOTH
@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_verdict_is_what_the_review_said(server: str, code: int, runner: Runner) -> None:
    runner.variables["STATUS"] = str(code)
    assert runner.bash(script(server, "Verdict")).returncode == code


# pre-commit


def hooks() -> list[dict[str, Any]]:
    document, problems = read_yaml("hooks", (REPOSITORY / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert document is not None
    assert problems == []
    found: list[dict[str, Any]] = document.value
    return found


def test_each_hook_runs_where_something_of_the_lake_is_committed() -> None:
    own = {hook["id"]: hook for hook in hooks()}
    assert list(own) == ["lakeform-check", "lakeform-synth", "lakeform-secrets", "lakeform-flux"]
    for id_, hook in own.items():
        assert (hook["language"], hook["pass_filenames"]) == ("python", False)
        touched = re.compile(hook["files"])
        for prefix in ("", "infra/terraform/constructs/"):  # a lake may be below the root
            assert touched.search(f"{prefix}dag/registry/a/shop.yaml")
            assert touched.search(f"{prefix}dag/streams/shopify/orders.json")
            assert not touched.search(f"{prefix}dag/definitions.py")
            others = [touched.search(f"{prefix}{name}") for name in ("secrets/prod.env", "deploy/x/sources.yaml")]
            assert all(others) is (id_ in ("lakeform-secrets", "lakeform-flux"))


def test_the_hooks_check_and_synthesize(tmp_path: Path) -> None:
    lake = write_lake(tmp_path / "lake")
    commands = {hook["id"]: hook["entry"].split() for hook in hooks()}
    assert {words[0] for words in commands.values()} == {"lakeform"}
    assert run(lake, *commands["lakeform-check"][1:]).code == 1  # there is no catalog yet
    assert run(lake, *commands["lakeform-synth"][1:]).code == 0
    assert (lake / "cdktf.out/stacks/airbyte/cdk.tf.json").is_file()
    assert all(run(lake, *words[1:]).code == 0 for words in commands.values())
