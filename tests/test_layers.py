"""Data flows one way through the code, and only one module knows CDKTF."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lakes import REPOSITORY

# Each may import itself and those before it.
LAYERS = (
    "documents",
    "connectors",
    "registry",
    "catalog",
    "model",
    "rules",
    "server",
    "protocol",
    "scaffold",
    "review",
    "gitops",
    "operate",
    "airbyte",
    "stacks",
    "commands",
)

# Constructs take what was checked; checking never asks them.
FORBIDDEN = {("airbyte", "rules"), ("airbyte", "commands")}

CDKTF = {"cdktf", "cdktn", "constructs", "jsii"}

THE_ONE_MODULE = "infra/terraform/constructs/tf.py"

MODULES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for folder in ("infra", "stacks")
    for path in (REPOSITORY / folder).rglob("*.py")
)


def imports_of(module: str) -> Iterator[str]:
    """Dotted names of everything that a module imports, also inside functions and as text for `import_module`."""
    tree = ast.parse((REPOSITORY / module).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of(name: str) -> str | None:
    """The layer of a module, by dotted name; None for what is in none, such as the standard library."""
    parts = name.split(".")
    if parts[0] == "stacks":
        return "stacks"
    return parts[1] if parts[0] == "infra" and len(parts) > 1 and parts[1] in LAYERS else None


def dotted(module: str) -> str:
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.mark.parametrize("module", [module for module in MODULES if layer_of(dotted(module))])
def test_a_module_imports_only_from_its_layer_and_those_before_it(module: str) -> None:
    own = layer_of(dotted(module))
    assert own is not None
    wrong = []
    for name in imports_of(module):
        other = layer_of(name)
        if other and (LAYERS.index(other) > LAYERS.index(own) or (own, other) in FORBIDDEN):
            wrong.append(name)
    assert wrong == []


def test_every_package_of_the_library_has_its_place_in_the_order() -> None:
    packages = {path.parent.name for path in (REPOSITORY / "infra").glob("*/*.py")}
    assert packages <= set(LAYERS)


def test_modules_outside_the_layers_import_nothing_of_them_but_the_command_line() -> None:
    loose = {module: list(imports_of(module)) for module in MODULES if layer_of(dotted(module)) is None}
    found = {(module, name) for module, names in loose.items() for name in names if layer_of(name)}
    assert found == {("infra/__main__.py", "infra.commands.main.main")}


def test_only_one_module_imports_cdktf() -> None:
    found = {module for module in MODULES for name in imports_of(module) if name.partition(".")[0] in CDKTF}
    assert found == {THE_ONE_MODULE}


def test_only_constructs_and_the_app_import_that_module() -> None:
    users = {
        module for module in MODULES for name in imports_of(module) if name.startswith("infra.terraform.constructs.tf")
    }
    assert {layer_of(dotted(module)) for module in users} == {"airbyte", "stacks"}


def test_bodies_of_resources_are_made_without_cdktf() -> None:
    assert (
        loaded_by(
            "import infra.terraform.constructs.bodies, infra.terraform.constructs.document, infra.terraform.constructs.history"
        )
        == set()
    )


def test_the_library_imports_nothing_of_dag_or_tests() -> None:
    names = {name.partition(".")[0] for module in MODULES for name in imports_of(module)}
    assert names & {"dag", "tests"} == set()


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
    assert Path(REPOSITORY, THE_ONE_MODULE).is_file()
    assert len(MODULES) > 60
