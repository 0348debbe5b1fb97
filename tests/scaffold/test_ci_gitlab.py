"""What `lakeform init --ci gitlab` writes for GitLab, and what its jobs do."""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote

import pytest

from infra.commands.main import main
from infra.review.render.markdown import MARK
from infra.scaffold.requirement import EXAMPLE
from tests.scaffold.test_ci_fork import merged, plant
from tests.support.gitlab import ME, Things, gitlab, jobs, jobs_of, run_job
from tests.support.lakes import REPOSITORY
from tests.support.package_server import PIP, git, offline_venv, packages
from tests.support.pull_request_holes import base_lake, generate
from tests.support.workflows import REVIEW, Runner, script

CI = ("--ci", "gitlab", "--lakeform", EXAMPLE)
INCLUDES = "  - local: /.gitlab/lakeform.yml\n"
NIGHTLY = "  - local: /.gitlab/lakeform-drift.yml\n"
DRIFT = "<!-- lakeform drift -->"

server = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """One in a pipeline for merge request 3 of project 12."""
    (tmp_path / "lake").mkdir()
    variables = {
        "CI_MERGE_REQUEST_PROJECT_ID": "12",
        "CI_MERGE_REQUEST_IID": "3",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": "abc123",
        "CI_PROJECT_ID": "12",
        "LAKEFORM_TOKEN": "t0ken",
    }
    return Runner(tmp_path, variables)


# The files


def test_the_documented_files_are_what_init_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "new"), *CI, "--drift"]) == 0
    for written, documented in (("lakeform.yml", "gitlab.yml"), ("lakeform-drift.yml", "gitlab-drift.yml")):
        text = (tmp_path / "new/.gitlab" / written).read_text("utf-8")
        assert (REPOSITORY / "docs/ci" / documented).read_text("utf-8") == text
    assert (tmp_path / "new/.gitlab-ci.yml").read_text("utf-8").endswith(f"\ninclude:\n{INCLUDES}{NIGHTLY}")
    said = re.sub(r"(?<=wrote )\S*/new/", "", capsys.readouterr().out)
    assert said.partition("is made\n")[2] == (
        "wrote .gitlab/lakeform.yml\n"
        "    for the comment it needs the masked CI/CD variable LAKEFORM_TOKEN: a project access token, role Reporter, scope api\n"
        "wrote .gitlab/lakeform-drift.yml\n"
        "    it needs a pipeline schedule on the default branch, and for the issue LAKEFORM_TOKEN\n"
        "    it needs CI/CD variables, protected, in the environment lakeform-drift: TF_VAR_airbyte_client_id, "
        "TF_VAR_airbyte_client_secret, TF_VAR_workspace_id\n"
        "wrote .gitlab-ci.yml\n"
    )


def test_a_file_of_ours_gets_the_second_include_and_one_that_is_not_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    top = tmp_path / "new/.gitlab-ci.yml"
    assert main(["init", "new", *CI]) == 0
    assert main(["init", "new", *CI, "--drift"]) == 0
    assert top.read_text().endswith(INCLUDES + NIGHTLY)
    top.write_text(f"test:\n  script: make\ninclude:\n{INCLUDES}")
    (tmp_path / "new/.gitlab/lakeform-drift.yml").unlink()
    capsys.readouterr()
    assert main(["init", "new", *CI, "--drift"]) == 0
    assert capsys.readouterr().out.endswith(f"new/.gitlab-ci.yml is yours; add to its include:\n\n{NIGHTLY}\n")
    assert top.read_text() == f"test:\n  script: make\ninclude:\n{INCLUDES}"


def test_the_files_set_nothing_for_other_jobs() -> None:
    found = jobs()
    assert list(found) == [".lakeform", "lakeform check", "lakeform review", "lakeform drift"]
    assert all(job["inherit"] == {"default": ["tags"]} and "cache" not in job for job in found.values())
    assert found["lakeform drift"]["environment"] == {"name": "lakeform-drift", "action": "access"}


def test_which_pipelines_run_which_job() -> None:
    requests = '$CI_PIPELINE_SOURCE == "merge_request_event"'
    main_branch = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
    rules = {name: [rule["if"] for rule in job["rules"]] for name, job in jobs().items() if name != ".lakeform"}
    assert rules == {
        "lakeform check": [requests, f'$CI_PIPELINE_SOURCE == "push" && {main_branch}'],
        "lakeform review": [requests],
        "lakeform drift": [f'$CI_PIPELINE_SOURCE == "schedule" && {main_branch}'],
    }


