"""A connector's package in a cache of its own: which version, with which Python, installed once, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.airbyte.local.cache import Installed, cache_folder, install, installed
from infra.airbyte.local.configuration import Configuration
from infra.airbyte.local.connector import discover_here, discover_manifest, is_on_index, spec_here
from infra.airbyte.local.program import with_manifest
from infra.airbyte.local.python import Python, fitting_python, running_python
from infra.base.errors import UserError
from tests.support.lakes import REPOSITORY
from tests.support.packages import CATALOG, CONNECTOR, SPEC, place, use_index, write_wheel

pytestmark = pytest.mark.slow

PACKAGE = "airbyte-source-fake"
MINOR = f"py{sys.version_info[0]}.{sys.version_info[1]}"
ABSENT = "Airbyte publishes some connectors as images only"

RUNNER = f"""\
{CONNECTOR.partition("def run")[0]}
def run():
    config = option("--config")
    streams = config["__injected_declarative_manifest"]["streams"]
    if "--components-path" in sys.argv:
        streams = [{{"name": open(sys.argv[sys.argv.index("--components-path") + 1]).read()}}]
    say(type="CATALOG", catalog={{"streams": [s | {{"json_schema": {{}}}} for s in streams]}})
"""

RUNNERS = {"airbyte-cdk": "airbyte_cdk:other", "source-declarative-manifest": "airbyte_cdk:run"}
RUNNER_PATH = "bin/source-declarative-manifest"

MANIFEST = """\
version: 6.0.0
streams: [{name: things}]
spec:
  connection_specification: {type: object, properties: {since: {type: string}}}
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index that is a folder, and an empty cache."""
    use_index(monkeypatch, tmp_path / "index", tmp_path / "cache")
    (tmp_path / "index").mkdir()
    return tmp_path / "index"


@pytest.fixture
def told() -> list[str]:
    return []


def folders() -> list[str]:
    return sorted(path.name for path in cache_folder().glob("*") if path.is_dir())


def fault(package: str = PACKAGE, version: str | None = None, **more: bool) -> str:
    with pytest.raises(UserError) as caught:
        install(package, version, print, **more)
    message = str(caught.value)
    assert message.isprintable()
    return message


# Which version


def test_the_wanted_version_is_installed_once_and_then_needs_no_index(
    index: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("1.0.0", "1.10.0", "1.9.0"):
        write_wheel(index, PACKAGE, version)
    first = install(PACKAGE, "1.9.0", told.append)
    assert first == Installed(PACKAGE, "1.9.0", cache_folder() / f"{PACKAGE}-1.9.0-{MINOR}")
    assert told == [f"installing {PACKAGE} 1.9.0 with Python {MINOR[2:]}, once", f"installed {PACKAGE} 1.9.0"]
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    assert install(PACKAGE, "1.9.0", told.append) == first
    assert len(told) == 2


def test_the_newest_is_taken_by_number_where_none_is_named_or_the_named_one_is_not_there(
    index: Path, told: list[str]
) -> None:
    for version in ("1.9.0", "1.10.0", "1.11.0.dev1"):
        write_wheel(index, PACKAGE, version)
    assert install(PACKAGE, None, told.append).version == "1.10.0"
    assert install(PACKAGE, "2.17.3", told.append).version == "1.10.0"
    assert install(PACKAGE, "custom", told.append).version == "1.10.0"
    assert told[2:] == [
        f"{PACKAGE} 2.17.3 is not on the package index, using 1.10.0",
        f"{PACKAGE} custom is not on the package index, using 1.10.0",
    ]
    assert install(PACKAGE, "2.17.3", told.append).instead_of == "2.17.3"
    assert install(PACKAGE, None, told.append).instead_of is None
    assert folders() == [f"{PACKAGE}-1.10.0-{MINOR}"]


def test_exactly_a_version_that_is_not_there_is_refused(index: Path) -> None:
    write_wheel(index, PACKAGE, "1.0.0")
    assert fault(version="2.0.0", exactly=True) == f"{PACKAGE} 2.0.0 is not on the package index; the newest is 1.0.0"
    assert folders() == []


@pytest.mark.usefixtures("index")
def test_a_package_that_the_index_does_not_have(told: list[str]) -> None:
    assert fault(version="1.0.0") == f"{PACKAGE} is not on the package index; {ABSENT}"
    assert fault() == f"{PACKAGE} is not on the package index; {ABSENT}"
    assert not is_on_index("source-fake")
    assert told == []


def test_a_package_of_a_longer_name_is_another_one(index: Path) -> None:
    place(index.parent / "cache", f"{PACKAGE}-2", "3.0.0")
    assert installed(PACKAGE) is None
    assert not is_on_index("source-fake")
    assert is_on_index("source-fake-2")


# Without the index


@pytest.fixture
def unreachable(index: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache beside an index that refuses connections."""
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://me:s3cret@127.0.0.1:9/simple")
    return index.parent / "cache"


