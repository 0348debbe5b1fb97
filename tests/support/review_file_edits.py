"""Edits of what lies beside the documents: Terraform of the team's own, the lock of the providers, and strays."""

from __future__ import annotations

from tests.support.review_lake import LAKE, Edit

ALERTS = "dag/terraform/alerts.tf"
ALERT = 'resource "null_resource" "alert" {\n  triggers = { on = "failure" }\n}\n'
FOLDER = "cdktf.out/stacks/airbyte"
PROVIDERS = f"{FOLDER}/.terraform.lock.hcl"
_AUTH = "      auth: {client_id"
NAMED = (_AUTH, f"      extra_files: [{ALERTS}]\n{_AUTH}")


def locked(**providers: str) -> str:
    """A lock as `tofu init` writes it: name of a provider, `__` for `/` -> its version and its hashes."""
    text = '# This file is maintained automatically by "tofu init".\n# Manual edits may be lost in future updates.\n'
    for name, about in providers.items():
        version, *hashes = about.split()
        lines = "".join(f'    "{one}=",\n' for one in hashes)
        text += (
            f'\nprovider "registry.opentofu.org/{name.replace("__", "/")}" {{\n  version     = "{version}"\n'
            f'  constraints = "{version}"\n  hashes = [\n{lines}  ]\n}}\n'
        )
    return text


LOCKED = locked(airbytehq__airbyte="1.1.0 h1:aa zh:bb", hashicorp__null="3.2.4 h1:cc zh:dd zh:ee")

FILE_EDITS: dict[str, Edit] = {
    "an-extra-file-is-new": {LAKE: [NAMED], ALERTS: ALERT},
    "an-extra-file-changes": {ALERTS: [("failure", "success"), ("}\n}", "}\n  count = 2\n}")]},
    "an-extra-file-is-not-named-any-more": {LAKE: [NAMED[::-1]]},
    "an-extra-file-is-gone": {LAKE: [NAMED[::-1]], ALERTS: None, f"{FOLDER}/alerts.tf": None},
    "providers-are-locked": {PROVIDERS: LOCKED},
    "another-release-of-a-provider-is-locked": {PROVIDERS: [("1.1.0", "1.2.0"), ("aa", "ff"), ("bb", "00")]},
    "hashes-of-a-provider-change": {PROVIDERS: [('    "h1:cc=",\n    "zh:dd=",\n', '    "h1:00=",\n')]},
    "a-provider-is-not-locked-any-more": {PROVIDERS: locked(airbytehq__airbyte="1.1.0 h1:aa zh:bb")},
    "a-lock-of-providers-cannot-be-read": {PROVIDERS: [("hashes = [", "hashes = [[")]},
    "files-come-that-nobody-answers-for": {
        f"{FOLDER}/tide.tofu": 'data "external" "tide" { program = ["sh"] }\n',
        f"{FOLDER}/tide_Override.TF.json": "{}\n",
        f"{FOLDER}/prod.auto.tfvars.json": "{}\n",
        f"{FOLDER}/modules/tide/main.tf": "",
        f"{FOLDER}/old.txt": "another\n",
        "cdktf.out/stacks/ghost/main.tf": "",
        "cdktf.out/stacks/README.md": "",
        "cdktf.out/terraform.tfstate": "{}\n",
    },
    "a-file-that-nobody-answers-for-stays-as-it-was": {
        LAKE: [("page_size: {default: 100}", "page_size: {default: 50}")]
    },
    "files-that-nobody-answers-for-are-gone": {
        f"{FOLDER}/old.txt": None,
        f"{FOLDER}/old.tf": None,
        "cdktf.out/stacks/ghost/main.tf": None,
    },
}

_OLD: Edit = {f"{FOLDER}/old.txt": "old\n", f"{FOLDER}/old.tf": "# old\n", "cdktf.out/stacks/ghost/main.tf": "# old\n"}
_EXTRA: Edit = {LAKE: [NAMED], ALERTS: ALERT}

FILES_BEFORE: dict[str, Edit] = {
    "an-extra-file-changes": _EXTRA,
    "an-extra-file-is-not-named-any-more": _EXTRA,
    "an-extra-file-is-gone": _EXTRA,
    **{
        name: {PROVIDERS: LOCKED}
        for name, edit in FILE_EDITS.items()
        if PROVIDERS in edit and name != "providers-are-locked"
    },
    "files-come-that-nobody-answers-for": {f"{FOLDER}/old.txt": "old\n"},
    "a-file-that-nobody-answers-for-stays-as-it-was": _OLD,
    "files-that-nobody-answers-for-are-gone": _OLD,
}
