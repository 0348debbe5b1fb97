"""No value of a secret comes through `status`, whatever echoes it; and what cannot be judged is withheld."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.kube import Cluster, cluster_on_path, condition, failed, readable_plan, repository, secret, terraform
from tests.support.lakes import run

IN_CLUSTER = "s3cret/of the+cluster"
IN_ENVIRONMENT = "s3cret-of-the-environment"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nBAQEFAASCBKcwggSjAgEAAo\n-----END PRIVATE KEY-----\n"
PLAN = "plan-main-bbbbbbbbbb"


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setenv("TF_VAR_faker_key", IN_ENVIRONMENT)
    found = cluster_on_path(tmp_path, monkeypatch)
    found.put(repository())
    found.put(secret({"client_secret": IN_CLUSTER, "faker_key": KEY}))
    return found


def shown(lake: Path, code: int = 1) -> str:
    """Everything that `status` prints, in both formats."""
    results = [run(lake, "status"), run(lake, "status", "--format", "json")]
    assert [result.code for result in results] == [code, code]
    return "".join(result.out + result.err for result in results)


def error(detail: str, summary: str = "failure to invoke API", address: str = "airbyte_source.faker") -> str:
    """An error of the provider, in the message of a condition."""
    place = f"  with {address},\n  on cdk.tf.json line 40, in resource.{address}:\n"
    return f"error running Apply: exit status 1\n\nError: {summary}\n\n{place}\n{detail}\n"


FORMS = [
    IN_CLUSTER,
    IN_ENVIRONMENT,
    quote(IN_CLUSTER, safe=""),
    base64.b64encode(IN_CLUSTER.encode()).decode(),
    "MIIEvQIBADANBgkqhkiG9w0",
    KEY.replace("\n", "\\n"),
]


@pytest.mark.parametrize("value", FORMS, ids=range(len(FORMS)))
@pytest.mark.parametrize(
    "message",
    [
        error("refused: the key 'VALUE' is wrong"),
        error("refused", summary="the key VALUE is wrong"),
        error("refused", address='airbyte_source.faker["VALUE"]'),
        error("refused", address="airbyte_source.faker.VALUE"),
        error("refused").replace("cdk.tf.json", "VALUE.tf.json"),
        "Error: no\n\n  on VALUE.tf line 3:\n",
        "cannot fetch VALUE",
        "Error: VALUE",
        f"{'x ' * 300}\nVALUE",
    ],
    ids=["detail", "summary", "index", "attribute", "file", "only a file", "plain", "error", "long"],
)
def test_a_value_in_a_ready_message_is_masked(lake: Path, cluster: Cluster, message: str, value: str) -> None:
    cluster.put(failed(message.replace("VALUE", value)))
    text = shown(lake)
    assert value not in text
    assert value.replace("\\", "\\\\") not in text
    assert '"errors": [\n' in text


def test_a_value_is_masked_where_terraform_broke_the_line_in_it(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed(error(f"refused: the key {IN_CLUSTER.replace(' ', chr(10))} is wrong")))
    text = shown(lake)
    assert "        refused: the key *** is wrong\n" in text
    assert "the+cluster" not in text


def test_what_is_not_secret_in_a_ready_message_is_shown(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed(error(f"refused: the key {IN_CLUSTER} is wrong")))
    assert "        refused: the key *** is wrong\n" in shown(lake)


@pytest.mark.parametrize("field", ["reason", "lastAppliedRevision", "lock", "plan"])
def test_a_value_in_another_field_is_masked(lake: Path, cluster: Cluster, field: str) -> None:
    value = IN_ENVIRONMENT
    more: dict[str, Any] = {"lastAppliedRevision": value, "lock": {"pending": value}, "plan": {"pending": value}}
    chosen = {key: text for key, text in more.items() if key == field}
    cluster.put(terraform(condition("Ready", "False", value if field == "reason" else "X", "no"), **chosen))
    assert value not in shown(lake)


def test_a_value_in_a_readable_plan_is_not_shown(lake: Path, cluster: Cluster) -> None:
    planned = condition("Ready", "Unknown", "TerraformPlannedWithChanges", f"Plan generated {IN_CLUSTER}")
    cluster.put(terraform(planned, plan={"pending": PLAN}))
    text = (
        f'  # airbyte_source.faker will be updated in-place\n      ~ key = "{IN_CLUSTER}" -> (sensitive value)\n'
        '  # airbyte_source.hunter2 will be created\n  # airbyte_source.faker["hunter2"] must be replaced\n'
        "Plan: 1 to add, 1 to change, 0 to destroy. hunter2\n"
    )
    cluster.put(readable_plan(text, PLAN))
    printed = shown(lake)
    assert "airbyte_source.faker will be updated in-place" in printed
    assert "1 more, of objects that the registry does not have" in printed
    assert [value for value in (IN_CLUSTER, "hunter2") if value in printed] == []


def test_a_value_in_the_text_of_a_drift_is_not_shown(lake: Path, cluster: Cluster) -> None:
    text = f'  # airbyte_source.faker has changed\n      ~ key = "{IN_CLUSTER}" -> "hunter2"\n'
    cluster.put(failed(text, "DriftDetected"))
    printed = shown(lake)
    assert "airbyte_source.faker has changed" in printed
    assert [value for value in (IN_CLUSTER, "hunter2") if value in printed] == []


# A value that nobody can know


def withheld(lake: Path) -> str:
    """What is shown of an error whose text is withheld, and the reason."""
    text = shown(lake)
    for word in ("hunter2", "failure to invoke", IN_CLUSTER):
        assert word not in text
    lines = run(lake, "status", "--quiet").out.splitlines()
    start = next(index for index, line in enumerate(lines) if "withheld)" in line)
    assert lines[start : start + 2] == [
        "    dag/registry/lake.yaml:14:3  error  (its text is withheld)",
        "        airbyte_source.faker",
    ]
    return lines[start + 2].removeprefix("    withheld   ")


def test_a_secret_that_may_not_be_read_withholds_the_text(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed(error("refused: the key hunter2 is wrong", address='airbyte_source.faker["hunter2"]')))
    cluster.refuse("get secrets", 'Error from server (Forbidden): secrets "lake-values" is forbidden')
    assert withheld(lake) == (
        "the Secret lake-values cannot be read, so its values are not known: the cluster forbids it: "
        'secrets "lake-values" is forbidden'
    )


def test_a_secret_that_is_not_there_any_more_withholds_the_text(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed(error("hunter2")))
    (cluster.folder / "secrets/lake/lake-values.json").unlink()
    reason = 'the Secret lake-values cannot be read, so its values are not known: secrets "lake-values" not found'
    assert withheld(lake) == reason


def test_a_secret_that_was_changed_since_withholds_the_text(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed(error("the former value hunter2")))
    cluster.put(secret({"client_secret": "new"}, changed="2026-01-02T00:00:01Z"))
    reason = "a Secret was changed later, at 2026-01-02T00:00:01Z: its previous value may be in it"
    assert withheld(lake) == reason


def test_every_secret_that_the_object_names_counts(lake: Path, cluster: Cluster) -> None:
    more = {
        "backendConfigsFrom": [{"kind": "Secret", "name": "one"}],
        "readInputsFromSecrets": [{"name": "two", "as": "x"}],
        "fileMappings": [{"location": "home", "path": "x", "secretRef": {"name": "three", "key": "k"}}],
        "cliConfigSecretRef": {"name": "four"},
    }
    found = failed(error("one1one1 two2two2 thr33thr33 f0urf0ur"))
    found["spec"] |= more
    cluster.put(found)
    assert "cannot be read" in withheld(lake)
    for name, value in (("one", "one1one1"), ("two", "two2two2"), ("three", "thr33thr33"), ("four", "f0urf0ur")):
        cluster.put(secret({"k": value}, name))
    assert "        *** *** *** ***\n" in shown(lake)


def test_a_file_that_a_message_made_up_is_not_shown_where_texts_are_withheld(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed(error("x", address="airbyte_source.hunter2").replace("cdk.tf.json", "hunter2.tf")))
    cluster.refuse("get secrets", "Error from server (Forbidden): no")
    text = shown(lake)
    assert "hunter2" not in text
    assert "    -  error  (its text is withheld)\n    withheld   " in text


def test_a_value_that_the_controller_cut_in_half_is_not_shown(lake: Path, cluster: Cluster) -> None:
    value = "0123456789" * 4
    cluster.put(secret({"client_secret": value}))
    message = error("x" * 30_000)
    cut = message[: 20_000 - 25] + value[:25]
    assert len(cut) == 20_000
    cluster.put(failed(f"{cut}..."))
    text = shown(lake)
    assert "xxxx" in text
    assert value[:8] not in text


def test_the_message_of_a_source_is_withheld_where_its_login_is_not_known(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed("no"))
    not_ready = condition("Ready", "False", "GitOperationFailed", "remote: the token hunter2 has ended")
    cluster.put(repository(not_ready, spec={"secretRef": {"name": "git"}}))
    text = shown(lake)
    assert "hunter2" not in text
    assert "source     Ready False (GitOperationFailed): its text is withheld: the Secret git cannot be read" in text
    cluster.put(secret({"password": "hunter2"}, "git"))
    assert "source     Ready False (GitOperationFailed): remote: the token *** has ended\n" in shown(lake)


def test_kubectl_does_not_get_a_value_and_what_it_says_is_masked(lake: Path, cluster: Cluster) -> None:
    cluster.refuse("*", f"error: exec plugin: {IN_ENVIRONMENT} expired")
    assert "kubectl: exec plugin: *** expired" in shown(lake, code=2)
    assert IN_ENVIRONMENT not in str(cluster.calls())


@pytest.mark.parametrize("said", ["{0}\n{1} has ended", "E0102 15:04:05.1 x.go:1] {0}\n  {1} has ended"])
def test_a_value_that_kubectl_breaks_over_lines_is_masked_as_a_whole(lake: Path, cluster: Cluster, said: str) -> None:
    cluster.refuse("*", said.format(IN_ENVIRONMENT[:6], IN_ENVIRONMENT[6:]))
    shown_ = shown(lake, code=2)
    assert IN_ENVIRONMENT[6:] not in shown_
    assert "*** has ended" in shown_


@pytest.mark.parametrize("said", ["sent Bearer {}", "password: {}", 'secret_access_key = "{}"', "Authorization: x {}"])
def test_a_credential_that_nobody_knows_is_masked_in_what_kubectl_says(lake: Path, cluster: Cluster, said: str) -> None:
    cluster.refuse("*", f"error: exec plugin: {said.format('x1')}")
    told = shown(lake, code=2)
    assert "***" in told
    assert "x1" not in told
