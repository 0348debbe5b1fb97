"""A real cluster, as far as kubectl sees one: kube-apiserver and etcd, without nodes and controllers, on loopback.

All three programs are built once from the module in tests/tools/kube. `python -m tests.support.cluster` builds what is missing.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.lakes import REPOSITORY
from tests.tools.build import ToolsMissing, build, give_up

MODULE = REPOSITORY / "tests/tools/kube"

# Nobody else's, and gone with the cluster.
_TOKENS = {"admin": ("token-of-the-admin", "system:masters"), "reader": ("token-of-the-reader", "readers")}

_START_SECONDS = 60.0

Json = dict[str, Any]


@dataclass(frozen=True)
class Programs:
    """The three programs."""

    etcd: Path
    apiserver: Path
    kubectl: Path


@functools.cache
def programs() -> Programs:
    """All three. Raises ToolsMissing."""
    if shutil.which("openssl") is None:
        raise ToolsMissing("there is no openssl to make the key of the API server")
    return Programs(
        build(MODULE, "etcd", "go.etcd.io/etcd/server/v3"),
        build(MODULE, "kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
        build(MODULE, "kubectl", "k8s.io/kubernetes/cmd/kubectl"),
    )


def programs_or_skip() -> Programs:
    """All three; where there are none, the test is skipped, and fails in CI."""
    try:
        return programs()
    except ToolsMissing as error:
        give_up(error)


@dataclass(frozen=True)
class RealCluster:
    """An API server that runs.

    Attributes:
        kubeconfig: has the contexts `admin`, who may do everything, `reader`, who may do nothing yet, `nobody`, whom it
            does not know, and `nowhere`, where nothing listens; the current one is `admin`.

    """

    kubectl_path: Path
    kubeconfig: Path

    def kubectl(self, *words: str, given: Any = None) -> str:
        """What kubectl prints; `given`: objects on its standard input."""
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig)}
        command = [str(self.kubectl_path), *words]
        text = None if given is None else json.dumps(given)
        run = subprocess.run(command, input=text, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        return run.stdout

    def put(self, found: Json) -> None:
        """Create an object, or replace it, with its status."""
        for option in ([], ["--subresource=status"]):
            if option and "status" not in found:
                continue
            self.kubectl("apply", "--server-side", "--force-conflicts", *option, "--filename=-", given=found)

    def wait_for_crds(self) -> None:
        """Until the API server serves every definition that it has; `kubectl wait` fails on one without a status yet."""
        deadline = time.monotonic() + _START_SECONDS
        while not all(map(_is_established, json.loads(self.kubectl("get", "crds", "--output=json"))["items"])):
            assert time.monotonic() < deadline, "the API server does not take the definitions"
            time.sleep(0.1)


def _is_established(definition: Json) -> bool:
    conditions = definition.get("status", {}).get("conditions") or []
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)


@contextmanager
def real_cluster(folder: Path) -> Iterator[RealCluster]:
    """Such a cluster, with nothing in it; its data is in `folder`."""
    made = programs_or_skip()
    client, peer, secure, unused = _free_ports(4)
    _write_files(folder, secure, unused)
    data = ["--data-dir", str(folder / "etcd"), "--unsafe-no-fsync", "--log-level=error"]
    addresses = [
        f"--listen-client-urls=http://127.0.0.1:{client}",
        f"--advertise-client-urls=http://127.0.0.1:{client}",
    ]
    peers = [f"--listen-peer-urls=http://127.0.0.1:{peer}", f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}"]
    cluster = [f"--initial-cluster=default=http://127.0.0.1:{peer}"]
    key = str(folder / "accounts.key")
    apiserver = [
        f"--etcd-servers=http://127.0.0.1:{client}",
        "--bind-address=127.0.0.1",
        f"--secure-port={secure}",
        f"--cert-dir={folder / 'certificates'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--disable-admission-plugins=ServiceAccount",
        "--enable-priority-and-fairness=false",
        "--enable-logs-handler=false",
        "--profiling=false",
    ]
    with ExitStack() as running:
        running.enter_context(_program(folder, made.etcd, [*data, *addresses, *peers, *cluster]))
        server = running.enter_context(_program(folder, made.apiserver, apiserver))
        found = RealCluster(made.kubectl, folder / "kubeconfig")
        _wait(found, server, folder / "kube-apiserver.log")
        yield found


@contextmanager
def _program(folder: Path, path: Path, options: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / f"{path.name}.log").open("wb") as log:
        process = subprocess.Popen([str(path), *options], stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    try:
        yield process
    finally:
        process.kill()  # nothing of it is kept
        process.wait()


def _write_files(folder: Path, secure: int, unused: int) -> None:
    (folder / "tokens.csv").write_text(
        "".join(f'{token},{user},{user},"{group}"\n' for user, (token, group) in _TOKENS.items())
    )
    make = ["openssl", "genrsa", "-out", str(folder / "accounts.key"), "2048"]
    subprocess.run(make, check=True, capture_output=True)
    users = {**{user: token for user, (token, _) in _TOKENS.items()}, "nobody": "x", "nowhere": "x"}
    servers = {user: unused if user == "nowhere" else secure for user in users}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "admin",
        "clusters": [
            {"name": user, "cluster": {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}}
            for user, port in servers.items()
        ],
        "users": [{"name": user, "user": {"token": token}} for user, token in users.items()],
        "contexts": [{"name": user, "context": {"cluster": user, "user": user}} for user in users],
    }
    (folder / "kubeconfig").write_text(yaml.safe_dump(config))


def _wait(found: RealCluster, server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < ends:
        try:
            found.kubectl("get", "--raw=/readyz")
        except AssertionError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the API server does not start:\n{log.read_text()[-3000:]}")


def _free_ports(count: int) -> list[int]:
    """Asked in a process of its own, as tests may not open sockets outside themselves."""
    program = (
        "import socket\n"
        f"held = [socket.create_server(('127.0.0.1', 0)) for _ in range({count})]\n"
        "print(*(one.getsockname()[1] for one in held))"
    )
    run = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    return [int(word) for word in run.stdout.split()]


if __name__ == "__main__":
    print(*vars(programs()).values(), sep="\n")
