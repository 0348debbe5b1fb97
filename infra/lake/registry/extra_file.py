"""Extra files: Terraform of a team's own beside what lakeform writes, and what Terraform makes of a file's name."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from infra.lake.documents import RuleId, refuse

_RULE: RuleId = "extra-file"
# What Terraform reads, and what OpenTofu reads before it.
_CONFIGURATION = re.compile(r"(?P<stem>.*)\.(tf|tofu)(\.json)?", re.IGNORECASE)
_VARIABLES = re.compile(r".*\.tfvars(\.json)?", re.IGNORECASE)
_STATE = re.compile(r".*\.tfstate(\..*)?|\.terraform\.tfstate.*", re.IGNORECASE)
_TESTS = re.compile(r".*\.(tftest|tofutest)\.(hcl|json)", re.IGNORECASE)
_SETTINGS = re.compile(r"\.(terraform|tofu)rc|(terraform|tofu)\.rc|.*\.tfrc|\.terraform|terraform\.d", re.IGNORECASE)
_NAME = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*")
_APPLIED = "Terraform applies what it says"
_EXAMPLE = "for example dag/terraform/alerts.tf"


def meaning(name: str) -> str:
    """What Terraform or OpenTofu would do with a file or folder of this name; empty if it would not look at it."""
    configuration = _CONFIGURATION.fullmatch(name)
    stem = configuration["stem"].lower() if configuration else ""
    if configuration and (stem == "override" or stem.endswith("_override")):
        return "Terraform merges an override over what the registry says"
    if configuration and stem == "cdk":
        return "OpenTofu may read it in place of cdk.tf.json"
    if configuration:
        return _APPLIED
    kinds = (
        (_VARIABLES, "it gives values to variables"),
        (_STATE, "it contains state, with secrets in plain text"),
        (_TESTS, "Terraform's tests run it"),
        (_SETTINGS, "it changes what Terraform installs or runs"),
    )
    return next((says for pattern, says in kinds if pattern.fullmatch(name)), "")


def is_configuration(name: str) -> bool:
    """True for a file whose blocks Terraform reads by themselves, not as an override of others."""
    return meaning(name) == _APPLIED


def check_extra_file(path: str) -> str:
    """The path, if such a file may be copied into a stack's folder."""
    parts = path.split("/")
    if "\\" in path or not path.isprintable() or any(part in ("", ".", "..", "~") for part in parts):
        raise refuse(_RULE, "must be a path from the project's root, without . and ..", _EXAMPLE)
    if parts[0].lower() == "cdktf.out":
        raise refuse(_RULE, "must be outside cdktf.out, to which synth copies it", f"move it, {_EXAMPLE}")
    name = parts[-1]
    if not _CONFIGURATION.fullmatch(name) or not _NAME.fullmatch(name):
        says = f": {meaning(name)}" if meaning(name) else ""
        kinds = "a name of letters, digits, _, - and . that ends in .tf, .tf.json, .tofu or .tofu.json"
        raise refuse(_RULE, f'"{name}" is not a Terraform configuration{says}', f"name a file, with {kinds}")
    if "override" in meaning(name) or "cdk.tf.json" in meaning(name):
        raise refuse(
            _RULE,
            f'"{name}" is refused: {meaning(name)}',
            "give it another name; write what it would override in the registry",
        )
    return path


def file_name(path: str) -> str:
    """The name that an extra file has in the folder of a stack."""
    return path.rpartition("/")[2]


def check_distinct(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths, if no two of them would be one file in the folder, also where case does not count."""
    names = [file_name(path).lower() for path in paths]
    for index, name in enumerate(names):
        if name in names[:index]:
            other = paths[names.index(name)]
            raise refuse(
                _RULE,
                f"has the same name as {other}: in the folder of the stack they would be one file",
                "rename one",
                (index,),
            )
    return paths


ExtraFile = Annotated[str, AfterValidator(check_extra_file), WithJsonSchema({"type": "string"})]
