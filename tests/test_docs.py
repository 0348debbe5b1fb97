"""The documents are true: commands run, files shown pass `check`, tables follow the models, links lead somewhere."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
import yaml

from infra.airbyte.local.connector import is_on_index
from infra.base.errors import UserError
from infra.commands.landing import VERBS as LANDING_VERBS
from infra.commands.main import VERBS, main
from infra.lake.documents.yaml_scalar import plain_scalar
from infra.lake.registry.merge import merge
from infra.lake.registry.schedule import CronSchedule
from infra.lake.rules.check import check_lake
from infra.review.details.consequences import CONSEQUENCES
from tests.support.docs_commands import Block, Reader, blocks_of, matches, steps_of
from tests.support.lakes import REPOSITORY, problems_of, run
from tests.support.registry_page import marked_models, wanted_models, with_tables

DOCS = REPOSITORY / "docs"
REGISTRY_PAGE = DOCS / "registry.md"
PAGES = [*(REPOSITORY / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG")), *sorted(DOCS.glob("*.md"))]

# A page of measurements: its commands take minutes.
MEASUREMENTS = "performance.md"

# Words with a hyphen that stand in backticks and are no rules.
OTHER_WORDS = {"tofu-controller", "dagster-airbyte", "lakeform-drift", "working-directory"}


def lake_of_init(root: Path) -> Path:
    """The lake that `lakeform init` makes."""
    assert main(["init", str(root), "--quiet"]) == 0
    return root


def synthesized(root: Path) -> Path:
    """The lake at `root`, with its generated files as they should be."""
    assert main(["synth", "--root", str(root), "--quiet"]) == 0
    return root


def reader_of(root: Path, home: Path) -> Reader:
    """A reader in the lake at `root`, which is a git repository with a remote and everything committed."""
    reader = Reader(root, home)
    reader.run("git init --quiet && git add --all && git commit --quiet --message Start")
    reader.run(
        "git init --quiet --bare ~/origin.git && git remote add origin ~/origin.git && git push --quiet origin main"
    )
    return reader


def follow(page: Path, reader: Reader, request: pytest.FixtureRequest) -> None:
    """Do what a page says; what its commands print must be what it shows."""
    text = page.read_text("utf-8")
    told = reader.follow(text)
    if request.config.getoption("--update-cases", default=False):
        page.write_text(told, "utf-8")
        return
    assert told == text


def lake_of_repository(root: Path) -> Path:
    """A copy of this repository's own lake, without its dbt project."""
    ignored = shutil.ignore_patterns(
        "__pycache__", "processed", "enriched", "models", "macros", "target", "logs", "*.yml"
    )
    for folder in ("dag", "cdktf.out"):
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=ignored)
    for file in ("cdktf.json", "Makefile", ".gitattributes", ".gitignore"):
        shutil.copy(REPOSITORY / file, root / file)
    return root