def test_without_the_index_the_newest_of_the_cache_is_used(unreachable: Path, told: list[str]) -> None:
    for version in ("1.9.0", "1.10.0"):
        place(unreachable, PACKAGE, version)
    assert install(PACKAGE, "2.0.0", told.append).version == "1.10.0"
    assert told == [f"the package index cannot be reached, using {PACKAGE} 1.10.0 from the cache"]
    assert is_on_index("source-fake")
    assert "cannot be reached, and airbyte-source-fake 2.0.0 is not in" in fault(version="2.0.0", exactly=True)


@pytest.mark.usefixtures("unreachable")
def test_without_the_index_and_the_cache_there_is_one_message_without_the_password() -> None:
    message = f"the package index cannot be reached, and {PACKAGE} 1.0.0 is not in {cache_folder()}"
    assert fault(version="1.0.0") == message
    with pytest.raises(UserError) as caught:
        is_on_index("source-fake")
    assert str(caught.value) == f"the package index cannot be reached, and {PACKAGE} is not installed"


# Whole or not at all


def test_an_installation_that_was_cut_off_is_never_used(index: Path, told: list[str]) -> None:
    write_wheel(index, PACKAGE, "1.0.0")
    folder = place(index.parent / "cache", PACKAGE, "1.0.0")
    (folder / ".complete").unlink()
    (folder / "bin/source-fake").write_text("half")
    (folder / "left.over").touch()
    assert installed(PACKAGE) is None
    assert install(PACKAGE, "1.0.0", told.append) == Installed(PACKAGE, "1.0.0", folder)
    assert len(told) == 2
    assert (folder / "bin/source-fake").read_text() != "half"
    assert not (folder / "left.over").exists()


def test_an_installation_whose_python_is_gone_is_made_anew(index: Path, told: list[str]) -> None:
    write_wheel(index, PACKAGE, "1.0.0")
    python = place(index.parent / "cache", PACKAGE, "1.0.0") / "bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    install(PACKAGE, "1.0.0", told.append)
    assert len(told) == 2
    assert python.exists()


def test_what_cannot_be_installed_says_why_and_leaves_nothing(index: Path) -> None:
    write_wheel(index, PACKAGE, "1.0.0", requires={"Requires-Dist": "airbyte-cdk-of-old (>=9)"})
    message = fault(version="1.0.0")
    assert message.startswith(f"cannot install {PACKAGE} 1.0.0: ")
    assert "airbyte-cdk-of-old" in message
    assert folders() == []


def test_a_broken_package_is_one_message(index: Path) -> None:
    write_wheel(index, PACKAGE, "1.0.0").write_bytes(b"no zip")
    assert fault(version="1.0.0").startswith(f"cannot look up {PACKAGE}==1.0.0 on the package index: ")


