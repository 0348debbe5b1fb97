"""`state-shared`: two stacks whose Terraform state would lie in one place, however their backends say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lakes import DESTINATION, problems_of, write_lake

FLUX = "{namespace: lake, git: {url: 'ssh://git@git.example.com/team/lake'}}"
SUFFIX = "kubernetes: {namespace: lake, secret_suffix: shop"


def lake(*stacks: tuple[str, str]) -> str:
    """A registry with a stack for each pair of backend and flux; empty for none."""
    lines = ["version: 1", "lake:", "  name: shop", "  stacks:"]
    for name, (backend, flux) in zip(("staging", "prod", "dev"), stacks, strict=False):
        lines += [f"    {name}:", f"      server_url: https://{name}.example.com/api/public/v1"]
        lines += ["      workspace_id: 11111111-2222-3333-4444-555555555555", "      auth: none"]
        lines += [f"      backend: {{{backend}}}"] * bool(backend) + [f"      flux: {flux}"] * bool(flux)
    return "\n".join(lines) + "\n"


def told(root: Path, *stacks: tuple[str, str]) -> list[str]:
    """What `check` says, each as its place and the place that it is compared with."""
    write_lake(root, {"dag/registry/main.yaml": lake(*stacks)})
    found = [problem for problem in problems_of(root) if problem.rule == "state-shared"]
    return [f"{problem.path} {problem.location.line} {problem.related[0].location.line}" for problem in found]


SAME = [
    (f"{SUFFIX}}}", f"{SUFFIX}}}"),
    (f"{SUFFIX}, config_path: ~/.kube/config}}", f"{SUFFIX}, in_cluster_config: true, labels: {{a: b}}}}"),
    (f"{SUFFIX}, host: 'https://K8S.example.com:443/'}}", f"{SUFFIX}, host: https://k8s.example.com}}"),
    (f"{SUFFIX}, config_context: prod}}", f"{SUFFIX}}}"),
    ("kubernetes: {secret_suffix: shop}", "kubernetes: {secret_suffix: shop, namespace: default}"),
    ("s3: {bucket: b, key: a/b, region: eu-central-1}", "s3: {bucket: b, key: ./a//b/, region: us-east-1, profile: p}"),
    ("s3: {bucket: b, key: a, workspace_key_prefix: x}", "s3: {bucket: b, key: a, workspace_key_prefix: y}"),
    (
        "s3: {bucket: b, key: a, endpoint: 'http://MINIO.example.com:80'}",
        "s3: {bucket: b, key: a, endpoints: {s3: 'http://minio.example.com/'}}",
    ),
    ("s3: {bucket: b, key: a}", "s3: {bucket: b, key: a, endpoint: 'https://s3.eu-central-1.amazonaws.com'}"),
    ("s3: {bucket: b, key: a%20b}", "s3: {bucket: b, key: a b, max_retries: 3, use_lockfile: true}"),
    ("gcs: {bucket: b}", "gcs: {bucket: b, prefix: /, credentials: k.json}"),
    ("gcs: {bucket: b, prefix: lake}", "gcs: {bucket: b, prefix: lake/}"),
    (
        "azurerm: {storage_account_name: acc, container_name: c, key: k, resource_group_name: g}",
        "azurerm: {storage_account_name: Acc, container_name: c, key: k, use_oidc: true, environment: public}",
    ),
    ("local: {path: ../../../state/x.tfstate}", "local: {path: ../../.././state//x.tfstate}"),
    ("local: {path: terraform.tfstate}", "local: {path: ../staging/terraform.tfstate}"),
    ("", "local: {path: ../staging/terraform.tfstate}"),
    ("local: {}", "local: {path: ../../stacks/staging/terraform.tfstate}"),
    (
        "http: {address: 'https://T.example.com:443/a%2Db/', lock_address: x}",
        "http: {address: 'https://u@t.example.com/a-b'}",
    ),
    ("http: {address: 'https://t.example.com/?b=1&a=2'}", "http: {address: 'https://t.example.com/?a=2&b=1'}"),
    ("http: {address: 'http://[x'}", "http: {address: 'http://[x'}"),
    ("pg: {schema_name: x}", "pg: {schema_name: x}"),
    ("pg: {}", "pg: {schema_name: terraform_remote_state}"),
    (
        "pg: {conn_str: 'postgres://u@DB.example.com/tf?sslmode=require'}",
        "pg: {conn_str: 'host=db.example.com port=5432 dbname=tf user=v'}",
    ),
    ("consul: {path: a/b, address: 'c:8500'}", "consul: {path: /a/b/, scheme: https}"),
    ("cos: {bucket: b, region: r}", "cos: {bucket: b, region: r, key: terraform.tfstate}"),
    ("oss: {bucket: b, prefix: p}", "oss: {bucket: b, prefix: p/, region: r}"),
    (
        "remote: {organization: Team, workspaces: {name: x}}",
        "cloud: {hostname: app.terraform.io, organization: team, workspaces: [{name: x}]}",
    ),
    ("mine: {container: a, token: x, nested: {b: 1}}", "mine: {container: a/, token: y, nested: {b: 1}}"),
]
OTHER = [
    (f"{SUFFIX}}}", "kubernetes: {namespace: lake, secret_suffix: shop2x}"),
    (f"{SUFFIX}}}", "kubernetes: {namespace: other, secret_suffix: shop}"),
    (f"{SUFFIX}, config_context: a}}", f"{SUFFIX}, config_context: b}}"),
    (f"{SUFFIX}, host: 'https://a:6443'}}", f"{SUFFIX}, host: 'https://a:7443'}}"),
    ("s3: {bucket: b, key: a}", "s3: {bucket: b, key: b}"),
    ("s3: {bucket: b, key: a}", "s3: {bucket: c, key: a}"),
    ("s3: {bucket: b, key: a}", "s3: {bucket: b, key: a, endpoint: 'https://minio.example.com'}"),
    ("s3: {}", "s3: {}"),
    ("s3: {bucket: b}", "s3: {bucket: b}"),
    ("gcs: {bucket: b, prefix: a}", "gcs: {bucket: b, prefix: a/b}"),
    (
        "azurerm: {storage_account_name: a, container_name: c, key: k}",
        "azurerm: {storage_account_name: b, container_name: c, key: k}",
    ),
    ("local: {path: x.tfstate}", "local: {path: x.tfstate}"),
    ("", ""),
    ("http: {address: 'https://t.example.com/a'}", "http: {address: 'https://t.example.com/b'}"),
    ("http: {address: 'https://t.example.com/?id=1'}", "http: {address: 'https://t.example.com/?id=2'}"),
    ("pg: {schema_name: x}", "pg: {schema_name: y}"),
    ("pg: {conn_str: 'postgres://a/x'}", "pg: {conn_str: 'postgres://b/x'}"),
    ("consul: {path: a}", "consul: {path: b}"),
    ("cos: {bucket: b, region: r}", "cos: {bucket: b, region: s}"),
    ("oss: {bucket: b, key: a}", "oss: {bucket: b, key: b}"),
    (
        "remote: {organization: t, workspaces: {name: x}}",
        "remote: {organization: t, workspaces: {name: y}}",
    ),
    ("mine: {container: a}", "mine: {container: b}"),
    ("mine: {token: x}", "mine: {token: x}"),
    ("s3: {bucket: b, key: a}", "gcs: {bucket: b, prefix: a}"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_place_written_in_two_ways_is_told_at_the_later_stack(tmp_path: Path, one: str, other: str) -> None:
    (found,) = told(tmp_path, (one, ""), (other, ""))
    assert found == ("lake.stacks.prod.backend 13 5" if not one else "lake.stacks.prod.backend 14 9")


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_places_are_no_problem(tmp_path: Path, one: str, other: str) -> None:
    assert told(tmp_path, (one, ""), (other, "")) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("", FLUX), ("kubernetes: {namespace: lake, secret_suffix: staging}", ""), ["lake.stacks.prod.backend 14 5"]),
        (("", FLUX), ("kubernetes: {namespace: lake, secret_suffix: staging}", FLUX), ["lake.stacks.prod.backend 14 5"]),
        (("kubernetes: {namespace: lake, secret_suffix: prod}", ""), ("", FLUX), ["lake.stacks.staging.backend 9 10"]),
        ((f"{SUFFIX}}}", FLUX), (f"{SUFFIX}}}", FLUX), ["lake.stacks.prod.backend 15 9"]),
        (("", FLUX), ("", FLUX), []),
        (("", FLUX), ("", FLUX.replace("namespace: lake", "namespace: other")), []),
        (("", FLUX), ("kubernetes: {namespace: other, secret_suffix: staging}", ""), []),
        (
            (f"{SUFFIX}}}", FLUX.replace("}}", "}, cluster: {url: 'ssh://git@git.example.com/team/one'}}")),
            (f"{SUFFIX}}}", FLUX.replace("}}", "}, cluster: {url: 'https://git.example.com/team/two.git'}}")),
            [],
        ),
        (
            (f"{SUFFIX}}}", FLUX.replace("}}", "}, cluster: {url: 'ssh://git@git.example.com/team/one'}}")),
            (f"{SUFFIX}}}", FLUX.replace("}}", "}, cluster: {url: 'https://git.example.com/team/one.git'}}")),
            ["lake.stacks.prod.backend 15 9"],
        ),
    ],
    ids=[
        "written, the other one's default",
        "both under Flux",
        "the first one writes it",
        "both write it",
        "both by default",
        "other namespaces by default",
        "another namespace",
        "manifests for two clusters",
        "manifests for one cluster, in two addresses",
    ],
)  # fmt: skip
def test_under_flux_the_backend_is_that_of_tofu_controller(
    tmp_path: Path, one: tuple[str, str], other: tuple[str, str], expected: list[str]
) -> None:
    assert told(tmp_path, one, other) == expected


def test_every_further_stack_is_told_once(tmp_path: Path) -> None:
    found = told(tmp_path, *[(f"{SUFFIX}}}", "")] * 3)
    assert found == ["lake.stacks.prod.backend 14 9", "lake.stacks.dev.backend 19 9"]


def test_what_is_printed_has_no_password(tmp_path: Path) -> None:
    for address in ("https://me:hunter2@t.example.com/a?token=hunter2", "http://me:hunter2@[x"):
        write_lake(tmp_path, {"dag/registry/main.yaml": lake(*[(f"http: {{address: '{address}'}}", "")] * 2)})
        assert "hunter2" not in "".join(problem.to_text() for problem in problems_of(tmp_path))


def test_what_is_wrong_elsewhere_does_not_hide_it(tmp_path: Path) -> None:
    text = lake(*[(f"{SUFFIX}}}", "")] * 2) + DESTINATION.replace("s3_bucket_name", "bucket")
    write_lake(tmp_path, {"dag/registry/main.yaml": text})
    assert {"state-shared", "config-unknown-key"} <= {problem.rule for problem in problems_of(tmp_path)}
