"""What can be read of an encrypted file, and what no key can decrypt: told without the key."""

from __future__ import annotations

import re

import pytest

from infra.secrets.ciphertexts import ciphertexts
from infra.secrets.secret_file import parse_secrets
from tests.support.ciphertexts import ciphertext

VALUE = ciphertext("Zm9v")
COMMENT = VALUE.replace("type:str", "type:comment")
RECIPIENT = "  age:\n  - recipient: age1x\n    enc: x\n"
FILE = "secrets/lake.yaml"


def manifest(inside: str = f"  a: {VALUE}\n", sops: str = RECIPIENT, notes: str = "") -> str:
    head = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: lake\n{notes}stringData:\n{inside}"
    return f"{head}sops:\n{sops}  mac: {VALUE}\n"


def told(text: str, file: str = FILE) -> list[str]:
    """The problems, their places before them."""
    return [
        f"{one.location.line} {one.severity} {one.rule} {one.message}\n{one.fix}"
        for one in parse_secrets(file, text)[1]
    ]


def test_an_encrypted_file_is_fine() -> None:
    assert told(manifest()) == []
    assert told(manifest(f"  #{COMMENT}\n  a: {VALUE}\n  b: {VALUE} #{COMMENT}\n")) == []
    assert told("# how to edit this file\n" + manifest() + "# the end\n") == []


@pytest.mark.parametrize(
    "inside",
    [
        f"  # the old password was hunter2\n  a: {VALUE}\n",
        f"  a: {VALUE} # was hunter2\n",
        f"  a: {VALUE}\n  #hunter2\n",
        f'  a: "{VALUE}" # was hunter2\n',
        f"  a: '{VALUE}'\t# was hunter2\n",
        '  a: "" # was hunter2\n',
        f"  a: {VALUE}\n# hunter2 at the margin\n  b: {VALUE}\n",
    ],
)
def test_a_comment_in_clear_beside_values_is_told_without_its_words(inside: str) -> None:
    (said,) = told(manifest(inside))
    line = 5 + next(number for number, text in enumerate(inside.splitlines(), 1) if "hunter2" in text)
    assert said == (
        f"{line} warning secret-not-encrypted this comment is not encrypted, as comments beside values are\n"
        f"remove it; write it with sops edit {FILE}, which encrypts it"
    )


def test_a_comment_beside_the_section_is_one_beside_values() -> None:
    for section in ("stringData:", '"stringData":', "'stringData' :"):
        text = manifest().replace("stringData:\n", f"{section} # was hunter2\n")
        assert [line[:6] for line in told(text)] == ["5 warn"]
    after = manifest(f"  a: {VALUE}\n# about the type\ntype: Opaque\n")
    assert told(after) == []


@pytest.mark.parametrize(
    "token", ["ghp_hunter2xyzzyhunter2xyzzy1234", "AKIAABCDEFGHIJKLMNOP", "hunter2 is it", "a/b+c="]
)
def test_a_value_on_the_wrong_side_of_the_colon_is_told_by_its_line(token: str) -> None:
    twice = f"  {token}: {VALUE}\n  {token}: {VALUE}\n"
    for text in (manifest(twice), manifest() + f"{token}: 5\n", manifest(notes=f"{token}: 5\n")):
        said = told(text)
        assert said
        assert token not in "".join(said)
    lines = f"{token}={VALUE}\n{token}={VALUE}\nsops_age__list_0__map_enc=x\nsops_mac={VALUE}\n"
    said = told(lines.replace("a/b+c==", "a/b+c="), "values.env")
    held = ciphertexts(FILE, manifest(f"  a: {VALUE}\n  {token}: {VALUE}\n"), "lake")
    assert held
    assert list(held.keys) == ["a", "***"]
    assert said
    assert token.removesuffix("=") not in "".join(said)


def test_each_document_is_told_at_its_lines_whatever_ends_them() -> None:
    first = manifest().replace("\n", "\r")
    second = manifest("  # hunter2\n" + f"  a: {VALUE}\n")
    for text in (f"{first}\n---\n{second}", f"{first}---\r{second}"):
        (said,) = told(text)
        line = len(re.split("\r\n|\r|\n", text.split("# hunter2")[0]))
        assert said.startswith(f"{line} warning")


def test_a_comment_that_somebody_chose_to_leave_readable_is_fine() -> None:
    chosen = RECIPIENT + '  unencrypted_comment_regex: "^ for"\n'
    assert told(manifest(f"  # for people\n  a: {VALUE}\n", chosen)) == []


