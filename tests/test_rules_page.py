"""docs/rules.md is true: every rule has its section, its example gives just that problem, and the correction none."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import chdir
from pathlib import Path

import pytest

from infra.commands.main import main
from infra.lake.documents.rule_id import RULE_IDS, RuleId
from tests.lake.test_cases import CASES, EXPECTED, PROBLEMS, TOLD, lake_of
from tests.support.docs_commands import Block, blocks_of
from tests.support.lakes import REPOSITORY, Result, run
from tests.support.rules_page import INTRODUCTION, Section, apply, base_of, found_by, headings_of, replaced, section_of

PAGE = REPOSITORY / "docs/rules.md"
TEXT = PAGE.read_text("utf-8")

# The section whose example the introduction shows.
SHOWN = "unknown-key"

AS_JSON = ("--format", "json")

# The golden cases run `lakeform check` without options; the examples of the page run what the section says. No golden case
# has a document of megabytes.
NOT_IN_CASES = {"stack-too-large", "flow-stale", *(rule for rule in RULE_IDS if found_by(TEXT, rule) != ["check"])}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of the examples, with its catalogs."""
    root = tmp_path_factory.mktemp("page") / "lake"
    assert main(["init", str(root), "--quiet"]) == 0
    apply(root, base_of(TEXT))
    assert run(root, "catalog", "--quiet").code == 0
    return root


@pytest.fixture
def lake(base: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(base, tmp_path / "lake")


def check(root: Path, rule: str, *words: str) -> Result:
    """The command that tells of a rule."""
    verb, *options = found_by(TEXT, rule)
    with chdir(root):
        return run(root, verb, "--quiet", *options, *words)


def mistaken(root: Path, section: Section) -> Path:
    """The lake with the mistake of a section; its generated files are as current as they can be."""
    if section.rule in ("synth-stale", "flux-stale"):
        assert run(root, "synth", "--quiet").code == 0
    generated = 1 if section.rule == "flux-stale" else 0
    apply(root, section.mistake[:generated])
    assert not generated or run(root, "flux", "--quiet").code == 0
    apply(root, section.mistake[generated:])
    if section.rule not in ("catalog-stale", "flow-stale"):
        run(root, "catalog", "--quiet")
    return root


def test_every_rule_has_its_section_in_order() -> None:
    assert headings_of(TEXT) == [*INTRODUCTION, *RULE_IDS]


def test_the_overview_names_every_rule_once() -> None:
    overview = TEXT.partition("\n## ")[0]
    assert sorted(re.findall(r"\[([a-z-]+)\]\(#\1\)", overview)) == sorted(RULE_IDS)


def test_the_lake_of_the_examples_has_no_problem(lake: Path) -> None:
    assert check(lake, "synth-stale").out.count("synth-stale") == 1
    assert check(lake, "").out == ""


def test_the_page_shows_what_check_prints(base: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    given: dict[Block, str] = {}
    for rule in RULE_IDS:
        section = section_of(TEXT, rule)
        root = mistaken(shutil.copytree(base, tmp_path / rule), section)
        given[section.output] = check(root, rule).out
    text, as_json = (block for block in blocks_of(TEXT) if block.section == INTRODUCTION[0])
    given |= {block: check(tmp_path / SHOWN, SHOWN, *words).out for block, words in ((text, ()), (as_json, AS_JSON))}
    if pytestconfig.getoption("--update-cases"):
        PAGE.write_text(replaced(TEXT, given), "utf-8")
    else:
        assert {(block.section, block.language): block.text for block in given} == {
            (block.section, block.language): printed for block, printed in given.items()
        }


@pytest.mark.parametrize("rule", RULE_IDS)
def test_the_example_breaks_this_rule_once_and_no_other(lake: Path, rule: RuleId) -> None:
    section = section_of(TEXT, rule)
    result = check(mistaken(lake, section), rule, *AS_JSON)
    (problem,) = json.loads(result.out)["problems"]
    assert problem["rule"] == rule
    warns = problem["severity"] == "warning"
    assert result.code == (0 if warns else 1)
    assert section.prose.lstrip().startswith("A warning. ") == warns


@pytest.mark.parametrize("rule", RULE_IDS)
def test_the_correction_leaves_no_problem(lake: Path, rule: RuleId) -> None:
    section = section_of(TEXT, rule)
    apply(mistaken(lake, section), section.correction)
    assert run(lake, section.command or "catalog", "--quiet").code == 0
    assert check(lake, rule) == Result(0, "", "")


def test_strict_makes_a_warning_a_problem(lake: Path) -> None:
    assert check(mistaken(lake, section_of(TEXT, "drift-prone")), "", "--strict").code == 1


def lone_problems() -> dict[str, list[str]]:
    """Rule -> the golden cases that tell one problem, of this rule."""
    cases: dict[str, list[str]] = {}
    for case in TOLD:
        told = re.findall(r"^\S+:\d+:\d+  ([a-z-]+)  ", (CASES / case / PROBLEMS).read_text("utf-8"), re.MULTILINE)
        if len(told) == 1:
            cases.setdefault(told[0], []).append(case)
    return cases


@pytest.mark.parametrize("rule", sorted(set(RULE_IDS) - NOT_IN_CASES))
def test_a_golden_case_breaks_the_rule_alone_and_its_twin_keeps_it(rule: str) -> None:
    cases = lone_problems().get(rule, [])
    twins = [CASES / f"{case}-fixed" for case in cases if (CASES / f"{case}-fixed").exists()]
    assert twins, cases
    for twin in twins:
        assert list(twin.glob(f"{EXPECTED}/*.tf.json"))
        assert not (twin / PROBLEMS).exists()


def test_every_twin_is_that_of_a_case() -> None:
    twins = [case.name for case in CASES.iterdir() if case.name.endswith("-fixed")]
    assert [twin for twin in twins if twin.removesuffix("-fixed") not in TOLD] == []


def test_the_twin_of_a_stale_catalog_is_current(tmp_path: Path) -> None:
    assert check(lake_of("catalog-stale-changed-fixed", tmp_path), "") == Result(0, "", "")
