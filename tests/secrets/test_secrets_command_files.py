"""Files that hold no Secret, or not as SOPS writes it: told with their place, and never with a value."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.secrets.secret_file import parse_secrets, read_secrets
from tests.support.ciphertexts import ciphertext
from tests.support.lakes import run, write_files, write_lake
from tests.support.secret_lakes import (
    FILE,
    FILES,
    KEYS,
    SOPS,
    checked,
    checksum_of,
    edited,
    encrypted,
    manifest,
    named,
    problems_of,
    with_values,
)

MARK = "hunter2marker"
PLAIN = manifest(with_values(client_id=MARK), sops="")
BINARY = f'{{\n\t"data": "{encrypted()}",\n\t"sops": {{"mac": "{encrypted()}", "version": "3.13.3"}}\n}}\n'
INI = f"[values]\nclient_id = {encrypted()}\n\n[sops]\nmac = {encrypted()}\n"
JSON = json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "prod-values", "namespace": "shop"}})
APPLIED = '    kubectl.kubernetes.io/last-applied-configuration: \'{"stringData": {"x": "hunter2marker"}}\'\n'
HEAD = "  namespace: shop\n"
AGAIN = f"sops decrypt --in-place {FILE} && sops encrypt --encrypted-regex '^(data|stringData)$' --in-place {FILE}"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake", FILES)


# What the file is -> its text, and the place, rule and message of the only problem.
WRONG = {
    "no YAML": ("stringData:\n  a: [x\n", "2:8", "yaml-syntax", "is not YAML from here on"),
    "empty": ("", "1:1", "secret-file-invalid", "contains no Secret"),
    "comments": ("# nothing\n---\n", "1:1", "secret-file-invalid", "contains no Secret"),
    "text": ("hunter2marker\n", "1:1", "secret-file-invalid", "is not a Kubernetes object"),
    "a list": ("- hunter2marker\n", "1:1", "secret-file-invalid", "is not a Kubernetes object"),
    "not UTF-8": (b"kind: Secret\na: \xff\n", "2:4", "file-unreadable", "is not UTF-8 text; save it as UTF-8"),
    "an INI file": (INI, "1:1", "secret-file-invalid", "is an INI file, which is not a Secret"),
    "a binary": (BINARY, "1:1", "secret-file-invalid", "is a SOPS file of the type binary, which hides its keys"),
    "plain values": (
        f"a: {encrypted()}\n{SOPS}",
        "1:1",
        "secret-file-invalid",
        'is not a Secret: the key "kind" is missing',
    ),
    "another object": ("apiVersion: v1\nkind: ConfigMap\n", "1:1", "secret-file-invalid", "contains no Secret"),
    "a misspelt kind": ("kind: secret\n", "1:7", "secret-file-invalid", "kind: is not a Secret"),
    "a List": (
        "apiVersion: v1\nkind: List\nitems: []\n",
        "2:7",
        "secret-file-invalid",
        "kind: is a List, in which SOPS and Flux see no Secrets",
    ),
    "all of it encrypted": (
        manifest().replace("kind: Secret", f"kind: {encrypted()}"),
        "2:7",
        "secret-file-invalid",
        "kind: is encrypted too, so Flux cannot see what it is",
    ),
    "another apiVersion": (
        manifest().replace("apiVersion: v1", "apiVersion: v2"),
        "1:13",
        "secret-file-invalid",
        "apiVersion: the apiVersion of a Secret is v1",
    ),
    "no name": (
        manifest().replace("  name: prod-values\n", ""),
        "3:1",
        "secret-file-invalid",
        "metadata.name: the Secret has no name",
    ),
    "an unknown part": (
        manifest(sops=f"stringdata: {{}}\n{SOPS}"),
        "11:1",
        "unknown-key",
        "stringdata: Kubernetes does not know this key",
    ),
    "a part that is text": (
        manifest(sops=f"data: {MARK}\n{SOPS}"),
        "11:7",
        "wrong-type",
        "data: must be a mapping of keys to text",
    ),
    "sops that is none": (
        manifest(sops="sops: yes\n"),
        "11:7",
        "secret-file-invalid",
        "sops: must be what SOPS wrote here: a mapping",
    ),
    "no mac": (
        manifest(sops=SOPS.replace("  mac: ", "  mcc: ")),
        "11:1",
        "secret-file-invalid",
        "sops: sops.mac is missing, without which SOPS decrypts nothing",
    ),
    "a mac of nothing": (
        manifest(sops=SOPS.replace(ciphertext("bQ=="), '""')),
        "11:1",
        "secret-file-invalid",
        "sops: sops.mac is missing, without which SOPS decrypts nothing",
    ),
    "another encrypted_regex": (
        manifest(sops=SOPS.replace("^(data|stringData)$", "^data$")),
        "13:20",
        "secret-file-invalid",
        "sops.encrypted_regex: leaves out stringData: a key that is added there stays in plain text",
    ),
    "an encrypted_regex for some keys": (
        manifest(sops=SOPS.replace("^(data|stringData)$", "^s3_")),
        "13:20",
        "secret-file-invalid",
        "sops.encrypted_regex: leaves out data and stringData: a key that is added there stays in plain text",
    ),
    "sops cut off": (
        manifest(sops=""),
        "1:1",
        "secret-file-invalid",
        "the values are encrypted, but the part sops is missing: nobody can decrypt them",
    ),
    "no encryption": (
        PLAIN,
        "6:1",
        "secret-not-encrypted",
        "stringData: is not encrypted: everyone who sees the file can read the values",
    ),
    "one value in clear": (
        manifest(with_values(s3_id=MARK)),
        "9:3",
        "secret-not-encrypted",
        "stringData.s3_id: this value is not encrypted",
    ),
    "almost encrypted": (
        manifest(with_values(s3_id="ENC[AES256_GCM,data:hunter2marker]")),
        "9:3",
        "secret-not-encrypted",
        "stringData.s3_id: this value is not encrypted",
    ),
    "kubectl's copy": (
        manifest().replace(HEAD, f"{HEAD}  annotations:\n{APPLIED}"),
        "7:5",
        "secret-not-encrypted",
        f"metadata.annotations.{APPLIED.split(':', maxsplit=1)[0].strip()}: kubectl left a copy of the Secret here, in plain text",
    ),
    "a number": (
        manifest(with_values(s3_id=encrypted("int"))),
        "9:10",
        "wrong-type",
        "stringData.s3_id: was encrypted as a number (type:int); a Secret contains only text",
    ),
    "a truth": (
        manifest(with_values(s3_id=encrypted("bool"))),
        "9:10",
        "wrong-type",
        "stringData.s3_id: was encrypted as true or false (type:bool); a Secret contains only text",
    ),
    "a list as value": (
        manifest(with_values(s3_id=f'["{encrypted()}"]')),
        "9:10",
        "wrong-type",
        "stringData.s3_id: must be text: a Secret contains no lists or mappings",
    ),
    "a key twice": (
        manifest().replace("  s3_key:", "  s3_id:") + f"data: {{s3_key: '{encrypted()}'}}\n",
        "10:3",
        "duplicate-key",
        'stringData.s3_id: the key "s3_id" is given twice',
    ),
    "a key in both parts": (
        manifest(sops=f"data:\n  s3_id: {encrypted()}\n{SOPS}"),
        "9:3",
        "duplicate-key",
        "stringData.s3_id: is in data and in stringData",
    ),
}


@pytest.mark.parametrize(("text", "place", "rule", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_file_is_told_once_with_its_place(
    lake: Path, text: str | bytes, place: str, rule: str, message: str
) -> None:
    write_files(lake, {FILE: text})
    result = run(lake, "secrets", "--check")
    told = [line for line in result.out.splitlines() if line.startswith(FILE)]
    assert (result.code, told) == (1, [f"{FILE}:{place}  {rule}  {message}"])
    assert MARK not in result.out + result.err


def test_a_value_in_clear_outside_of_the_encrypted_part_is_told_with_the_reason(lake: Path) -> None:
    text = manifest(with_values(s3_id=MARK), sops=SOPS.replace("^(data|stringData)$", "^data$"))
    assert [(line, rule) for line, rule, _ in problems_of(lake, text)] == [
        (9, "secret-not-encrypted"),
        (13, "secret-file-invalid"),
    ]
    assert problems_of(lake, text)[1][2] == f"encrypt it again: {AGAIN}"


def test_an_expression_of_go_is_left_to_the_values(lake: Path) -> None:
    assert problems_of(lake, manifest(sops=SOPS.replace("^(data|stringData)$", "^(?i:data|stringdata)\\z"))) == []


def test_a_key_that_kubernetes_refuses_is_told_by_its_line(lake: Path) -> None:
    result = checked(lake, manifest({**with_values(), MARK + " !": encrypted()}))
    assert f"{FILE}:6:1  bad-name  stringData: a key of a Secret has letters, digits, -, _ and . only" in result.out
    assert "    see line 11\n" in result.out
    assert MARK not in result.out


def test_of_a_key_that_kubernetes_refuses_its_name_is_the_only_mistake(lake: Path) -> None:
    """It may be a value, with or without a colon too many behind it, and whatever stands there in clear."""
    for value in (MARK, 5, ["x"], encrypted().replace("data:", "data:!"), ""):
        told = problems_of(lake, manifest({**with_values(), f"{MARK}/x+y=": value}))
        assert [(line, rule) for line, rule, _ in told] == [(6, "bad-name")]


def test_json_is_read_as_yaml_is(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sops = {"mac": encrypted(), "encrypted_regex": "^(data|stringData)$"}
    value = {**json.loads(JSON), "stringData": dict.fromkeys(KEYS, encrypted()), "sops": sops}
    write_files(lake, {"a.json": json.dumps(value, indent=1)})
    assert named(lake, monkeypatch, "a.json", "--quiet").code == 0
    value["stringData"] = {**value["stringData"], "s3_id": MARK, "s3_key": ""}
    write_files(lake, {"a.json": json.dumps(value, indent=1), "b.json": '{"a": hunter2marker}'})
    assert named(lake, monkeypatch, "a.json", "b.json").out == (
        "a.json:11:3  secret-not-encrypted  stringData.s3_id: this value is not encrypted\n"
        "    remove the line, and add the key again with sops edit --ignore-mac a.json\n"
        "    if git has seen the value, change it too\n"
        "a.json:12:3  secret-empty  stringData.s3_key: is empty; destinations.lake needs it\n"
        "    give it a value with sops edit a.json\n"
        "b.json:1:7  json-syntax  is not JSON from here on\n"
        "    the text is not repeated here, as it may be a secret\n"
        "3 problems\n"
    )


def test_yaml_that_begins_like_json_is_yaml(lake: Path) -> None:
    keys = ", ".join(f"{key}: '{encrypted()}'" for key in KEYS)
    metadata = "{name: prod-values, namespace: shop}"
    sops = f"{{mac: '{encrypted()}'}}"
    text = f"{{apiVersion: v1, kind: Secret, metadata: {metadata}, stringData: {{{keys}}}, sops: {sops}}}\n"
    assert problems_of(lake, text) == []


def test_a_dotenv_file_is_told_line_by_line(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(f"{key}={encrypted()}\n" for key in KEYS)
    write_files(
        lake,
        {"a.env": f"#{encrypted('comment')}\n\n{lines}{MARK}\ns3_id={MARK}\nclient id={encrypted()}\nsops_version=3\n"},
    )
    result = named(lake, monkeypatch, "a.env")
    assert [line for line in result.out.splitlines() if line.startswith("a.env")] == [
        "a.env:1:1  bad-name  a key of a Secret has letters, digits, -, _ and . only",
        "a.env:1:1  secret-file-invalid  sops.mac is missing, without which SOPS decrypts nothing",
        "a.env:7:1  secret-file-invalid  is not a line KEY=value",
        "a.env:8:1  duplicate-key  s3_id: this key is given twice",
    ]
    write_files(lake, {"a.env": "".join(f"{key}={MARK}\n" for key in KEYS)})
    assert named(lake, monkeypatch, "a.env").out == (
        "a.env:1:1  secret-not-encrypted  is not encrypted: everyone who sees the file can read the values\n"
        "    sops encrypt --in-place a.env\n"
        "    if git has seen the values, change them too\n"
        "1 problem\n"
    )


def test_a_folder_is_no_file(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert named(lake, monkeypatch, "dag").out == "dag:1:1  file-unreadable  is not a regular file\n1 problem\n"


# Values

PLACES = {
    "an alias": f"  a: *{MARK}\n",
    "a tag": f"  a: !{MARK} x\n",
    "an anchor": f"  a: &{MARK} [*{MARK}]\n",
    "a number that is none": "  a: 1e999\n",
    "an open quote": f'  a: "{MARK}\n',
    "a colon too many": f"  a: {MARK}: x: y\n",
    "a percent sign": f"%{MARK}\n",
    "a value": f"  a: {MARK}\n",
    "a block": f"  a: |\n    {MARK}\n",
    "a list": f"  a: [{MARK}]\n",
    "a mapping": f"  a: {{b: {MARK}}}\n",
    "a comment": f"  # {MARK}\n",
    "a key of JSON": f"  {{'a' {MARK}}}\n",
}


@pytest.mark.parametrize("written", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("file", ["x.yaml", "x.json", "x.env", "x.ini", "x"])
def test_no_text_of_a_file_is_printed(lake: Path, monkeypatch: pytest.MonkeyPatch, file: str, written: str) -> None:
    write_files(lake, {file: manifest({}, sops=written)})
    for words in ([], ["--format", "json"]):
        result = named(lake, monkeypatch, file, *words)
        assert result.code == 1
        assert MARK not in result.out + result.err
        assert "1e999" not in result.out + result.err


TEXTS = st.text(alphabet=st.sampled_from(list("{}[]:,-'\"|>&*!%#=\n\t ab~")), max_size=12)


@given(
    where=st.integers(0, len(manifest())),
    cut=st.integers(0, 40),
    text=TEXTS,
    suffix=st.sampled_from(["yaml", "json", "env"]),
)
def test_no_text_breaks_the_reader_and_a_clear_value_is_never_encrypted(
    where: int, cut: int, text: str, suffix: str
) -> None:
    original = manifest(with_values(s3_id=MARK))
    changed = original[:where] + text + original[where + cut :]
    secrets, problems = parse_secrets(f"x.{suffix}", changed)
    for secret in secrets:
        if "clear" in {key.state for key in secret.keys.values()}:
            assert not secret.encrypted
    assert secrets or problems
    assert not any(MARK in problem.message + problem.fix for problem in problems)


# Checksums


def test_a_checksum_is_that_of_the_file(tmp_path: Path) -> None:
    text = f"{manifest()}---\n{manifest(name='other')}"
    write_files(tmp_path, {"a.yaml": text})
    assert checksum_of(tmp_path / "a.yaml") == hashlib.sha256(text.encode()).hexdigest()


NOT_ENCRYPTED = {
    "plain": PLAIN,
    "one value in clear": manifest(with_values(s3_id=MARK)),
    "a second Secret in clear": f"{manifest()}---\n{PLAIN}",
    "kubectl's copy": manifest().replace(HEAD, f"{HEAD}  annotations:\n{APPLIED}"),
    "empty values, no sops": manifest({"a": '""'}, sops=""),
    "a misspelt part in clear": manifest(sops=f"stringdata: {{a: {MARK}}}\n{SOPS}"),
    "a misspelt kind in clear": f"{manifest()}---\nkind: secret\nstringData: {{a: {MARK}}}\n",
    "no Secret": "a: hunter2marker\n",
    "no YAML": f"a: [{MARK}\n",
}


@pytest.mark.parametrize("text", NOT_ENCRYPTED.values(), ids=NOT_ENCRYPTED)
def test_what_is_not_encrypted_gets_no_checksum(tmp_path: Path, text: str) -> None:
    write_files(tmp_path, {"a.yaml": text})
    assert checksum_of(tmp_path / "a.yaml") is None


def test_every_secret_of_a_file_is_read(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.yaml": f"{manifest(['a'], name='one')}---\n{manifest(['b', 'c'], name='two')}"})
    (first, second), problems = read_secrets(tmp_path, "a.yaml")
    assert problems == []
    assert (first.name, [*first.keys], first.namespace, first.format) == ("one", ["a"], "shop", "yaml")
    assert (second.name, [*second.keys], second.encrypted) == ("two", ["b", "c"], True)
    assert second.keys["c"].location.line == 21
    assert read_secrets(tmp_path, "no.yaml")[0] == []


@pytest.mark.parametrize("way", ["above", "absolute", "link"])
def test_a_file_outside_of_the_repository_is_not_read(lake: Path, way: str) -> None:
    """Names of its keys would be told."""
    (lake.parent / "other.yaml").write_text(manifest(with_values(of_somebody_else="x")), "utf-8")
    file = {"above": "../other.yaml", "absolute": str(lake.parent / "other.yaml"), "link": FILE}[way]
    if way == "link":
        (lake / FILE).parent.mkdir(exist_ok=True)
        (lake / FILE).symlink_to(lake.parent / "other.yaml")
    edited(lake, FILE, file) if way != "link" else None
    result = run(lake, "secrets", "--check")
    assert f"{file} is outside of the repository, and is not read\n" in result.out
    assert (result.code, "of_somebody_else" in result.out) == (1, False)


def test_a_lake_may_name_a_file_elsewhere_in_its_repository(lake: Path) -> None:
    write_files(lake.parent, {"other.yaml": manifest(with_values(**dict.fromkeys(KEYS, "x")))})
    (lake.parent / ".git").mkdir()
    edited(lake, FILE, "../other.yaml")
    assert "outside" not in run(lake, "secrets", "--check").out
