"""Files that somebody names, found among the Secrets of the stacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from infra.base.errors import UserError
from infra.lake.documents import Problem, did_you_mean
from infra.lake.model.stack import Stack
from infra.lake.registry.flux import FluxSecret
from infra.secrets.secret_check import StackSecrets
from infra.secrets.secret_file import SecretFile
from infra.secrets.secret_sources import NamedSecret, namespace_of, secret_lines


def match_secrets(found: Iterable[SecretFile], stacks: Sequence[Stack]) -> tuple[list[StackSecrets], list[Problem]]:
    """The stacks that take values of these Secrets, with all their Secrets; those that were not found are not known.

    A lake that names no Secrets at all takes every file for that of its only stack. Raises UserError if it has several.
    """
    if not any(secret_lines(stack) for stack in stacks):
        return [_only_stack(found, stacks)], []
    matched = {stack.id: [NamedSecret(line, None, line.file) for line in secret_lines(stack)] for stack in stacks}
    problems: list[Problem] = []
    for secret in found:
        places = _places(secret, stacks)
        if not places:
            problems.append(_unknown(secret, stacks))
        for stack, index in places:
            matched[stack.id][index] = replace(matched[stack.id][index], held=secret, file=secret.file)
    touched = [StackSecrets(stack, matched[stack.id]) for stack in stacks]
    return [secrets for secrets in touched if secrets.held], problems


def _only_stack(found: Iterable[SecretFile], stacks: Sequence[Stack]) -> StackSecrets:
    if len(stacks) != 1:
        raise UserError("no stack names its Secrets in flux.secrets; say which stack the file is for with --stack")
    # The name in a file may be one that the registry would refuse.
    named = [NamedSecret(FluxSecret.model_construct(name=secret.name or ""), secret, secret.file) for secret in found]
    return StackSecrets(stacks[0], named)


def _places(secret: SecretFile, stacks: Sequence[Stack]) -> list[tuple[Stack, int]]:
    """The lines of `flux.secrets` that mean this Secret: those of its namespace, else the first with its name.

    A file that does not tell the name of its Secret is found by its own name.
    """
    lines = [(stack, index, line) for stack in stacks for index, line in enumerate(secret_lines(stack))]
    if secret.name is None:
        same = [(stack, index) for stack, index, line in lines if line.file and secret.file.endswith(line.file)]
        return same or ([(stack, index) for stack, index, _ in lines] if len(lines) == 1 else [])
    named = [(stack, index) for stack, index, line in lines if line.name == secret.name]
    return [(stack, index) for stack, index in named if namespace_of(stack) == secret.namespace] or named[:1]


def _unknown(secret: SecretFile, stacks: Sequence[Stack]) -> Problem:
    names = [line.name for stack in stacks for line in secret_lines(stack)]
    fix = did_you_mean(secret.name or "", names, "Secrets")
    message = "no stack takes values from this Secret"
    return secret.layers.problem("unknown-reference", ("metadata", "name"), message, fix)
