"""Connector options against the locked spec."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from infra.base.credentials import IF_SEEN, names_credential
from infra.lake.connectors.findings import Finding
from infra.lake.connectors.lock import is_connector, lock_path
from infra.lake.connectors.options import validate
from infra.lake.connectors.spec import Spec
from infra.lake.connectors.unknown import Undecided, with_unknowns
from infra.lake.connectors.walk import find_option, rebuilt, references_in, without_options, written_path
from infra.lake.documents import KeyPath, Layers, Problem, why_refused
from infra.lake.documents.problem import without_echoes
from infra.lake.documents.types import RESERVED, check_secret_name, check_variable
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.merge import merge_entry
from infra.lake.registry.placeholder import is_placeholder
from infra.lake.rules.foreign_variables import is_foreign
from infra.lake.rules.undeclared import undeclared_options
from infra.lake.values.reference import meant_reference


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
        lock = model.locks.get(connector) if connector.startswith(f"{draft.kind}-") else None
        if lock is not None:
            paths, problems = undeclared_options(draft, lock.spec, value)
            yield from problems
            checked = without_options(without_references(value), paths)
            findings = validate(lock.spec, checked)
            of_own = _of_own(draft, lock.spec, findings)
            yield from without_echoes(
                [_problem(draft, value, finding, of_own=finding in of_own) for finding in findings]
            )
        elif (
            draft.layers.value.get("definition_id")
            and is_connector(connector)
            and not (model.root / lock_path(connector)).exists()
        ):
            message = "the options of a custom connector without a lock are not checked, and are shown as secrets"
            fix = f"run: lakeform lock {draft.text('connector')} --from-spec FILE --definition-id UUID"
            yield draft.layers.problem("connector-not-locked", ("connector",), message, fix, severity="warning")


def without_references(value: Any) -> Any:
    """The configuration as the connector would see it, with `Unknown` for every reference, `Undecided` for placeholders."""
    return rebuilt(value, _plain)


def _plain(_path: KeyPath, value: Any) -> Any:
    return Undecided() if is_placeholder(value) or is_foreign(value) else with_unknowns(value)


def _of_own(draft: Draft, spec: Spec, findings: Sequence[Finding]) -> set[Finding]:
    """The missing keys that are missing in the entry itself: one mistake, however many stacks write something beside them."""
    if draft.layers.own == len(draft.layers.pieces) - 1 or not any(finding.missing for finding in findings):
        return set()
    value: Any = {}
    for piece in draft.layers.pieces[: draft.layers.own + 1]:
        value = merge_entry(value, piece.value, spec)
    written = value.get("configuration")
    said = validate(spec, without_references(written)) if isinstance(written, dict) else ()
    return {finding for finding in said if finding.missing}


def _problem(draft: Draft, value: Any, finding: Finding, *, of_own: bool) -> Problem:
    path = ("configuration", *written_path(value, finding.path))
    fix = finding.fix
    if finding.rule == "secret-in-clear":
        written = find_option(value, None, [str(part) for part in path[1:]])[0]
        meant = meant_reference(written, secret=True) or f"{{secret: {_secret_name(draft.id, finding.path)}}}"
        fix = f"write {meant} and add the value to the stack's secrets"
        if finding.seen:
            fix += f"; {IF_SEEN}"
    return draft.layers.problem(
        finding.rule,
        path,
        finding.message,
        fix,
        key=finding.of_key,
        missing=finding.missing,
        near=finding.near,
        of_own=of_own,
    )


def _check_names(layers: Layers, value: Any, path: KeyPath) -> Iterator[Problem]:
    for below, kind, name in references_in(value, path):
        why = why_refused(check_secret_name if kind == "secret" else check_variable, name)
        if why:
            message, fix = why
            if kind == "secret" and name not in RESERVED and not names_credential(name):
                fix = f'for example "{_secret_name(layers.pieces[layers.own].path[-1], below[1:])}"'
            yield layers.problem("bad-name", (*below, kind), message, fix)


def _secret_name(entry: str | int, path: KeyPath) -> str:
    """What the secret of an option may be called."""
    return "_".join(str(part) for part in (entry, *path)).lower()
