"""Files that the real sops wrote with a real age key, read without the key."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.support.lakes import Result, run, write_files, write_lake
from tests.support.secret_lakes import FILE, FILES, KEYS, checksum_of, edited
from tests.support.sops import AgeKey, new_key, programs_or_skip, sops

pytestmark = pytest.mark.network

VALUE = "hunter2marker"
FINE = Result(0, "no problems in 1 file for 5 variables of 1 stack\n", "")
REGEX = ("--encrypted-regex", "^(data|stringData)$")


@pytest.fixture(autouse=True, scope="module")
def _programs() -> None:
    programs_or_skip()


@pytest.fixture
def key(tmp_path: Path) -> AgeKey:
    return new_key(tmp_path / "age.key")


@pytest.fixture
def lake(tmp_path: Path, key: AgeKey) -> Path:
    """A lake with the recipients of its files; the private key is beside it, where no command looks."""
    rules = json.dumps({"creation_rules": [{"age": key.recipient}]})
    return write_lake(tmp_path / "lake", {**FILES, ".sops.yaml": rules})


def filled(lake: Path, **values: str) -> str:
    """The template of the stack with values typed in, the one that is not given being the same everywhere."""
    text = run(lake, "secrets", "--template").out
    for key in KEYS:
        text = text.replace(f'{key}: ""', f"{key}: {values.get(key, VALUE)}")
    return text


def encrypted(lake: Path, text: str, file: str = FILE) -> Path:
    """The text in a file of the lake, encrypted with the command that the template names."""
    write_files(lake, {file: text})
    sops(lake, "encrypt", *([] if file.endswith(".env") else REGEX), "--in-place", file)
    return lake / file


def edit(path: Path, old: str, new: str) -> None:
    """Change a file by hand."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def check(lake: Path) -> Result:
    """What `secrets --check` says; never a value."""
    result = run(lake, "secrets", "--check")
    assert VALUE not in result.out + result.err
    return result


def places(lake: Path) -> list[str]:
    """`line rule` of each problem."""
    told = json.loads(run(lake, "secrets", "--check", "--format", "json").out)["problems"]
    return [f"{problem['line']} {problem['rule']}" for problem in told]


def test_the_template_filled_in_and_encrypted_as_it_says_passes(lake: Path, key: AgeKey) -> None:
    path = encrypted(lake, filled(lake))
    assert VALUE not in path.read_text("utf-8")
    assert check(lake) == FINE
    assert sops(lake, "decrypt", "--extract", '["stringData"]["s3_key"]', FILE, key=key) == VALUE


def test_the_template_names_the_very_command(lake: Path) -> None:
    options = f"sops encrypt {REGEX[0]} '{REGEX[1]}' --in-place {FILE}"
    assert f"#   {options}\n" in run(lake, "secrets", "--template").out


def test_what_sops_leaves_visible_is_told(lake: Path) -> None:
    encrypted(lake, filled(lake, client_id='""', client_secret="12345", s3_id="true") + "  old: x\n")
    assert places(lake) == [
        "11 secret-empty",
        "13 wrong-type",
        "15 wrong-type",
        "18 secret-key-unused",
    ]


def test_a_value_that_is_put_back_by_hand_is_told_and_the_way_out_works(
    lake: Path, key: AgeKey, tmp_path: Path
) -> None:
    path = encrypted(lake, filled(lake))
    (line,) = [line for line in path.read_text("utf-8").splitlines(keepends=True) if line.startswith("    s3_id:")]
    edit(path, line, f"    s3_id: {VALUE}\n")
    assert places(lake) == ["15 secret-not-encrypted"]
    edit(path, f"    s3_id: {VALUE}\n", "")
    script = tmp_path / "editor"
    script.write_text(f"#!/bin/sh\necho '    s3_id: {VALUE}' >> \"$1\"\n")
    script.chmod(0o755)
    sops(lake, "edit", "--ignore-mac", FILE, key=key, editor=script)
    assert check(lake) == FINE
    assert sops(lake, "decrypt", "--extract", '["stringData"]["s3_id"]', FILE, key=key) == VALUE