def test_two_processes_at_once_install_it_once(index: Path) -> None:
    write_wheel(index, PACKAGE, "1.0.0")
    program = f"from infra.airbyte.local.cache import install; install({PACKAGE!r}, '1.0.0', print)"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    words = [sys.executable, "-c", program]
    both = [subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = "".join(process.communicate()[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said.count(f"installing {PACKAGE} 1.0.0") == 1
    assert folders() == [f"{PACKAGE}-1.0.0-{MINOR}"]


def test_pip_is_missing(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_wheel(index, PACKAGE, "1.0.0")
    monkeypatch.setattr("infra.airbyte.local.index.find_spec", lambda _: None)
    assert fault() == f"this needs pip in {sys.executable}: {sys.executable} -m ensurepip"


# Which Python


def test_a_python_that_fits_no_interpreter_is_named(
    index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    write_wheel(index, PACKAGE, "1.0.0", requires={"Requires-Python": ">=3.6,<3.9"})
    assert fault() == (
        f"{PACKAGE} 1.0.0 needs Python >=3.6,<3.9, and there is only {MINOR[2:]} on PATH: install python3.8 beside it"
    )
    assert folders() == []


def write_python(folder: Path, name: str, answer: str) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)
    return str(path)


def test_the_newest_of_path_that_fits_is_taken_and_names_that_do_not_answer_are_passed_over(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_python(first, "python3.14", "echo command not found >&2; exit 127")
    write_python(first, "python3.9", "echo 3.9.2")
    write_python(first, "python3.4", "echo 3.4.1")
    write_python(first, "python3.4m", "echo 3.9.99")
    (first / "python3.13").mkdir()
    fitting = write_python(second, "python3.10", "echo 3.10.1")
    write_python(second, "python3", "echo hello")
    environ = {"PATH": f"{first}:/nowhere::{second}"}
    assert fitting_python("x", "<3.11", environ) == Python(fitting, "3.10.1")
    assert fitting_python("x", ">=3.9,<3.11,!=3.10.1", environ).version == "3.9.2"
    with pytest.raises(UserError, match=r"^x needs Python <3\.9,>3\.5, and there is only 3\.4, 3\.9, 3\.10, "):
        fitting_python("x", "<3.9,>3.5", environ)
    with pytest.raises(UserError, match=rf"{MINOR[2:]} on PATH$"):
        fitting_python("x", "<3", environ)


@pytest.mark.parametrize("bounds", [None, "", ">=3.11", "nonsense"])
def test_the_running_python_is_taken_where_it_fits(bounds: str | None) -> None:
    assert fitting_python("x", bounds, {}) == running_python()


# What is run


@pytest.fixture
def cache(index: Path) -> Path:
    return index.parent / "cache"


def offered(version: str = "1.0.0") -> list[str]:
    options = Configuration({"do": f"say(**{CATALOG!r})"})
    found = discover_here("source-fake", version, options, tell=print, timeout=60)
    return [stream.name for stream in found.streams]


def test_the_program_may_have_a_name_of_its_own(cache: Path) -> None:
    place(cache, PACKAGE, "1.0.0", scripts={"run-fake": "airbyte_source_fake:run"})
    assert offered() == ["users"]


def test_a_package_without_a_program_is_run_by_its_manifest(cache: Path) -> None:
    files = {"source_fake/manifest.yaml": MANIFEST}
    folder = place(cache, PACKAGE, "1.0.0", files, scripts={})
    shutil.copy(
        place(cache, "airbyte-cdk", "7.0.0", {"airbyte_cdk.py": RUNNER}, scripts=RUNNERS) / RUNNER_PATH, folder / "bin"
    )
    assert offered() == ["things"]
    spec = {"connectionSpecification": {"type": "object", "properties": {"since": {"type": "string"}}}}
    assert spec_here(PACKAGE, "1.0.0", tell=print, timeout=60) == (spec, "1.0.0")


def test_a_manifest_alone_is_run_with_the_code_beside_it(index: Path, tmp_path: Path, told: list[str]) -> None:
    write_wheel(index, "airbyte-cdk", "7.0.0", {"airbyte_cdk.py": RUNNER}, scripts=RUNNERS)
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(MANIFEST)

    def names() -> list[str]:
        found = discover_manifest(manifest, "source-own", Configuration({}), tell=told.append, timeout=60)
        return [stream.name for stream in found.streams]

    assert names() == ["things"]
    assert told[-1] == "asking source-own what it offers"
    (tmp_path / "components.py").write_text("made")
    assert names() == ["made"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "manifest.yaml is not YAML"),
        ("a: 1", "manifest.yaml is not a connector manifest: it has no streams"),
        ("", "manifest.yaml is not a connector manifest: it has no streams"),
        (None, "manifest.yaml: no such file or directory"),
    ],
)
def test_a_manifest_that_is_none(cache: Path, tmp_path: Path, text: str | None, said: str) -> None:
    folder = place(cache, "airbyte-cdk", "7.0.0", {"airbyte_cdk.py": RUNNER}, scripts=RUNNERS)
    manifest = tmp_path / "manifest.yaml"
    if text is not None:
        manifest.write_text(text)
    with pytest.raises(UserError) as caught:
        with_manifest(Installed("airbyte-cdk", "7.0.0", folder), manifest, "source-own")
    assert str(caught.value) == f"{tmp_path}/{said}"


@pytest.mark.parametrize(
    ("files", "scripts", "said"),
    [
        ({"x.py": ""}, {}, "has neither a program nor a manifest.yaml that can be run"),
        ({"x.py": ""}, {"a": "x:run", "b": "x:run"}, "has neither a program nor a manifest.yaml that can be run"),
        ({"x/manifest.yaml": MANIFEST}, {}, "does not include source-declarative-manifest, which runs a manifest.yaml"),
    ],
    ids=["nothing", "two programs", "no runner"],
)
def test_a_package_that_is_no_connector(cache: Path, files: dict[str, str], scripts: dict[str, str], said: str) -> None:
    place(cache, PACKAGE, "1.0.0", files, scripts=scripts)
    with pytest.raises(UserError) as caught:
        offered()
    assert str(caught.value) == f"{PACKAGE} 1.0.0 {said}"


def test_a_package_whose_files_were_removed(cache: Path) -> None:
    folder = place(cache, PACKAGE, "1.0.0")
    shutil.rmtree(folder / "lib")
    with pytest.raises(UserError, match=f"{folder} no longer contains {PACKAGE}; remove that folder and try again"):
        offered()


def test_the_spec_of_a_package(cache: Path) -> None:
    place(cache, PACKAGE, "1.0.0")
    assert spec_here(PACKAGE, "1.0.0", tell=print, timeout=60) == (SPEC, "1.0.0")
    mute = f"def run():\n    print({json.dumps({'type': 'SPEC', 'spec': None})!r})\n"
    place(cache, PACKAGE, "2.0.0", {"airbyte_source_fake.py": mute})
    with pytest.raises(UserError, match=r"^source-fake 2\.0\.0: spec ended without a spec$"):
        spec_here(PACKAGE, "2.0.0", tell=print, timeout=60)