def test_below_the_root_jobs_work_there_and_run_for_changes_there(tmp_path: Path) -> None:
    lake = "data/air byte"
    assert main(["init", str(tmp_path / lake), "--quiet", "--repository", str(tmp_path), *CI]) == 0
    assert not (tmp_path / lake / ".gitlab").exists()
    found = jobs_of((tmp_path / ".gitlab/lakeform.yml").read_text("utf-8"))
    assert found[".lakeform"]["variables"]["LAKE"] == lake
    assert [rule["changes"] for name in ("lakeform check", "lakeform review") for rule in found[name]["rules"]] == [
        [f"{lake}/**/*", ".gitlab/lakeform.yml"]
    ] * 3
    assert "changes" not in str(jobs(lake)["lakeform drift"])


def test_state_is_looked_for_as_elsewhere() -> None:
    assert jobs()["lakeform check"]["script"] == [
        script("github", "No Terraform state in git"),
        "lakeform check",
        "lakeform synth --check",
        "lakeform secrets --check",
        "lakeform flux --check",
    ]


# The review


def lakeform(runner: Runner, printed: str, code: int, words: str = "review --base abc123 --format markdown") -> None:
    runner.program(
        "lakeform",
        f"import os, sys\nassert sys.argv[1:] == {words.split()!r}, sys.argv\n"
        "assert 't0ken' not in str(os.environ), os.environ\n"
        f"sys.stdout.write({printed!r})\nsys.exit({code})\n",
    )


def note(number: int, author: int, body: str) -> dict[str, object]:
    return {"id": number, "author": {"id": author}, "body": body}


OTHERS = [note(1, 2, "looks good"), note(2, ME, f"another tool\n{MARK}"), note(3, 5, f"{MARK}\nall is well")]


def posted(runner: Runner, notes: Things, code: int = 0) -> Things:
    with gitlab(runner, notes, []) as there:
        done = run_job(runner, "lakeform review")
        assert (done.returncode, done.stderr) == (code, "")
        return there.notes


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
class TestTheComment:
    """One comment of a merge request, kept current."""

    @pytest.mark.parametrize("code", [0, 1])
    def test_the_first_review_is_a_new_comment_also_where_it_refuses(self, code: int, runner: Runner) -> None:
        lakeform(runner, REVIEW, code)
        assert posted(runner, [*OTHERS], code) == [*OTHERS, {**note(99, ME, REVIEW), "iid": 99}]

    def test_a_later_one_takes_its_place(self, runner: Runner) -> None:
        lakeform(runner, REVIEW, 0)
        earlier = [note(4, ME, f"{MARK}\nold"), note(6, ME, f"{MARK}\nolder run")]
        after = posted(runner, [*OTHERS, *earlier])
        assert after == [*OTHERS, note(4, ME, REVIEW), earlier[1]]

    def test_a_review_that_failed_replaces_the_comment_of_an_older_commit(self, runner: Runner) -> None:
        lakeform(runner, "", 2)
        after = posted(runner, [note(4, ME, f"{MARK}\nold")], 2)
        assert after == [note(4, ME, f"{MARK}\nThere is no review of this change: the log of the job says why.\n")]

    def test_no_line_of_it_is_a_command_to_gitlab(self, runner: Runner) -> None:
        lakeform(runner, f"{MARK}\n/merge\n  /close\n> /approve\na / b\n", 0)
        (only,) = posted(runner, [])
        assert only["body"] == f"{MARK}\n\\/merge\n  \\/close\n> \\/approve\na / b\n"

    def test_a_merged_result_is_compared_with_the_target(self, runner: Runner) -> None:
        runner.variables["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"] = "def456"
        lakeform(runner, REVIEW, 0, "review --base def456 --format markdown")
        assert len(posted(runner, [])) == 1

    def test_a_refusal_is_told_in_one_line_without_the_token(self, runner: Runner) -> None:
        lakeform(runner, REVIEW, 0)
        with gitlab(runner, [], []) as there:
            there.status = 403
            done = run_job(runner, "lakeform review")
        assert (done.returncode, done.stdout) == (1, REVIEW)
        assert re.fullmatch(r"GET http://127\.0\.0\.1:\d+/user: 403 \{\"id\": 7\}\n", done.stderr)


def test_without_a_token_as_for_a_fork_the_log_has_the_review(runner: Runner) -> None:
    del runner.variables["LAKEFORM_TOKEN"]
    runner.variables["CI_API_V4_URL"] = "http://127.0.0.1:9"
    lakeform(runner, REVIEW, 1)
    done = run_job(runner, "lakeform review")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == f"{REVIEW}There is no LAKEFORM_TOKEN here, so the review is in this log alone.\n"


