"""Golden cases: each folder below tests/cases/ is a lake that shows one thing, and what comes of it.

A case holds `dag/` and either `expected-problems.txt`, the whole output of `lakeform check`, or `expected/` with
`<stack>.tf.json` for every stack and, where generated catalogs are the point, their texts under their own paths; a case
of a warning holds both.
Locks are the repository's unless the case has its own. A new case is a new folder: give it an empty
`expected-problems.txt` or none, run `pytest --update-cases`, and read what was written.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.lake.documents import render_json
from infra.lake.model.catalogs import catalogs_of
from infra.lake.rules.check import check_lake
from stacks.app import build_app
from tests.support.lakes import REPOSITORY, run, write_lake

CASES = REPOSITORY / "tests/cases"
PROBLEMS = "expected-problems.txt"
EXPECTED = "expected"

TOLD = sorted(path.parent.name for path in CASES.glob(f"*/{PROBLEMS}"))
SYNTHESIZED = sorted(path.name for path in CASES.iterdir() if path.name not in TOLD or (path / EXPECTED).is_dir())


def lake_of(case: str, root: Path) -> Path:
    """A copy of the case's lake, without what is expected of it."""
    folder = CASES / case
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return write_lake(root, {name: data for name, data in files.items() if name.startswith("dag/")})


def expected_of(case: str) -> dict[str, str]:
    """Name -> text of everything that the case expects."""
    folder = CASES / case / EXPECTED
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in paths}


def synthesized(case: str, root: Path) -> dict[str, str]:
    """`<stack>.tf.json` and path of a catalog -> text: all that `synth` would write for the lake."""
    checked = check_lake(lake_of(case, root), catalogs=False)
    if case in TOLD:
        assert checked.report.errors == ()
    else:
        assert checked.report.to_text() == ""
    stacks = build_app(checked.model, root / "cdktf.out")[1]
    texts = {f"{stack.name}.tf.json": render_json(stack.to_terraform()) for stack in stacks}
    return {**texts, **catalogs_of(checked.model)}


def write_expected(case: str, given: dict[str, str]) -> None:
    """Rewrite the stacks of a case, and the catalogs that it shows already."""
    shown = {name for name in given if name.endswith(".tf.json")} | set(expected_of(case))
    for name in shown:
        path = CASES / case / EXPECTED / name
        if name in given:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(given[name].encode())
        else:
            path.unlink()


@pytest.mark.parametrize("case", SYNTHESIZED)
def test_case_synthesizes_to_the_expected_text(case: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    given = synthesized(case, tmp_path)
    if pytestconfig.getoption("--update-cases"):
        write_expected(case, given)
    expected = expected_of(case)
    assert {name: given.get(name) for name in expected} == expected
    assert {name for name in given if name.endswith(".tf.json")} <= expected.keys()


@pytest.mark.parametrize("case", TOLD)
def test_case_is_told_with_the_expected_problems(case: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    result = run(lake_of(case, tmp_path), "check", "--quiet")
    expected = CASES / case / PROBLEMS
    if pytestconfig.getoption("--update-cases"):
        expected.write_bytes(result.out.encode())
    assert result.out == expected.read_bytes().decode()
    assert result.out, "the case shows no problem"
    assert result.code == (1 if "problem" in result.out.splitlines()[-1] else 0)
    assert result.err == ""


def test_synth_writes_what_the_cases_expect(tmp_path: Path) -> None:
    root = lake_of("two-stacks-with-overrides", tmp_path)
    assert run(root, "synth", "--quiet").code == 0
    written = {path.parent.name: path.read_text("utf-8") for path in root.glob("cdktf.out/stacks/*/cdk.tf.json")}
    expected = expected_of("two-stacks-with-overrides")
    assert written == {name.removesuffix(".tf.json"): text for name, text in expected.items()}


def test_every_case_shows_one_lake() -> None:
    strays = [folder.name for folder in CASES.iterdir() if not (folder / "dag/registry").is_dir()]
    assert strays == []
    assert len({*SYNTHESIZED, *TOLD}) >= 50
