"""The house: each room imports only those before it, folders of a room likewise, and one module alone knows CDKTF."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.lakes import REPOSITORY

# Room -> its folders. Each may import itself and those before it; what stands in a room beside its folders comes first.
HOUSE: dict[str, tuple[str, ...]] = {
    "base": (),
    "lake": (
        *("documents", "values", "connectors", "registry", "catalog", "model"),
        *("files", "replication", "evolution", "models", "rules", "editor"),
    ),
    "secrets": (),
    "review": ("sides", "details", "rails", "render"),
    "airbyte": ("server", "local", "discover", "workspace"),
    "terraform": ("constructs", "explain"),
    "scaffold": (),
    "move": ("server", "terraform", "entries", "drift", "review"),
    "gitops": ("flux", "cluster"),
    "landing": ("types", "engine", "feed", "read", "flows", "orchestration"),
    "page": (),
    "stacks": (),
    "commands": (),
}
ORDER = {
    place: number
    for number, place in enumerate(
        place for room, folders in HOUSE.items() for place in (room, *(f"{room}/{folder}" for folder in folders))
    )
}

# Constructs take what was checked; checking never asks them.
FORBIDDEN = {("terraform/constructs", "lake/rules")}

# The lake says what its files say: it asks no server and starts no program.
OUTSIDE = {"http", "requests", "socket", "ssl", "subprocess", "urllib3", "urllib.request"}
OUTSIDE_IN_BASE = {"process", "transport", "revision", "git"}

CDKTF = {"cdktf", "cdktn", "constructs", "jsii"}

THE_ONE_MODULE = "infra/terraform/constructs/tf.py"

FILES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for folder in ("infra", "stacks")
    for path in (REPOSITORY / folder).rglob("*.py")
)
MODULES = {file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in FILES}


@dataclass(frozen=True)
class Arrow:
    """An import.

    Attributes:
        name: the dotted name of what is imported, with the name taken from it.
        target: its file; None for what is not ours.
    """

    file: str
    line: int
    name: str
    target: str | None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.target}: {place_of(self.file)} -> {place_of(self.target or '')}"


def arrows_of(file: str) -> Iterator[Arrow]:
    """Everything that a file imports, also inside functions."""
    for node in ast.walk(ast.parse((REPOSITORY / file).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (Arrow(file, node.lineno, name, target_of(name)) for name in names)


def target_of(name: str) -> str | None:
    """The file of a module, or of the module that a name is taken from."""
    return MODULES.get(name) or MODULES.get(name.rpartition(".")[0])


ARROWS = [arrow for file in FILES for arrow in arrows_of(file)]


def place_of(file: str) -> str | None:
    """`lake/rules`, or `secrets` for a room without folders; None for what is in no room."""
    parts = file.split("/")[:-1]
    if parts[:1] == ["stacks"]:
        return "stacks"
    return "/".join(parts[1:3]) if len(parts) > 1 else None


def is_wrong(arrow: Arrow) -> bool:
    own, other = place_of(arrow.file), place_of(arrow.target or "")
    return bool(own and other) and (ORDER[other or ""] > ORDER[own or ""] or (own, other) in FORBIDDEN)


def test_each_room_and_folder_imports_only_those_before_it() -> None:
    assert [str(arrow) for arrow in ARROWS if is_wrong(arrow)] == []


def test_every_file_has_its_place_in_the_house() -> None:
    assert [file for file in FILES if place_of(file) not in {None, *ORDER}] == []
    assert [file for file in FILES if place_of(file) is None] == ["infra/__init__.py", "infra/__main__.py"]


def test_what_stands_in_no_room_is_the_version_and_the_way_in() -> None:
    own = {(a.file, a.name) for a in ARROWS if place_of(a.file) is None and a.target}
    assert own == {("infra/__main__.py", "infra.commands.main.main")}
    assert {a.name for a in ARROWS if a.target == "infra/__init__.py"} <= {"infra", "infra.__version__"}


def test_the_lake_asks_no_server_and_starts_no_program() -> None:
    outside = OUTSIDE | {f"infra.base.{name}" for name in OUTSIDE_IN_BASE}
    found = [
        f"{arrow.file}:{arrow.line} imports {arrow.name}"
        for arrow in ARROWS
        if arrow.file.startswith("infra/lake/") and any(f"{arrow.name}.".startswith(f"{name}.") for name in outside)
    ]
    assert found == []


@pytest.mark.parametrize(("package", "module"), [("sqlglot", "parser"), ("jinja2", "jinja")])
def test_only_one_module_imports_what_reads_models(package: str, module: str) -> None:
    found = {arrow.file for arrow in ARROWS if arrow.name.partition(".")[0] == package}
    assert found == {f"infra/lake/models/{module}.py"}


def test_a_lake_is_checked_without_what_reads_models() -> None:
    parsers = {"sqlglot", "jinja2"}
    assert loaded_by("import infra.commands.check, infra.commands.impact, infra.review.rails.review", parsers) == set()
    assert loaded_by("import infra.lake.models.lake_graph", parsers) == parsers


def test_only_one_module_imports_cdktf() -> None:
    assert {arrow.file for arrow in ARROWS if arrow.name.partition(".")[0] in CDKTF} == {THE_ONE_MODULE}


def test_only_constructs_and_the_app_import_that_module() -> None:
    users = {place_of(arrow.file) for arrow in ARROWS if arrow.target == THE_ONE_MODULE}
    assert users == {"terraform/constructs", "stacks"}


def test_bodies_of_resources_are_made_without_cdktf() -> None:
    names = ", ".join(f"infra.terraform.constructs.{name}" for name in ("bodies", "fragments", "moved_blocks"))
    assert loaded_by(f"import {names}") == set()


def test_the_library_imports_nothing_of_dag_or_tests() -> None:
    assert {arrow.name.partition(".")[0] for arrow in ARROWS} & {"dag", "tests"} == set()


@pytest.mark.parametrize(
    "code",
    [
        "import infra.commands.main",
        "from infra.commands.main import main; main(['check', '--quiet'])",
        "from infra.commands.main import main; main(['check', '--format', 'json'])",
        "from infra.commands.main import main; main(['catalog', '--check'])",
        "from infra.commands.main import main; main(['schema'])",
    ],
    ids=["import", "check", "check as JSON", "catalog", "schema"],
)
def test_commands_that_need_no_constructs_never_load_cdktf(code: str) -> None:
    assert loaded_by(code) == set()


def test_the_command_line_loads_neither_pydantic_nor_yaml_before_it_knows_the_verb() -> None:
    names = {"pydantic", "yaml"}
    assert loaded_by("import infra.commands.main", names) == set()


def loaded_by(code: str, names: set[str] = CDKTF) -> set[str]:
    """Which of the packages `code` loads, in a process of its own at the root of the example."""
    program = f"{code}\nimport sys\nsys.stderr.write(' '.join(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return names & {name.partition(".")[0] for name in done.stderr.splitlines()[-1].split()}


def test_the_tests_of_layers_see_the_whole_library() -> None:
    assert len([arrow for arrow in ARROWS if arrow.target]) > 1000
    assert {place.partition("/")[0] for place in map(place_of, FILES) if place} >= {
        "base",
        "lake",
        "stacks",
        "commands",
    }