def test_a_comment_in_clear_in_a_dotenv_file_is_told_too() -> None:
    lines = f"#{COMMENT}\n# was hunter2\na={VALUE}\nsops_age__list_0__map_enc=x\nsops_mac={VALUE}\n"
    (said,) = told(lines, "values.env")
    assert said.startswith("2 warning secret-not-encrypted this comment is not encrypted")
    assert "hunter2" not in said


@pytest.mark.parametrize("section", ["annotations", "labels"])
def test_what_everybody_may_read_holds_no_credential(section: str) -> None:
    notes = (
        f"  {section}: {{db-password: hunter2xyzzy99, a: ghp_hunter2xyzzyhunter2xyzzy1234, password-hint: your own}}\n"
    )
    said = told(manifest(notes=notes))
    assert [line.split(maxsplit=3)[3] for line in said] == [
        f"contains {label}, in plain text\nremove it, and change the value"
        for label in ("a password", "a GitHub token")
    ]
    named = f"  {section}: {{secret: my-app, x.io/token: a-token, checksum/password: '***', x.io/secret-name: y}}\n"
    assert told(manifest(notes=named)) == []


@pytest.mark.parametrize(
    ("note", "label"),
    [
        ("password=hunter2", "a value for password"),
        ("see https://me:hunter2@example.com", "a password in an address"),
        ("Authorization: Bearer hunter2hunter2hunter2", "a credential in a header"),
    ],
)
def test_an_annotation_with_a_credential_is_told(note: str, label: str) -> None:
    (said,) = told(manifest(notes=f'  annotations: {{team: data, note: "{note}"}}\n'))
    assert said == f"5 error secret-not-encrypted contains {label}, in plain text\nremove it, and change the value"


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ("encrypted_suffix: _secret", "bucket_id"),
        ("unencrypted_suffix: _id", "bucket_id"),
        ("encrypted_regex: ^(data|stringData)$", None),
        ("unencrypted_regex: ^bucket", "bucket_id"),
    ],
)
def test_a_value_that_sops_was_told_to_leave_is_cured_by_encrypting_again(setting: str, key: str | None) -> None:
    """An edit would write it in clear again."""
    said = told(manifest(f"  {key or 'other'}: my-bucket\n  a: {VALUE}\n", f"{RECIPIENT}  {setting}\n"))
    name = setting.partition(":")[0]
    if key is None:
        assert "sops edit --ignore-mac" in said[0]
        return
    assert said[0].startswith(f"6 error secret-not-encrypted this value is not encrypted, and {name} leaves it so\n")
    assert f"encrypt it again, without {name} in .sops.yaml: sops decrypt --in-place {FILE} && sops encrypt" in said[0]
    assert "my-bucket" not in "".join(said)


@pytest.mark.parametrize("sops", ["  age: []\n", "  kms: []\n  age: []\n", "  lastmodified: x\n  pgp: null\n"])
def test_a_file_that_is_encrypted_for_nobody_is_told(sops: str) -> None:
    (said,) = told(manifest(sops=sops))
    assert re.search("^7 error secret-file-invalid names nobody for whom it is encrypted: no key can decrypt it", said)


IV, TAG = re.findall("(?:iv|tag):([^,]+)", VALUE)
DAMAGED = {
    "a letter of the text": ("Zm9v", "Zm9"),
    "a space in the text": ("Zm9v", "Zm 9"),
    "nothing of the text": ("Zm9v", "===="),
    "the end of the vector": (IV, IV[:-4]),
    "more than the vector": (IV, "AAAA" + IV),
    "no vector": (IV, "="),
    "a letter of the tag": (TAG, TAG[1:]),
    "half of the tag": (TAG, TAG[:12]),
    "a type that SOPS does not have": ("type:str", "type:sr"),
}


@pytest.mark.parametrize(("old", "new"), DAMAGED.values(), ids=DAMAGED)
def test_a_value_that_lost_letters_is_told_without_the_key(old: str, new: str) -> None:
    damaged = VALUE.replace(old, new)
    assert told(manifest(f"  b: {VALUE}\n  a: {damaged}\n")) == [
        (
            "7 error secret-file-invalid no key can decrypt this value: letters of it are missing or were changed\n"
            "take it from an earlier version of the file; or remove the line, and add the key again with "
            f"sops edit --ignore-mac {FILE}"
        )
    ]
    assert told(manifest().replace(f"mac: {VALUE}", f"mac: {damaged}")) == [
        (
            "7 error secret-file-invalid sops.mac is damaged, without which SOPS decrypts nothing\n"
            "take it from an earlier version of the file"
        )
    ]
