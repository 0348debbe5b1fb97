"""Where the values of a stack's variables come from: Secrets, `flux.values`, defaults."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from infra.lake.documents import Problem, did_you_mean
from infra.lake.model.stack import Stack
from infra.lake.model.variables import Variable
from infra.lake.registry.flux import Flux, FluxSecret
from infra.secrets.secret_file import SecretFile, State, read_secrets


@dataclass(frozen=True)
class NamedSecret:
    """A Secret of which a stack takes values: a line of its `flux.secrets`.

    Attributes:
        line: as the registry has it.
        held: what its file holds; None where no file is named or it could not be read.
        file: as it is shown; None where no file is named.

    """

    line: FluxSecret
    held: SecretFile | None
    file: str | None

    def key_of(self, variable: str) -> str:
        """The key that holds the value of a variable."""
        return f"{self.line.key_prefix}{variable}"

    def holds(self, variable: str) -> bool:
        """True if its file is known to have that key."""
        return self.held is not None and self.key_of(variable) in self.held.keys


@dataclass(frozen=True)
class Origin:
    """Where the value of a variable comes from.

    Attributes:
        kind: a Secret's key, `flux.values`, the default in `lake.variables`, or nothing of it.
        secret, key: for a Secret.
        certain: False where the Secret's file is not known to hold the key, because nobody can look.

    """

    kind: Literal["secret", "values", "default", "nowhere"]
    secret: NamedSecret | None = None
    key: str | None = None
    certain: bool = True

    @property
    def state(self) -> State | None:
        """Whether the value in the Secret is encrypted; None if it comes from elsewhere, or nobody can look."""
        held = self.secret.held if self.secret else None
        return held.keys[self.key].state if held and self.key and self.certain else None


def secret_lines(stack: Stack) -> Sequence[FluxSecret]:
    """The Secrets that a stack names; a later one wins over those before it, as in `varsFrom`."""
    flux = stack.settings.flux
    return flux.secrets if flux else ()


def namespace_of(stack: Stack) -> str | None:
    """The namespace of the stack's objects: tofu-controller reads Secrets of no other one.

    It is also that of the state, so a kubernetes backend tells it where `flux.namespace` does not.
    """
    settings = stack.settings
    return (settings.flux or Flux()).namespace_with(settings.backend)


def named_secrets(
    stack: Stack, root: Path, secrets_root: str | None = None, *, elsewhere: bool = False
) -> tuple[list[NamedSecret], list[Problem]]:
    """The Secrets of a stack with what their files hold, and what is wrong with those files.

    Files are relative to the project, or to `secrets_root`, which is then shown before their names. `elsewhere`: one that
    is not there is in a repository that is not at hand, and nobody can look.
    """
    named: list[NamedSecret] = []
    problems: list[Problem] = []
    for index, line in enumerate(secret_lines(stack)):
        if line.file is None:
            named.append(NamedSecret(line, None, None))
            continue
        shown = line.file if secrets_root is None else os.path.join(secrets_root, line.file)
        folder = root if secrets_root is None else Path()
        if not (folder / shown).exists():
            if not elsewhere:
                problems.append(_no_file(stack, index, shown))
            named.append(NamedSecret(line, None, shown))
            continue
        held, found = read_secrets(folder, shown)
        problems += found
        match = next((secret for secret in held if secret.name in (None, line.name)), None)
        if held and match is None:
            problems.append(_other_name(stack, index, shown, held))
        named.append(NamedSecret(line, match or next(iter(held), None), shown))
    return named, problems


def _no_file(stack: Stack, index: int, shown: str) -> Problem:
    fix = f"make it: lakeform secrets --template --stack {stack.id}\nif it is in another repository: --secrets-root DIR"
    path = ("flux", "secrets", index, "file")
    return stack.layers.problem("file-unreadable", path, f"there is no file {shown}", fix)


def _other_name(stack: Stack, index: int, shown: str, held: Iterable[SecretFile]) -> Problem:
    path = ("flux", "secrets", index, "name")
    name = secret_lines(stack)[index].name
    fix = did_you_mean(name, [secret.name for secret in held if secret.name], "Secrets in the file")
    return stack.layers.problem("unknown-reference", path, f'{shown} holds no Secret called "{name}"', fix)


def given_values(stack: Stack) -> Mapping[str, object]:
    """The values that the registry gives to plain variables."""
    flux = stack.settings.flux
    return flux.values if flux else {}


def origin_of(variable: Variable, stack: Stack, named: Sequence[NamedSecret]) -> Origin:
    """Where tofu-controller takes the value from: `varsFrom` wins over `vars`, the last Secret over the others."""
    for secret in reversed(named):
        if secret.holds(variable.name):
            return Origin("secret", secret, secret.key_of(variable.name))
    if not variable.secret and variable.name in given_values(stack):
        return Origin("values")
    if not variable.secret and variable.default is not None:
        return Origin("default")
    for secret in named:
        if secret.held is None:
            return Origin("secret", secret, secret.key_of(variable.name), certain=False)
    return Origin("nowhere")
