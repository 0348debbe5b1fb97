"""Do the Secrets of a stack hold what its variables need, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from infra.base.environment import PREFIX
from infra.lake.documents import KeyPath, Problem, RuleId, near_matches, question
from infra.lake.documents.problem import Severity
from infra.lake.model.stack import Stack
from infra.lake.model.variables import Variable
from infra.secrets.secret_file import SecretFile
from infra.secrets.secret_sources import NamedSecret, Origin, namespace_of, origin_of
from infra.secrets.sops_problems import edit_command


@dataclass(frozen=True)
class StackSecrets:
    """A stack with the Secrets that it takes values of."""

    stack: Stack
    named: Sequence[NamedSecret]

    @property
    def held(self) -> list[SecretFile]:
        """The Secrets that could be read."""
        return [secret.held for secret in self.named if secret.held is not None]

    @cached_property
    def origins(self) -> Mapping[str, Origin]:
        """Where the value of each variable comes from."""
        return {name: origin_of(name, self.stack, self.named) for name in self.stack.variables}

    @property
    def missing(self) -> list[Variable]:
        """The variables that nothing gives a value to."""
        return [self.stack.variables[name] for name, origin in self.origins.items() if origin.kind == "nowhere"]


@dataclass(frozen=True)
class _Stray:
    """A key that no stack takes."""

    held: SecretFile
    key: str

    def problem(self, rule: RuleId, message: str, fix: str) -> Problem:
        path = self.held.keys[self.key].path
        severity: Severity = "warning" if rule == "secret-key-unused" else "error"
        return self.held.layers.problem(rule, path, message, fix, key=True, severity=severity)


def check_secrets(
    secrets: StackSecrets, all_stacks: Sequence[StackSecrets], landings: Mapping[str, str]
) -> Iterator[Problem]:
    """`secret-namespace`, `secret-empty`, `secret-key-missing` and `secret-key-unused` for one stack.

    A key that another stack takes of the same Secret is not unused. `landings`: name -> what needs it of a landing, which takes
    it from no Secret of a stack.
    """
    yield from _namespaces(secrets)
    yield from _empty_values(secrets)
    strays = _strays(secrets, all_stacks)
    prefix = _other_prefix(secrets, strays)
    yield from _keys(secrets, strays, landings) if prefix is None else [_wrong_prefix(secrets, strays[0], prefix)]


def _namespaces(secrets: StackSecrets) -> Iterator[Problem]:
    wanted = namespace_of(secrets.stack)
    for held in secrets.held:
        if held.name is None or wanted is None or held.namespace == wanted:
            continue
        path: KeyPath = ("metadata", "namespace") if held.namespace else ("metadata",)
        told = "is not that of the stack" if held.namespace else "names no namespace"
        message = f"{told}: tofu-controller looks for the Secret in {wanted}"
        fix = f"write namespace: {wanted} with {edit_command(held.file)}"
        yield held.layers.problem("secret-namespace", path, message, fix, key=not held.namespace)


def _empty_values(secrets: StackSecrets) -> Iterator[Problem]:
    for variable in secrets.stack.variables.values():
        origin = secrets.origins[variable.name]
        held = origin.secret.held if origin.secret else None
        if held is not None and origin.key is not None and held.keys[origin.key].state == "empty":
            path, fix = held.keys[origin.key].path, f"give it a value with {edit_command(held.file)}"
            yield held.layers.problem("secret-empty", path, f"is empty; {_needed(variable)}", fix, key=True)


def _strays(secrets: StackSecrets, all_stacks: Sequence[StackSecrets]) -> list[_Stray]:
    used = {
        (_identity(secret.held), secret.key_of(variable))
        for other in all_stacks
        for secret in other.named
        if secret.held is not None
        for variable in other.stack.variables
    }
    return [_Stray(held, key) for held in secrets.held for key in held.keys if (_identity(held), key) not in used]


def _identity(held: SecretFile) -> tuple[str, str | None, str | None]:
    return held.file, held.name, held.namespace


def _other_prefix(secrets: StackSecrets, strays: Sequence[_Stray]) -> str | None:
    """What stands before every name in the only file, if that is all that is wrong with its keys."""
    missing, keys = secrets.missing, [stray.key for stray in strays]
    if not missing or len(secrets.held) != 1 or len(keys) != len(secrets.held[0].keys):
        return None
    prefixes = {key.removesuffix(missing[0].name) for key in keys if key.endswith(missing[0].name)}
    meant = [p for p in sorted(prefixes) if len(keys) > 1 or p in ("", PREFIX)]
    return next((p for p in meant if {p + variable.name for variable in missing} <= set(keys)), None)


def _wrong_prefix(secrets: StackSecrets, first: _Stray, prefix: str) -> Problem:
    message = (
        f'the names of variables begin with "{prefix}" here' if prefix else "the names of variables have no prefix"
    )
    fix = f'write key_prefix: "{prefix}" for the Secret in lake.stacks.{secrets.stack.id}.flux.secrets'
    return first.problem("secret-key-missing", message, fix)


def _keys(secrets: StackSecrets, strays: Sequence[_Stray], landings: Mapping[str, str]) -> Iterator[Problem]:
    missing = secrets.missing
    fed = {secret.key_of(name): need for secret in secrets.named for name, need in landings.items()}
    meant = _meant(secrets, missing, [stray for stray in strays if stray.key not in fed])
    for variable in missing:
        stray = meant.get(variable.name)
        yield _missing(secrets, variable) if stray is None else _misspelt(secrets, variable, stray)
    wanted = [secret.key_of(name) for secret in secrets.named for name in secrets.stack.variables]
    for stray in strays:
        if stray not in meant.values():
            close = [] if stray.key in fed else near_matches(stray.key, wanted)
            fix = question(close) if close else f"remove it with {edit_command(stray.held.file)}"
            message = "no stack has a variable for this key"
            if stray.key in fed:
                message += f": {fed[stray.key]} takes its value from the environment of what feeds the landing"
            yield stray.problem("secret-key-unused", message, fix)


def _meant(secrets: StackSecrets, missing: Sequence[Variable], strays: Sequence[_Stray]) -> Mapping[str, _Stray]:
    """Variable -> the key that looks like a misspelling of its name."""
    meant: dict[str, _Stray] = {}
    for stray in strays:
        names = {_key_in(secrets, stray.held, variable): variable.name for variable in missing}
        for close in near_matches(stray.key, names)[:1]:
            meant.setdefault(names[close], stray)
    return meant


def _key_in(secrets: StackSecrets, held: SecretFile, variable: Variable) -> str:
    return next(secret.key_of(variable.name) for secret in secrets.named if secret.held is held)


def _misspelt(secrets: StackSecrets, variable: Variable, stray: _Stray) -> Problem:
    key = _key_in(secrets, stray.held, variable)
    message = f'no stack has a variable for this key, and "{key}" is missing; {_needed(variable)}'
    fix = f"{question([key])} rename it with {edit_command(stray.held.file)}"
    return stray.problem("secret-key-missing", message, fix)


def _missing(secrets: StackSecrets, variable: Variable) -> Problem:
    read = [secret for secret in secrets.named if secret.held is not None]
    if not read or read[0].held is None:
        stack = secrets.stack.id
        message = f'the variable "{variable.name}" gets no value; {_needed(variable)}'
        fix = f"name a Secret that contains it in lake.stacks.{stack}.flux.secrets"
        if not variable.secret:
            fix += f", or give it a value in lake.stacks.{stack}.flux.values"
        return secrets.stack.layers.problem("secret-key-missing", ("flux",), message, fix, key=True)
    held = read[0].held
    message = f'the key "{read[0].key_of(variable.name)}" is missing; {_needed(variable)}'
    fix = f"add it with {edit_command(held.file)}"
    return held.layers.problem("secret-key-missing", _section(held), message, fix, key=True)


def _section(held: SecretFile) -> KeyPath:
    """Where the keys of a Secret stand; the manifest itself if it has none."""
    paths = [key.path[:-1] for key in held.keys.values()]
    return paths[0] if paths else ()


def _needed(variable: Variable) -> str:
    verb = "needs" if len(variable.used_by) == 1 else "need"
    return f"{', '.join(variable.used_by)} {verb} it"
