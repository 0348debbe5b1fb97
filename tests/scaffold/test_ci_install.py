"""What a workflow installs: the very lakeform that wrote it, or what somebody pinned, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.commands.main import main
from infra.scaffold.requirement import EXAMPLE
from tests.support.lakes import REPOSITORY
from tests.support.package_server import Packages, git_environment, install, offline_venv, packages
from tests.support.workflows import FOLDERS

pytestmark = pytest.mark.slow

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "0123456789abcdef" * 4
BOTH = pytest.mark.parametrize("forge", sorted(FOLDERS))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packages]:
    with packages(tmp_path_factory.mktemp("packages")) as found:
        yield found


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return offline_venv(tmp_path_factory.mktemp("venv") / "x")


def init(programs: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`lakeform init` as it is installed there."""
    command = [str(programs / "lakeform"), "init", str(folder), *words]
    return subprocess.run(
        command, cwd=folder.parent, env=git_environment(), capture_output=True, text=True, check=False
    )


def pinned(folder: Path, forge: str = "github") -> str:
    """The value of LAKEFORM, which stands once in the workflow."""
    text = (folder / FOLDERS[forge] / "lakeform.yaml").read_text("utf-8")
    (line,) = re.findall(r"^  LAKEFORM: (.*)$", text, re.MULTILINE)
    value: str = json.loads(line)
    assert text.count(value) == 1
    return value


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What `init` says that writes nothing."""
    assert main(["init", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.removeprefix("lakeform init: ")


# What this lakeform was installed from


@BOTH
@pytest.mark.parametrize("kind", ["from_git", "from_wheel"])
def test_the_address_that_lakeform_was_installed_from_is_pinned(
    served: Packages, programs: Path, tmp_path: Path, forge: str, kind: str
) -> None:
    wanted = getattr(served, kind)
    install(programs, wanted)
    done = init(programs, tmp_path / "lake", "--ci", forge)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"wrote lake/{FOLDERS[forge]}/lakeform.yaml" in done.stdout
    assert pinned(tmp_path / "lake", forge) == wanted
    install(programs, pinned(tmp_path / "lake", forge))  # and pip takes it


def test_a_branch_is_pinned_as_the_commit_that_it_was(served: Packages, programs: Path, tmp_path: Path) -> None:
    install(programs, served.from_git.replace(served.commit, "main"))
    assert init(programs, tmp_path / "lake", "--ci", "github").returncode == 0
    assert pinned(tmp_path / "lake") == served.from_git


def test_what_was_installed_from_this_machine_is_asked_for(served: Packages, programs: Path, tmp_path: Path) -> None:
    install(programs, str(served.folder / served.wheel))
    done = init(programs, tmp_path / "lake", "--ci", "github")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[:3] == [
        "lakeform init: this lakeform was installed from this machine, where CI cannot get it",
        "    say what CI is to install, with one of",
        '    --lakeform "lakeform @ git+https://git.example.com/team/lakeform@<all 40 digits of a commit>"',
    ]
    assert not (tmp_path / "lake").exists()
    assert init(programs, tmp_path / "lake", "--ci", "github", "--lakeform", served.from_git).returncode == 0
    assert pinned(tmp_path / "lake") == served.from_git


WHEEL = "https://files.example.com/lakeform-0.1.0-py3-none-any.whl"
GIT_URL = "https://git.example.com/team/lakeform"


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        (None, "this lakeform was installed by its name, which others may have on another index"),
        ("{", "this lakeform was installed by its name, which others may have on another index"),
        (
            {"url": "file:///home/ada/lakeform", "dir_info": {"editable": True}},
            "this lakeform was installed from this m",
        ),
        (
            {"url": "file:///x.whl", "archive_info": {"hash": f"sha256={DIGEST}"}},
            "this lakeform was installed from this",
        ),
        ({"url": WHEEL, "archive_info": {}}, "the lakeform that is installed here names no digest of " + WHEEL),
        (
            {"url": GIT_URL, "vcs_info": {"vcs": "git", "requested_revision": "main"}},
            f"the lakeform that is installed here names None of {GIT_URL}, which may be another commit tomorrow",
        ),
        (
            {"url": "https://ada:hunter2@git.example.com/x", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            "the lakeform that is installed here has a login or a token in its address",
        ),
        (
            {"url": f"{WHEEL}?token=hunter2", "archive_info": {"hashes": {"sha256": DIGEST}}},
            "the lakeform that is installed here has a login or a token in its address",
        ),
    ],
)
def test_an_origin_that_is_not_pinned_is_asked_for(
    served: Packages, programs: Path, tmp_path: Path, origin: object, said: str
) -> None:
    install(programs, served.from_wheel)
    (note,) = programs.parent.rglob("lakeform-*.dist-info/direct_url.json")
    note.unlink()
    if origin is not None:
        note.write_text(origin if isinstance(origin, str) else json.dumps(origin))
    done = init(programs, tmp_path / "lake", "--ci", "github")
    assert (done.returncode, done.stdout, "hunter2" in done.stderr) == (2, "", False)
    assert done.stderr.startswith(f"lakeform init: {said}")
    assert not (tmp_path / "lake").exists()


def test_a_folder_of_the_repository_is_kept(served: Packages, programs: Path, tmp_path: Path) -> None:
    install(programs, served.from_wheel)
    (note,) = programs.parent.rglob("lakeform-*.dist-info/direct_url.json")
    found = {"url": GIT_URL, "subdirectory": "tools/x", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}
    note.write_text(json.dumps(found))
    assert init(programs, tmp_path / "lake", "--ci", "github").returncode == 0
    assert pinned(tmp_path / "lake") == f"lakeform @ git+{GIT_URL}@{COMMIT}#subdirectory=tools/x"


# What the user names


@pytest.mark.parametrize(
    "spec",
    [
        EXAMPLE,
        f"lakeform@git+ssh://git@git.example.com/team/lakeform@{COMMIT}",
        f"lakeform[flows] @ {WHEEL}#sha256={DIGEST}",
        f"Lakeform @ {WHEEL}#egg=lakeform&sha512={DIGEST}{DIGEST}",
        f"lakeform @ git+{GIT_URL}@{COMMIT}{COMMIT[:24]}",
    ],
)
def test_a_pinned_address_is_taken_as_it_is(tmp_path: Path, spec: str) -> None:
    assert main(["init", str(tmp_path / "lake"), "--quiet", "--ci", "github", "--lakeform", f" {spec} "]) == 0
    assert pinned(tmp_path / "lake") == spec


def test_an_address_alone_gets_its_name(tmp_path: Path) -> None:
    spec = f"git+{GIT_URL}@{COMMIT}"
    assert main(["init", str(tmp_path / "lake"), "--quiet", "--ci", "github", "--lakeform", spec]) == 0
    assert pinned(tmp_path / "lake") == f"lakeform @ {spec}"


NO_ADDRESS = "has no address: whoever has that name on an index decides what CI runs"
LOGIN = "--lakeform has a login or a token in its address"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("lakeform", f"--lakeform lakeform {NO_ADDRESS}"),
        ("lakeform==0.1.0", f"--lakeform lakeform==0.1.0 {NO_ADDRESS}"),
        (f"lakeform==0.1.0 --hash=sha256:{DIGEST}", "--lakeform is not a requirement with an address that pip reads"),
        ("", "--lakeform is not a requirement"),
        ("x; y", "--lakeform is not a requirement"),
        (f"other @ git+{GIT_URL}@{COMMIT}", "--lakeform names other; the workflow runs lakeform"),
        (f"lakeform @ git+{GIT_URL}", f"--lakeform names no commit of {GIT_URL}"),
        (f"lakeform @ git+{GIT_URL}@main", f"--lakeform names main of {GIT_URL}, which may be another commit tomorrow"),
        (f"lakeform @ git+{GIT_URL}@v0.1.0", "--lakeform names v0.1.0"),
        (f"lakeform @ git+{GIT_URL}@{COMMIT[:12]}", f"--lakeform names {COMMIT[:12]}"),
        (f"lakeform @ git+file://localhost/srv/x@{COMMIT}", "--lakeform names file://localhost/srv/x"),
        (f"lakeform @ file:///srv/x.whl#sha256={DIGEST}", "--lakeform names file:///srv/x.whl, which only"),
        ("lakeform@x", "--lakeform names x, which only this machine can read"),
        (f"lakeform @ {WHEEL}", f"--lakeform names no digest of {WHEEL}: add #sha256="),
        (f"lakeform @ {WHEEL}#sha256=abc", "--lakeform names no digest"),
        (f"lakeform @ {WHEEL}#md5={DIGEST[:32]}", "--lakeform names no digest"),
        (f"lakeform @ git+https://ada:hunter2@git.example.com/x@{COMMIT}", LOGIN),
        (f"lakeform @ git+https://hunter2@git.example.com/x@{COMMIT}", LOGIN),
        (f"lakeform @ {WHEEL}?private_token=hunter2#sha256={DIGEST}", LOGIN),
        (f"lakeform @ git+{GIT_URL}@{COMMIT}#${{{{ github.token }}}}", "--lakeform is not a requirement"),
        (f'lakeform @ git+{GIT_URL}@{COMMIT} ; python_version > "3"', "--lakeform is not a requirement"),
        (f"lakeform @ git+{GIT_URL}@{COMMIT}\nFOO: bar", "--lakeform is not a requirement"),
        ("wheels/none.whl", "--lakeform: there is no file wheels/none.whl"),
    ],
)
def test_what_is_not_pinned_is_refused_with_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spec: str, said: str
) -> None:
    told = refused(capsys, str(tmp_path / "lake"), "--ci", "github", "--lakeform", spec)
    assert told.startswith(said)
    assert "hunter2" not in told
    assert told.splitlines()[1] == "    say what CI is to install, with one of"
    assert not (tmp_path / "lake").exists()


# A wheel that is committed


def test_a_committed_wheel_is_named_with_its_digest_and_installed(
    served: Packages,
    programs: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lake = tmp_path / "lake"
    main(["init", "--quiet", str(lake)])
    wheel = lake / "wheels" / served.wheel
    wheel.parent.mkdir()
    wheel.write_bytes((served.folder / served.wheel).read_bytes())
    monkeypatch.chdir(lake)
    spec = f"wheels/{served.wheel}"
    for wrong in ("", f"#sha256={DIGEST}"):
        told = refused(capsys, ".", "--ci", "github", "--lakeform", f"{spec}{wrong}")
        assert told == f"--lakeform: {spec} has another digest; write {spec}#sha256={served.digest}\n"
    assert main(["init", ".", "--quiet", "--ci", "github", "--lakeform", f"{spec}#sha256={served.digest}"]) == 0
    assert pinned(lake) == f"{spec}#sha256={served.digest}"
    assert _run_install(programs, lake).returncode == 0
    wheel.write_bytes(wheel.read_bytes() + b"x")
    changed = _run_install(programs, lake)
    assert changed.returncode != 0
    assert "HASH" in changed.stderr.upper()


def _run_install(programs: Path, lake: Path) -> subprocess.CompletedProcess[str]:
    """The step of the workflow, as the runner does it."""
    text = (lake / ".github/workflows/lakeform.yaml").read_text("utf-8")
    (script,) = set(re.findall(r"^ +run: (pip install .*)$", text, re.MULTILINE))
    given = {**git_environment(), "PIP_NO_DEPS": "1", "PIP_IGNORE_INSTALLED": "1", "PIP_NO_INDEX": "1"}
    given |= {"GITHUB_WORKSPACE": str(lake), "LAKEFORM": pinned(lake), "PATH": f"{programs}:{given['PATH']}"}
    return subprocess.run(["bash", "-ec", script], cwd=lake, env=given, capture_output=True, text=True, check=False)


def test_a_wheel_outside_of_the_repository_is_refused(
    served: Packages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = f"{served.folder / served.wheel}#sha256={served.digest}"
    told = refused(capsys, str(tmp_path / "lake"), "--ci", "github", "--lakeform", spec)
    assert "is not in the repository, so CI does not have it" in told
    (tmp_path / "x.whl").write_bytes(hashlib.sha256().digest())
    told = refused(
        capsys,
        str(tmp_path / "a"),
        "--repository",
        str(tmp_path),
        "--ci",
        "github",
        "--lakeform",
        str(tmp_path / "x.whl"),
    )
    assert "is not the name of a wheel of lakeform" in told


# Where the workflow goes


def repository(folder: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


CI = ("--ci", "github", "--lakeform", EXAMPLE)


def test_below_the_root_of_a_repository_the_root_has_to_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    top = repository(tmp_path / "top")
    monkeypatch.chdir(top)
    told = refused(capsys, "infra/terraform/constructs", *CI)
    assert told == (
        "infra/terraform/constructs is not the root of its git repository, and workflows are read only there\n"
        "    to write .github/workflows/lakeform.yaml there, for the lake in this folder, add --repository .\n"
    )
    assert not (top / "infra").exists()
    assert main(["init", "infra/terraform/constructs", *CI, "--repository", "."]) == 0
    assert "wrote .github/workflows/lakeform.yaml; " in capsys.readouterr().out
    text = (top / ".github/workflows/lakeform.yaml").read_text("utf-8")
    assert text.count('defaults:\n  run:\n    working-directory: "infra/terraform/constructs"\n\njobs:\n') == 1
    assert text.count('    paths: ["infra/terraform/constructs/**", ".github/workflows/lakeform.yaml"]\n') == 2
    assert not (top / "infra/terraform/constructs/.github").exists()


def test_a_lake_that_exists_gets_nothing_but_the_workflow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = repository(tmp_path / "lake")
    main(["init", "--quiet", str(lake)])
    (lake / "dag/registry/faker.yaml").write_text("# mine\n")
    before = {path for path in lake.rglob("*") if ".git" not in path.parts}
    assert main(["init", str(lake), *CI]) == 0
    workflow = lake / ".github/workflows/lakeform.yaml"
    assert {path for path in lake.rglob("*") if ".git" not in path.parts} - before == {
        workflow,
        *list(workflow.parents)[:2],
    }
    assert (lake / "dag/registry/faker.yaml").read_text() == "# mine\n"
    capsys.readouterr()
    assert main(["init", str(lake), *CI]) == 0
    assert capsys.readouterr().out.endswith("lake/.github/workflows/lakeform.yaml is there already\n")
    workflow.write_text("mine")
    assert refused(capsys, str(lake), *CI) == f"{workflow} exists and stays as it is; remove it, or edit it\n"
    assert workflow.read_text() == "mine"


def test_the_options_of_the_workflow_need_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("--lakeform", EXAMPLE), ("--drift",)):
        assert refused(capsys, str(tmp_path / "lake"), *words) == "--drift and --lakeform need --ci\n"
    told = refused(capsys, str(tmp_path / "lake"), *CI, "--repository", str(tmp_path / "none"))
    assert told == f"{tmp_path / 'lake'} is not in the folder {tmp_path / 'none'}\n"
    assert not (tmp_path / "lake").exists()


# Nothing that we write names a package that others may have


def test_no_file_that_we_give_away_installs_lakeform_by_its_name() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True).stdout
    names = [name for name in listed.decode().split("\0") if name and not name.startswith(("tests/", "dag/"))]
    named = re.compile(r"""pip3? install(?: -\S+)* ["']?lakeform(?! @)|lakeform(?:\[\w+\])?[=~]=|LAKEFORM: lakeform=""")
    found = {name: named.findall((REPOSITORY / name).read_text("utf-8", "replace")) for name in names}
    assert {name: lines for name, lines in found.items() if lines} == {}
