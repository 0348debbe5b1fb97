"""Kubectl: the program that talks to a cluster, with its own kubeconfig and its own way of logging in."""

from __future__ import annotations

import json
from collections.abc import Mapping

from infra.base.json_value import Json, json_of, part
from infra.base.output import output_of
from infra.base.process import TooMuchError
from infra.base.redactor import Redactor
from infra.gitops.cluster.kubectl_errors import ClusterError, refused

TERRAFORM = "terraforms.v1alpha2.infra.contrib.fluxcd.io"
GIT_REPOSITORY = "gitrepositories.v1.source.toolkit.fluxcd.io"

# One request; and a whole call, in which kubectl may ask several times or log in with a program of its own.
REQUEST = "15s"
CALL_SECONDS = 60.0
# An object in etcd has 1.5 MB at most, and a plan for people to read is in a few of them.
MOST_BYTES = 64 * 2**20


class Kubectl:
    """Reads and changes objects. Every failure is a ClusterError with one sentence, masked.

    Attributes:
        context: context of the kubeconfig; None for the current one.
    """

    def __init__(self, context: str | None, redactor: Redactor) -> None:
        self.context, self._redactor = context, redactor

    def get(self, resource: str, namespace: str, name: str) -> Json:
        """The object. Raises ClusterError of the kind `no-namespace` where not even its namespace is there."""
        try:
            return self._object("get", resource, name, "--namespace", namespace, "--show-managed-fields")
        except ClusterError as error:
            if error.kind == "not-found" and not self._has_namespace(namespace):
                raise ClusterError("no-namespace", f'the cluster has no namespace "{namespace}"') from None
            raise

    def select(self, resource: str, namespace: str, wanted: Mapping[str, str], *, by: str = "selector") -> list[Json]:
        """The objects with these labels, or with `by="field-selector"` these fields, sorted by name."""
        selector = ",".join(f"{key}={value}" for key, value in sorted(wanted.items()))
        found = self._object("get", resource, "--namespace", namespace, f"--{by}", selector)
        listed = found.get("items")
        items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
        return sorted(items, key=lambda item: str(part(item, "metadata").get("name")))

    def annotate(self, resource: str, namespace: str, name: str, annotation: str, value: str) -> None:
        """Give the object an annotation, in the place of the one that it has."""
        self._run("annotate", resource, name, "--namespace", namespace, "--overwrite", f"{annotation}={value}")

    def apply(self, part: Json, manager: str) -> None:
        """Make `manager` hold these fields of an object, and no others, by server-side apply.

        `part`: its apiVersion, kind, name and namespace, and the fields. Whoever else has set them gives way.
        """
        words = ("apply", "--server-side", "--force-conflicts", f"--field-manager={manager}", "--filename=-")
        self._run(*words, given=json.dumps(part))

    def patch(self, resource: str, namespace: str, name: str, part: Json, manager: str) -> None:
        """Merge `part` into the object, as `manager`; null takes a field out, whoever has set it."""
        options = ("--type=merge", f"--field-manager={manager}", f"--patch={json.dumps(part)}")
        self._run("patch", resource, name, "--namespace", namespace, *options)

    def _has_namespace(self, namespace: str) -> bool:
        """False only if the cluster says so: many may not look."""
        try:
            self._run("get", "namespaces", namespace, "--output", "name")
        except ClusterError as error:
            return error.kind != "not-found"
        return True

    def _object(self, *words: str) -> Json:
        try:
            value = json_of(self._run(*words, "--output", "json"))
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise ClusterError(
                "failed", "what kubectl prints is not a JSON object; is it another program with that name?"
            )
        return value

    def _run(self, *words: str, given: str = "") -> str:
        context = [] if self.context is None else ["--context", self.context]
        command = ["kubectl", *words, f"--request-timeout={REQUEST}", *context]
        try:
            run = output_of(command, given=given.encode(), seconds=CALL_SECONDS, most_bytes=MOST_BYTES)
        except TooMuchError as error:
            raise ClusterError("failed", str(error)) from None
        except TimeoutError:
            raise ClusterError("unreachable", f"kubectl does not answer within {CALL_SECONDS:g} s") from None
        except OSError as error:
            raise _not_run(error) from None
        if run.code != 0:
            raise refused(self._redactor.hide(run.errors), self.context)
        return run.written.decode("utf-8", "replace")


def _not_run(error: OSError) -> ClusterError:
    if isinstance(error, FileNotFoundError):
        return ClusterError(
            "no-kubectl", "there is no kubectl on PATH; install it: https://kubernetes.io/docs/tasks/tools"
        )
    return ClusterError("no-kubectl", f"kubectl cannot be run: {(error.strerror or 'failed').lower()}")