def test_readme(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = lake_of_repository(tmp_path / "lake")
    follow(REPOSITORY / "README.md", reader_of(root, tmp_path / "home"), request)


def test_adding_a_source(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = synthesized(lake_of_init(tmp_path / "lake"))
    reader = reader_of(root, tmp_path / "home")
    follow(DOCS / "adding-a-source.md", reader, request)
    assert main(["synth", "--check", "--root", str(root)]) == 0
    assert reader.run("git status --short") == ()


@pytest.mark.slow
@pytest.mark.network
def test_adding_a_source_discovers_with_the_real_connector(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        is_on_index("source-recharge")
    except UserError as error:
        pytest.skip(f"cannot run here: {error}")
    monkeypatch.setenv("XDG_CACHE_HOME", os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"))
    page = DOCS / "adding-a-source.md"
    reader = reader_of(synthesized(lake_of_init(tmp_path / "lake")), tmp_path / "home")
    reader.follow(page.read_text("utf-8"))
    shown = catalog_of(reader.path("~/recharge/catalog.jsonl").read_text("utf-8"))
    told = reader.follow(page.read_text("utf-8"), network=True)
    if request.config.getoption("--update-cases", default=False):
        page.write_text(told, "utf-8")
    assert told == page.read_text("utf-8")
    files = [path for path in (reader.root / "dag/sources/recharge").glob("*.json") if path.name != "_discovery.json"]
    real = {stream["name"]: stream for stream in map(json.loads, (path.read_text("utf-8") for path in files))}
    assert shown.items() <= real.items()
    assert f"cut to two of its {['fourteen', 'fifteen', 'sixteen'][len(real) - 14]} streams" in told


def catalog_of(output: str) -> dict[str, object]:
    """The streams of a connector's output, by name."""
    return {stream["name"]: stream for stream in json.loads(output)["catalog"]["streams"]}


def test_conflicts(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = lake_of_init(tmp_path / "lake")
    streams = root / "dag/streams/faker"
    (streams / "products.json").unlink()
    reader = reader_of(synthesized(root), tmp_path / "home")
    for branch, stream in (("select-purchases", "purchases"), ("main", "products")):
        reader.run(f"git switch --quiet main && git switch --quiet {branch} || git switch --quiet --create {branch}")
        (streams / f"{stream}.json").write_text("{}\n", "utf-8")
        synthesized(root)
        reader.run(f"git add --all && git commit --quiet --message 'Select {stream}'")
    reader.run("git switch --quiet select-purchases")
    follow(DOCS / "conflicts.md", reader, request)
    catalog = (streams / "_catalog.json").read_text("utf-8")
    assert [stream["stream"]["name"] for stream in json.loads(catalog)["streams"]] == ["products", "purchases", "users"]


@pytest.mark.slow
def test_reviewing_a_change(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    reader = reader_of(synthesized(lake_of_init(tmp_path / "lake")), tmp_path / "home")
    follow(DOCS / "review.md", reader, request)


def test_the_table_of_consequences_is_the_one_that_reviews_use(request: pytest.FixtureRequest) -> None:
    page = DOCS / "review.md"
    text = page.read_text("utf-8")
    rows = [
        f"| {kind.replace('-', ' ')} | `{row.label}` | {row.why} | {row.source} |" for kind, row in CONSEQUENCES.items()
    ]
    table = "\n".join(["| change | consequence | why | known from |", "|---|---|---|---|", *rows])
    before, _, rest = text.partition("<!-- consequences -->\n")
    wanted = f"{before}<!-- consequences -->\n{table}\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    if request.config.getoption("--update-cases", default=False):
        page.write_text(wanted, "utf-8")
        return
    assert text == wanted


def test_gitops(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = synthesized(lake_of_init(tmp_path / "lake"))
    follow(DOCS / "gitops.md", reader_of(root, tmp_path / "home"), request)
    assert run(root, "flux", "--check").out == ""


def test_import(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = synthesized(lake_of_init(tmp_path / "lake"))
    follow(DOCS / "import.md", reader_of(root, tmp_path / "home"), request)


def test_output_for_programs(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = synthesized(lake_of_init(tmp_path / "lake"))
    follow(DOCS / "json.md", reader_of(root, tmp_path / "home"), request)


def test_landing(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = lake_of_repository(tmp_path / "lake")
    follow(DOCS / "landing.md", reader_of(root, tmp_path / "home"), request)


@pytest.mark.slow
@pytest.mark.network
def test_dagster(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a real connector, in a new lake."""
    try:
        is_on_index("source-faker")
    except UserError as error:
        pytest.skip(f"cannot run here: {error}")
    monkeypatch.setenv("XDG_CACHE_HOME", os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"))
    root = tmp_path / "lake"
    assert main(["init", str(root), "--quiet", "--landing"]) == 0
    page = DOCS / "dagster.md"
    told = reader_of(root, tmp_path / "home").follow(page.read_text("utf-8"), network=True)
    if request.config.getoption("--update-cases", default=False):
        page.write_text(told, "utf-8")
        return
    assert told == page.read_text("utf-8")


def test_models(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = lake_of_repository(tmp_path / "lake")
    follow(DOCS / "models.md", reader_of(root, tmp_path / "home"), request)


def test_upgrades(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = lake_of_init(tmp_path / "lake")
    follow(DOCS / "upgrades.md", reader_of(root, tmp_path / "home"), request)


def test_flows(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = tmp_path / "lake"
    assert main(["init", str(root), "--quiet", "--landing"]) == 0
    follow(DOCS / "flows.md", reader_of(root, tmp_path / "home"), request)


def files_of(blocks: list[Block]) -> dict[str, str]:
    """Name -> text of the files that blocks show."""
    return {
        block.info[0]: block.text for block in blocks if block.language in ("yaml", "json", "terraform") and block.info
    }


def sections_of_examples() -> list[str]:
    """The sections of the reference that hold examples."""
    return list(dict.fromkeys(block.section for block in blocks_of(REGISTRY_PAGE.read_text("utf-8")) if block.info))


def examples_of(section: str, *, refused: bool) -> list[Block]:
    """The examples of a section: those that stand together, or those that are refused."""
    blocks = [block for block in blocks_of(REGISTRY_PAGE.read_text("utf-8")) if block.section == section and block.info]
    return [block for block in blocks if any(word.startswith("refused=") for word in block.info) == refused]


def lake_of_examples(root: Path, blocks: list[Block]) -> Path:
    """The lake of `lakeform init` with the files of these blocks."""
    lake_of_init(root)
    for name, text in files_of(blocks).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("section", sections_of_examples())
def test_examples_of_the_reference_are_a_lake_without_problems(tmp_path: Path, section: str) -> None:
    root = lake_of_examples(tmp_path / "lake", examples_of(section, refused=False))
    assert rules_of(root) == set()


@pytest.mark.parametrize("section", sections_of_examples())
def test_examples_that_are_refused_are_refused_for_the_reason_given(tmp_path: Path, section: str) -> None:
    together = examples_of(section, refused=False)
    for block in examples_of(section, refused=True):
        root = lake_of_examples(tmp_path / block.info[0], [*together, block])
        assert {f"refused={rule}" for rule in rules_of(root)} == set(block.info[1:])
        fixes = [line for problem in problems_of(root) for line in problem.fix.splitlines()]
        assert "cron-five-fields" not in block.info[1] or fixes == ['write "0 30 6 ? * 2"']


def test_overrides_give_what_the_reference_says(tmp_path: Path) -> None:
    root = lake_of_examples(tmp_path / "lake", examples_of("Overrides", refused=False))
    model = check_lake(root, catalogs=False).model
    assert model is not None
    staging, prod = (model.stacks[id_] for id_ in ("staging", "prod"))
    assert [stack.connections["faker_hourly"].settings.schedule for stack in (staging, prod)] == [
        CronSchedule.model_validate({"cron": "0 0 * * * ?"}),
    ] * 2
    formats = [(stack.destinations["data_lake"].settings.configuration or {})["format"] for stack in (staging, prod)]
    assert formats == [{"format_type": "JSONL"}, {"format_type": "Parquet", "compression_codec": "ZSTD"}]


def rules_of(root: Path) -> set[str]:
    """The rules that a lake breaks, but for entries without a connection, and variables that its lake.yaml would describe."""
    return {str(problem.rule) for problem in problems_of(root)} - {"unused-entry", "variable-unknown"}


def test_tables_of_keys_are_those_of_the_models(request: pytest.FixtureRequest) -> None:
    page = REGISTRY_PAGE.read_text("utf-8")
    if request.config.getoption("--update-cases", default=False):
        REGISTRY_PAGE.write_text(with_tables(page), "utf-8")
    else:
        assert with_tables(page) == page


def test_every_model_has_its_table() -> None:
    assert sorted(marked_models(REGISTRY_PAGE.read_text("utf-8"))) == sorted(wanted_models())


def rows_of(name: str) -> list[list[str]]:
    """The cells in backticks of a table of the reference, without its head."""
    _, _, rest = REGISTRY_PAGE.read_text("utf-8").partition(f"<!-- {name} -->\n")
    return [re.findall("`([^`]*)`", line) for line in rest.partition("<!-- /")[0].splitlines()[2:]]


@pytest.mark.parametrize(("typed", "value"), [row[:2] for row in rows_of("values")])
def test_values_are_what_the_reference_says(typed: str, value: str) -> None:
    assert json.dumps(plain_scalar(typed)) == value


@pytest.mark.parametrize(("piece", "over", "result"), rows_of("merges"))
def test_pieces_merge_as_the_reference_says(piece: str, over: str, result: str) -> None:
    assert merge(yaml.safe_load(piece), yaml.safe_load(over)) == yaml.safe_load(result)


def test_the_readme_names_every_verb_and_no_other() -> None:
    table = re.findall(r"^\| `lakeform (\w+)", (REPOSITORY / "README.md").read_text("utf-8"), re.MULTILINE)
    assert table == list(VERBS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_running_text_exist(page: Path, tmp_path: Path) -> None:
    for command in re.findall(r"`(?:\.venv/bin/)?lakeform ([^`]+)`", page.read_text("utf-8")):
        verb, *words = command.split()
        assert verb in VERBS, command
        kinds = {"add": ("source", "destination", "stream", "flow", "connection"), "landing": tuple(LANDING_VERBS)}
        kind = [word for word in words[:1] if word in kinds.get(verb, ())]
        known = run(tmp_path, verb, *kind, "--help").out
        assert [word for word in words if word.startswith("--") and word not in known] == [], command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_exist(page: Path) -> None:
    targets = re.findall(r"^([a-z0-9-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"(?:`|^)make ([a-z0-9-]+)", page.read_text("utf-8"), re.MULTILINE)) <= set(targets)


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != MEASUREMENTS], ids=lambda page: page.name)
def test_every_command_shown_is_one_that_a_test_runs(page: Path) -> None:
    blocks = blocks_of(page.read_text("utf-8"))
    assert {block.language for block in blocks} <= {"console", "yaml", "json", "diff", "text", "sh", "sql", "terraform"}
    if page.name not in (
        "README.md",
        "adding-a-source.md",
        "backfill.md",
        "conflicts.md",
        "dagster.md",
        "drift.md",
        "flows.md",
        "gitops.md",
        "import.md",
        "json.md",
        "landing.md",
        "models.md",
        "monorepo.md",
        "review.md",
        "secrets.md",
        "start.md",
        "upgrade.md",
        "upgrades.md",
    ):
        assert [block.text for block in blocks if block.language in ("console", "sh")] == []
    assert [block.text for block in blocks if block.language == "sh"] in ([], ["make synth\nmake test\n"])
    assert all(block.text.startswith("$ ") for block in blocks if block.language == "console")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_rules_that_are_mentioned_exist(page: Path) -> None:
    words = set(re.findall("`([a-z]+(?:-[a-z]+)+)`", page.read_text("utf-8")))
    assert words - texts_in_code() - known_names() - OTHER_WORDS == set()


@cache
def texts_in_code() -> set[str]:
    """Every string of the library."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (REPOSITORY / "infra").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def known_names() -> set[str]:
    """Packages and connectors, whose names look like those of rules."""
    packages = re.findall('"([a-z-]+)', (REPOSITORY / "pyproject.toml").read_text("utf-8"))
    packages += json.loads((REPOSITORY / "package.json").read_text("utf-8"))["dependencies"]
    return {*packages, *(path.stem for path in (REPOSITORY / "dag/connectors").glob("*.json"))}


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        (["a", "b"], ["a"], False),
        (["..."], [], True),
        (["a", "...", "c"], ["a", "b", "b", "c"], True),
        (["a", "...", "c"], ["a", "b"], False),
        (["...", "c", "..."], ["a", "c", "d"], True),
    ],
)
def test_output_that_is_shown_is_compared(shown: list[str], printed: list[str], same: bool) -> None:
    assert matches(tuple(shown), tuple(printed)) is same


def test_a_wrong_document_is_noticed(tmp_path: Path) -> None:
    reader = Reader(tmp_path, tmp_path / "home")
    assert reader.follow("```console\n$ echo one\ntwo\n$ echo three\n```\n") == (
        "```console\n$ echo one\none\n$ echo three\n```\n"
    )
    with pytest.raises(AssertionError, match="exit code 3, not 0"):
        reader.follow("```console\n$ exit 3\n```\n")
    with pytest.raises(AssertionError, match="does not hold"):
        reader.follow("```json x.json\n{}\n```\n\n```diff x.json\n-[]\n+{}\n```\n")


def test_steps_are_commands_with_what_follows_them() -> None:
    (block,) = blocks_of("## One\n\n```console exit=1\n$ a\nb\n$ c\n```\n")
    assert [(step.command, step.shown) for step in steps_of(block)] == [("a", ("b",)), ("c", ())]
    assert (block.info, block.section) == (("exit=1",), "One")
