"""Connector options against the locked spec."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.lake.connectors.findings import Finding
from infra.lake.connectors.lock import is_connector, lock_path
from infra.lake.connectors.options import Undecided, Unknown, judge
from infra.lake.documents import KeyPath, Layers, Problem, why_refused
from infra.lake.documents.problem import without_echoes
from infra.lake.documents.types import check_secret_name, check_variable
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.placeholder import is_placeholder
from infra.lake.values.reference import LITERAL, literal_value, reference_name, references_in


def check_configurations(model: LakeModel) -> Iterator[Problem]:
    """`config-invalid`, `config-unknown-key`, `config-missing-key`, `secret-in-clear`, and `bad-name` for references
    whose name Terraform cannot have. A custom connector without a lock is a warning: nothing of it can be checked.
    """
    for draft in model.drafts.entries.values():
        value = draft.layers.value.get("configuration")
        unmanaged = draft.layers.value.get("existing") or draft.layers.value.get("external")
        if draft.section == "connections" or unmanaged or not isinstance(value, dict):
            continue
        yield from _check_names(draft.layers, value, ("configuration",))
        connector = draft.text("connector") or ""
        lock = model.locks.get(connector) if connector.startswith(f"{draft.section[:-1]}-") else None
        if lock is not None:
            yield from without_echoes([_problem(draft, value, finding) for finding in judge(lock.spec, plain(value))])
        elif (
            draft.layers.value.get("definition_id")
            and is_connector(connector)
            and not (model.root / lock_path(connector)).exists()
        ):
            message = "the options of a custom connector without a lock are not checked, and are shown as secrets"
            fix = f"run: lakeform lock {draft.text('connector')} --from-spec FILE --definition-id UUID"
            yield draft.layers.problem("connector-not-locked", ("connector",), message, fix, severity="warning")


def plain(value: Any) -> Any:
    """The configuration as the connector would see it, with `Unknown` for every reference, `Undecided` for placeholders."""
    if is_placeholder(value):
        return Undecided()
    found = reference_name(value)
    if found is not None:
        return Unknown(secret=found[0] == "secret")
    literal = literal_value(value)
    if literal is not None or isinstance(value, dict):
        return {key: plain(inner) for key, inner in (value if literal is None else literal).items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def _problem(draft: Draft, value: Any, finding: Finding) -> Problem:
    path = ("configuration", *_written(value, finding.path))
    fix = finding.fix
    if finding.rule == "secret-in-clear":
        name = "_".join(str(part) for part in (draft.id, *finding.path)).lower()
        fix = f"write {{secret: {name}}} and give the value to the stack's secrets"
        if finding.message.endswith("clear"):
            fix += "; git has seen this one, so change it"
    return draft.layers.problem(finding.rule, path, finding.message, fix, key=finding.of_key)


def _written(value: Any, path: KeyPath) -> KeyPath:
    """The path as the author wrote it: with the `literal` that `plain` took away."""
    written: KeyPath = ()
    for part in path:
        literal = literal_value(value)
        if literal is not None:
            value, written = literal, (*written, LITERAL)
        written = (*written, part)
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            value = None
    return written


def _check_names(layers: Layers, value: Any, path: KeyPath) -> Iterator[Problem]:
    for below, kind, name in references_in(value, path):
        why = why_refused(check_secret_name if kind == "secret" else check_variable, name)
        if why:
            yield layers.problem("bad-name", (*below, kind), *why)
