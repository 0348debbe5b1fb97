"""`lakeform flux` refuses what cannot work, with the line and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.flux_lakes import (
    BACKEND,
    CLUSTER,
    FILE,
    GIT,
    SECRET,
    SECRETS,
    USUAL,
    VALUES,
    flux_lake,
    secret_text,
    terraform_of,
)
from tests.support.lakes import Result, problems_of, run

# What somebody writes below `flux`, and what is said of it.
REFUSED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "no repository": (
        (SECRETS, VALUES),
        BACKEND,
        (
            f'{FILE}:10:7  missing-key  lake.stacks.airbyte.flux: the key "git" is missing\n'
            "    add git: {url: ssh://git@example.com/team/lake}, the repository that Flux watches\n1 problem\n"
        ),
    ),
    "no namespace": (
        (GIT, SECRETS, VALUES),
        "",
        (
            f'{FILE}:9:7  missing-key  lake.stacks.airbyte.flux: the key "namespace" is missing\n'
            "    add namespace: that of the Terraform object, its Secrets and its state\n1 problem\n"
        ),
    ),
    "a variable from nowhere": (
        (GIT, SECRETS),
        BACKEND,
        (
            'secrets/lake.yaml:4:1  secret-key-missing  stringData: the key "workspace_id" is missing; '
            "lake.stacks.airbyte needs it\n    "
        ),
    ),
    "a file named for two Secrets": (
        (
            GIT,
            "secrets: [{name: lake-values, file: secrets/lake.yaml}, {name: again, file: secrets/lake.yaml}]",
            VALUES,
        ),
        BACKEND,
        f"{FILE}:12:72  unknown-reference  ",
    ),
    "a value in one of two Secrets": (
        (GIT, "secrets: [{name: a}, {name: b}]", VALUES),
        BACKEND,
        (
            f'{FILE}:12:9  variable-ambiguous  lake.stacks.airbyte.flux.secrets: it cannot be known whether a or b contains "client_id"\n'
            "    name the file of each, so that its keys are known\n"
            f"{FILE}:12:9  variable-ambiguous  "
        ),
    ),
    "a file that is not there": (
        (GIT, "secrets: [{name: lake-values, file: secrets/none.yaml}]", VALUES),
        BACKEND,
        f"{FILE}:12:45  file-unreadable  lake.stacks.airbyte.flux.secrets[0].file: there is no file secrets/none.yaml\n",
    ),
    "the name of another Secret": (
        (GIT, "secrets: [{name: lake-value, file: secrets/lake.yaml}]", VALUES),
        BACKEND,
        (
            f"{FILE}:12:26  unknown-reference  lake.stacks.airbyte.flux.secrets[0].name: secrets/lake.yaml contains no Secret called "
            '"lake-value"\n    did you mean "lake-values"?\n1 problem\n'
        ),
    ),
    "the same Secret twice": (
        (GIT, "secrets: [{name: a}, {name: a}]", VALUES),
        BACKEND,
        f'{FILE}:12:37  duplicate-key  lake.stacks.airbyte.flux.secrets[1].name: the Secret "a" is given twice\n',
    ),
    "a repository with a password": (
        ('git: {url: "https://me:hunter2@git.example.com/lake"}', SECRETS, VALUES),
        BACKEND,
        f"{FILE}:11:20  secret-in-clear  lake.stacks.airbyte.flux.git.url: contains a user's password or token\n",
    ),
    "a kind of notification that Flux lacks": (
        (*USUAL, "notifications: {type: slak, secret: x}"),
        BACKEND,
        f"{FILE}:14:31  wrong-type  lake.stacks.airbyte.flux.notifications.type: must be ",
    ),
    "a namespace that is no name": (
        (*USUAL, "system_namespace: Flux_System"),
        BACKEND,
        f"{FILE}:14:27  bad-name  lake.stacks.airbyte.flux.system_namespace: must be a Kubernetes name",
    ),
    "a folder above the repository": (
        ('git: {url: "ssh://git@x/y", path: ../lake}', SECRETS, VALUES),
        BACKEND,
        f"{FILE}:11:43  wrong-type  lake.stacks.airbyte.flux.git.path: must be a path from the root of the repository\n",
    ),
    "a state without a name": (
        USUAL,
        "      backend: {kubernetes: {namespace: lake}}\n",
        (
            f'{FILE}:9:17  flux-invalid  lake.stacks.airbyte.backend.kubernetes: has no "secret_suffix"\n'
            "    add secret_suffix: lake-airbyte\n1 problem\n"
        ),
    ),
    "a name of the state that is no label": (
        USUAL,
        BACKEND.replace("lake-state", "x" * 64),
        f"{FILE}:9:62  bad-name  lake.stacks.airbyte.backend.kubernetes.secret_suffix: must have at most 63 characters\n",
    ),
    "names too long for a label": (
        ("namespace: " + "x" * 50, *USUAL),
        "",
        f"{FILE}:5:5  bad-name  lake.stacks.airbyte: together with the namespace, the id of a stack has at most ",
    ),
    "a value of another type": (
        (GIT, SECRETS, "values: {workspace_id: [1]}"),
        BACKEND,
        f"{FILE}:13:32  wrong-type  lake.stacks.airbyte.flux.values.workspace_id: must be text, a number, true or false\n",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_with_the_place_and_the_way_out(tmp_path: Path, name: str) -> None:
    flux, backend, told = REFUSED[name]
    root = flux_lake(tmp_path, *flux, backend=backend)
    result = run(root, "flux")
    assert (result.code, result.err) == (1, "")
    assert result.out.startswith(told), result.out
    assert not (root / "deploy").exists()


def test_a_lake_without_flux_says_what_to_add(tmp_path: Path) -> None:
    told = f'{FILE}:4:3  missing-key  lake.stacks: no stack has the key "flux", which says how Flux applies it\n'
    assert run(flux_lake(tmp_path), "flux").out.startswith(told)
    named = run(tmp_path, "flux", "--stack", "airbyte").out
    assert named.startswith(f'{FILE}:5:5  missing-key  lake.stacks.airbyte: the key "flux" is missing')
    assert "add flux: {namespace: lake, git: {url: ssh://git@example.com/team/lake}}" in named


def test_the_check_of_a_lake_without_flux_finds_nothing_and_says_so(tmp_path: Path) -> None:
    root = flux_lake(tmp_path)
    assert run(root, "flux", "--check") == Result(0, "not checked: stack airbyte: it has no key flux\n", "")
    assert run(root, "flux", "--check", "--stack", "airbyte").code == 1


def test_the_check_tells_which_manifests_are_not_here(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, GIT, CLUSTER, SECRETS, VALUES)
    why = "its manifests are in the repository of flux.cluster; name a checkout of it: --output DIR"
    assert run(root, "flux", "--check") == Result(0, f"not checked: stack airbyte: {why}\n", "")
    flux_lake(tmp_path, SECRETS, VALUES)
    why = "it has no key flux.git, so there are no manifests"
    assert run(root, "flux", "--check") == Result(0, f"not checked: stack airbyte: {why}\n", "")


def test_manifests_of_a_stack_that_left_flux_are_not_current(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL)
    assert run(root, "flux", "--quiet").code == 0
    flux_lake(tmp_path)
    result = run(root, "flux", "--check", "--quiet")
    assert (result.code, "no longer belongs to anything" in result.out) == (1, True)


def test_a_variable_from_nowhere_is_red_before_the_merge(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL)
    assert run(root, "flux", "--quiet").code == 0
    assert run(root, "flux", "--check", "--quiet").code == 0
    path = root / FILE
    path.write_text(path.read_text().replace("s3_bucket_path: raw", "s3_bucket_path: {var: folder}"))
    for verb in ("flux", "secrets"):
        result = run(root, verb, "--check", "--quiet")
        assert (result.code, 'the key "folder" is missing' in result.out) == (1, True)


def test_an_unknown_stack_has_near_matches(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL)
    told = 'lakeform flux: there is no stack "airbite"; did you mean "airbyte"?\n'
    assert run(root, "flux", "--stack", "airbite") == Result(2, "", told)
    assert run(root, "flux", "--secrets-root", "nowhere") == Result(
        2, "", "lakeform flux: there is no folder nowhere\n"
    )


def test_a_secret_that_is_not_encrypted_is_not_hashed(tmp_path: Path) -> None:
    plain = "apiVersion: v1\nkind: Secret\nmetadata: {name: lake-values, namespace: lake}\nstringData: {client_id: hunter2}\n"
    root = flux_lake(tmp_path, *USUAL, secret=plain)
    result = run(root, "flux")
    assert result.code == 1
    assert "secrets/lake.yaml:4:1  secret-not-encrypted  " in result.out
    assert "hunter2" not in result.out + result.err
    assert not (root / "deploy").exists()


def test_a_file_that_is_encrypted_in_part_is_not_hashed(tmp_path: Path) -> None:
    """The second Secret has nothing in clear yet, but whoever fills it in changes a hash of plaintext."""
    second = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: more, namespace: lake}\nstringData: {x: ''}\n"
    root = flux_lake(tmp_path, *USUAL, secret=SECRET + second)
    told = "lakeform flux: secrets/lake.yaml gets no checksum: it is not an encrypted Secret, or has problems; run: lakeform secrets --check\n"
    assert run(root, "flux") == Result(2, "", told)
    assert not (root / "deploy").exists()


@pytest.mark.parametrize(
    ("secret", "rule"),
    [
        (secret_text("client_id", "client_secret", namespace="other"), "secret-namespace"),
        (SECRET.replace("client_id: ENC", 'client_id: ""\n  x: ENC'), "secret-empty"),
        ("{\n", "yaml-syntax"),
    ],
    ids=["another namespace", "an empty value", "no YAML"],
)
def test_what_is_wrong_with_the_file_is_told_there(tmp_path: Path, secret: str, rule: str) -> None:
    result = run(flux_lake(tmp_path, *USUAL, secret=secret), "flux")
    assert result.code == 1
    assert [line.split()[1] for line in result.out.splitlines() if line.startswith("secrets/lake.yaml:")] == [rule]


def test_a_broken_lake_is_told_first(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL, dag__registry__more="sources: {faker: {}}\n")
    result = run(root, "flux")
    assert (result.code, "duplicate-entry" in result.out) == (1, True)


def test_values_of_nobody_are_a_warning(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, GIT, SECRETS, "values: {workspace_id: x, workspace: y}")
    assert run(root, "catalog").code == 0
    assert run(root, "check") == Result(
        0,
        f"{FILE}:13:35  unused-entry  warning: lake.stacks.airbyte.flux.values.workspace: no entry of the stack refers to it\n"
        '    did you mean "workspace_id"?\n1 warning\n',
        "",
    )


def test_a_value_has_the_type_of_its_variable(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL[:2], "values: {workspace_id: x, rows: many}")
    text = (root / FILE).read_text().replace("{count: 10}", "{count: {var: rows}}")
    (root / FILE).write_text(text)
    told = f"{FILE}:13:41  wrong-type  lake.stacks.airbyte.flux.values.rows: must be a number: sources.faker uses it as one\n"
    assert run(root, "flux") == Result(1, f"{told}1 problem\n", "")
    (root / FILE).write_text(text.replace("rows: many", 'rows: "1e3"'))
    assert run(root, "flux").code == 0
    assert terraform_of(root)["vars"] == [{"name": "rows", "value": "1e3"}, {"name": "workspace_id", "value": "x"}]
    assert 'value: "1e3"' in (root / "deploy/airbyte/terraform/terraform.yaml").read_text()


@pytest.mark.parametrize(("letters", "refused"), [(53, False), (54, True), (63, True)])
def test_the_id_of_a_stack_leaves_room_for_the_name_of_its_runner(
    letters: int, *, refused: bool, tmp_path: Path
) -> None:
    """`<name>-tf-runner` is a pod of 63 characters at most: with one more it never starts, and nothing is applied."""
    id_ = "a" * letters
    root = flux_lake(tmp_path, GIT, SECRETS, VALUES, backend="")
    file = root / FILE
    file.write_text(file.read_text().replace("    airbyte:\n", f"    {id_}:\n"))
    told = (
        f"{FILE}:5:5  bad-name  lake.stacks.{id_}: the id of a stack under Flux has at most 53 characters, "
        "as the runner's pod is named after it"
    )
    assert [problem.to_text() for problem in problems_of(root)] == ([told] if refused else [])
