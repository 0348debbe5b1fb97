"""For whom `.sops.yaml` wants a file encrypted, and for whom it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.secrets.secret_file import read_secrets
from tests.secrets.test_sops_told import VALUE, manifest
from tests.support.lakes import write_files

FILE = "secrets/prod.yaml"
AGE = "  age:\n  - recipient: age1mine\n    enc: x\n  - recipient: age1yours\n    enc: x\n"
GROUPS = "  key_groups:\n  - age:\n    - recipient: age1mine\n  - pgp:\n    - fp: AB12\n  shamir_threshold: 2\n"
KMS = "  kms:\n  - arn: arn:aws:kms:x:1:key/a\n    role: arn:aws:iam::1:role/r\n"


def told(root: Path, config: str, sops: str = AGE, file: str = FILE) -> list[str]:
    (root / ".git").mkdir(exist_ok=True)
    text = (
        manifest(sops=sops)
        if file == FILE
        else f"a={VALUE}\nsops_age__list_0__map_recipient=age1mine\nsops_mac={VALUE}\n"
    )
    write_files(root, {".sops.yaml": config, file: text})
    return [
        f"{one.location.line} {one.severity} {one.rule} {one.message}\n{one.fix}" for one in read_secrets(root, file)[1]
    ]


@pytest.mark.parametrize(
    ("config", "sops"),
    [
        ("creation_rules: [{age: 'age1yours, age1mine'}]", AGE),
        ("creation_rules: [{age: [age1yours, age1mine]}]", AGE),
        (
            "creation_rules:\n- {path_regex: other/, age: age1other}\n- {path_regex: ^secrets/.*yaml$, age: 'age1mine,age1yours'}",
            AGE,
        ),
        ("creation_rules: [{path_regex: other/, age: age1other}]", AGE),
        ("creation_rules: [{path_regex: '(?U)prod', age: age1other}]", AGE),
        ("creation_rules: [{key_groups: [{age: [age1mine]}, {pgp: ['ab 12']}]}]", GROUPS),
        ("creation_rules: [{kms: 'arn:aws:kms:x:1:key/a+arn:aws:iam::1:role/r'}]", KMS),
        ("creation_rules: [{azure_keyvault: 'https://x'}]", AGE),
        ("creation_rules: 5", AGE),
        ("{", AGE),
    ],
)
def test_the_same_recipients_are_fine_and_what_cannot_be_told_is_left(tmp_path: Path, config: str, sops: str) -> None:
    assert told(tmp_path, config, sops) == []


LATER = "\nwho could decrypt it may have its values: change these too if that is no longer right"


@pytest.mark.parametrize(
    ("config", "sops", "said", "later"),
    [
        ("creation_rules: [{age: 'age1mine,age1yours,age1new'}]", AGE, "age1new cannot decrypt it", ""),
        ("creation_rules: [{age: age1mine}]", AGE, "age1yours still can", LATER),
        (
            "creation_rules: [{age: [age1mine], pgp: ab12}]",
            AGE,
            "AB12 cannot decrypt it, and age1yours still can",
            LATER,
        ),
        ("creation_rules: [{key_groups: [{age: [age1mine]}]}]", GROUPS, "AB12 still can", LATER),
        ("creation_rules: [{kms: [{arn: 'arn:aws:kms:x:1:key/a'}], age: age1x}]", KMS, "age1x cannot decrypt it", ""),
    ],
)
def test_other_recipients_are_told(tmp_path: Path, config: str, sops: str, said: str, later: str) -> None:
    message = f"7 warning secret-file-invalid is encrypted for others than .sops.yaml says: {said}"
    assert told(tmp_path, config, sops) == [f"{message}\nsops updatekeys {FILE}{later}"]


def test_a_dotenv_file_is_compared_too(tmp_path: Path) -> None:
    (said,) = told(tmp_path, "creation_rules: [{age: age1new}]", file="values.env")
    assert "age1new cannot decrypt it, and age1mine still can" in said