def test_without_the_regex_all_of_it_is_encrypted_and_useless(lake: Path) -> None:
    write_files(lake, {FILE: filled(lake)})
    sops(lake, "encrypt", "--in-place", FILE)
    assert places(lake) == ["4 secret-file-invalid"]


def test_a_regex_that_misses_stringdata_leaves_every_value_in_clear(lake: Path, key: AgeKey) -> None:
    write_files(lake, {FILE: filled(lake)})
    sops(lake, "encrypt", "--encrypted-regex", "^data$", "--in-place", FILE)
    result = check(lake)
    assert result.out.count("this value is not encrypted") == 4
    assert "sops.encrypted_regex: leaves out stringData" in result.out
    assert f"encrypt it again: sops decrypt --in-place {FILE} && sops encrypt {REGEX[0]} '{REGEX[1]}'" in result.out
    sops(lake, "decrypt", "--in-place", FILE, key=key)
    sops(lake, "encrypt", *REGEX, "--in-place", FILE)
    assert check(lake) == FINE


def test_a_file_with_several_secrets(lake: Path) -> None:
    other = "apiVersion: v1\nkind: Secret\nmetadata: {name: other, namespace: shop}\nstringData: {a: b}\n"
    encrypted(lake, f"{other}---\n{filled(lake)}")
    assert check(lake) == FINE
    encrypted(lake, f"{filled(lake, s3_id=repr(''))}---\n{other}")
    assert places(lake) == ["15 secret-empty"]


def test_json(lake: Path) -> None:
    edited(lake, "secrets/prod.yaml", "secrets/prod.json")
    head = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "prod-values", "namespace": "shop"}}
    encrypted(lake, json.dumps({**head, "stringData": dict.fromkeys(KEYS, VALUE)}), "secrets/prod.json")
    assert check(lake) == FINE
    values = {**dict.fromkeys(KEYS, VALUE), "s3_key": "", "s3_id": 5}
    encrypted(lake, json.dumps({**head, "stringData": values}), "secrets/prod.json")
    assert places(lake) == ["11 wrong-type", "12 secret-empty"]


def test_dotenv(lake: Path) -> None:
    edited(lake, "secrets/prod.yaml", "secrets/prod.env")
    path = encrypted(lake, "".join(f"{key}={VALUE}\n" for key in KEYS), "secrets/prod.env")
    assert check(lake) == FINE
    assert checksum_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    encrypted(lake, "# about\nclient_id=\nclient_secert=x\ns3_id=x\ns3_key=x\n", "secrets/prod.env")
    assert places(lake) == ["2 secret-empty", "3 secret-key-missing"]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("x.ini", "[a]\nb = c\n", "x.ini:1:1  secret-file-invalid  is an INI file, which is not a Secret"),
        ("x.key", VALUE, "x.key:1:1  secret-file-invalid  is a SOPS file of the type binary, which hides its keys"),
    ],
)
def test_other_types_of_sops_files_are_no_secrets(
    lake: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str, message: str
) -> None:
    write_files(lake, {file: text})
    sops(lake, "encrypt", "--in-place", file)
    monkeypatch.chdir(lake)
    result = run(lake, "secrets", "--check", file)
    assert (result.code, result.out.splitlines()[0]) == (1, message)


def test_every_change_gives_another_checksum_and_still_passes(lake: Path, key: AgeKey, tmp_path: Path) -> None:
    path = encrypted(lake, filled(lake))
    seen = [checksum_of(path)]
    sops(lake, "set", FILE, '["stringData"]["s3_key"]', '"another"', key=key)
    seen.append(checksum_of(path))
    sops(lake, "rotate", "--in-place", FILE, key=key)
    seen.append(checksum_of(path))
    second = new_key(tmp_path / "second.key")
    write_files(lake, {".sops.yaml": json.dumps({"creation_rules": [{"age": f"{key.recipient},{second.recipient}"}]})})
    sops(lake, "updatekeys", "--yes", FILE, key=key)
    seen.append(checksum_of(path))
    assert len(set(seen)) == 4
    assert check(lake) == FINE
    assert sops(lake, "decrypt", "--extract", '["stringData"]["s3_key"]', FILE, key=second) == "another"