# Every night


def issue(number: int, text: str | None) -> dict[str, object]:
    return {"iid": number, "description": text}


def after_night(runner: Runner, issues: Things, code: int) -> Things:
    runner.program(
        "lakeform",
        "import sys\nassert sys.argv[1:3] == ['drift', '--quiet'], sys.argv\n"
        "sys.stdout.write('+++ b\\n' if 'patch' in sys.argv else 'stack prod: said é\\n')\n"
        f"sys.exit({code})\n",
    )
    with gitlab(runner, [], issues) as there:
        done = run_job(runner, "lakeform drift")
        assert (done.returncode, done.stdout, done.stderr) == (code, "stack prod: said é\n", "")
        return there.issues


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
class TestTheIssue:
    """One issue, kept current and closed."""

    def test_drift_is_an_issue_with_its_patch(self, runner: Runner) -> None:
        *before, found = after_night(runner, [issue(1, None), issue(2, "a bug")], 1)
        assert before == [issue(1, None), issue(2, "a bug")]
        assert found["title"] == "Airbyte is not as the files say"
        assert found["description"].startswith(f"{DRIFT}\nAirbyte is not as the files say; the next apply")
        assert found["description"].endswith("~~~~~~diff\n+++ b\n~~~~~~\n")
        assert "stack prod: said é\n" in found["description"]

    def test_a_later_drift_takes_its_place(self, runner: Runner) -> None:
        (only,) = after_night(runner, [issue(7, f"{DRIFT}\nold")], 1)
        assert "said é" in str(only["description"])

    def test_it_is_closed_when_nothing_differs_any_more(self, runner: Runner) -> None:
        assert after_night(runner, [issue(7, f"{DRIFT}\nold")], 0) == [
            {**issue(7, f"{DRIFT}\nold"), "state_event": "close"}
        ]

    def test_a_server_that_could_not_be_asked_changes_nothing(self, runner: Runner) -> None:
        assert after_night(runner, [issue(7, f"{DRIFT}\nold")], 2) == [issue(7, f"{DRIFT}\nold")]


# A lake


@pytest.mark.slow
def test_the_jobs_check_and_review_a_lake_where_it_is(runner: Runner) -> None:
    """Both jobs as they are, but for what they install, in a lake below the root of its repository."""
    top = runner.root / "lake"
    lake = base_lake(top / "data/airbyte")
    git(top, "init", "-qb", "main")
    git(top, "add", "--all")
    git(top, "commit", "-qm", "Base")
    base = git(top, "rev-parse", "HEAD")
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().replace("count: 10", "count: 11"))
    generate(lake)
    git(top, "commit", "-qam", "Change")
    runner.variables |= {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_API_V4_URL": "http://127.0.0.1:9"}
    del runner.variables["LAKEFORM_TOKEN"]
    for name, said in (("lakeform check", "no problems in"), ("lakeform review", "count: 10 → 11")):
        done = run_job(runner, name, "data/airbyte")
        assert (done.returncode, said in done.stdout) == (0, True), done
    (lake / "terraform.tfstate").write_text("{}")
    git(top, "add", "--all", "--force")
    done = run_job(runner, "lakeform check", "data/airbyte")
    assert (done.returncode, done.stdout.splitlines()[1:]) == (1, ["terraform.tfstate"])


@pytest.mark.slow
def test_nothing_of_a_merge_request_is_executed(runner: Runner, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Both jobs, with the step that installs, in a lake full of files that some program would take for its own code."""
    lake, marker, programs = (
        base_lake(runner.root / "lake"),
        runner.root / "executed",
        offline_venv(runner.root / "venv"),
    )
    merged(lake)
    base = git(lake, "rev-parse", "HEAD")
    plant(lake, marker)
    merged(lake)
    runner.program("apt-get", "")
    runner.variables |= {**PIP, "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_API_V4_URL": "http://127.0.0.1:9"}
    with packages(tmp_path_factory.mktemp("packages")) as served:
        installing = jobs()[".lakeform"]["before_script"][1].replace("/opt/lakeform", str(programs.parent))
        for name in ("lakeform check", "lakeform review"):
            done = run_job(runner, name, install=f"LAKEFORM={quote(served.from_wheel)}\n{installing}")
            assert not marker.exists(), marker.read_text()
            assert "t0ken" not in done.stdout + done.stderr
            assert (done.returncode, "Connection refused" in done.stderr) == (int(name == "lakeform review"),) * 2, done
