"""Where the values of a stack's variables come from: Secrets, `flux.values`, defaults."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from infra.base.environment import PREFIX
from infra.base.git import top_of
from infra.base.places import real
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
        kind: a Secret's key, `flux.values`, the default in `lake.variables`, or nothing of it; for a landing, the environment.
        secret, key: for a Secret; `key` also for the environment.
        certain: False where the Secret's file is not known to hold the key, because nobody can look.
    """

    kind: Literal["secret", "values", "default", "nowhere", "environment"]
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


@dataclass(frozen=True)
class SecretFiles:
    """The files of `flux.secrets`, each of which is read once.

    Attributes:
        root: the project, that they are relative to.
        secrets_root: another folder that they are relative to, which is then shown before their names.
    """

    root: Path
    secrets_root: Path | None = None
    _read: dict[str, tuple[list[SecretFile], list[Problem]]] = field(default_factory=dict, repr=False)

    def named_secrets(self, stack: Stack, *, elsewhere: bool = False) -> tuple[list[NamedSecret], list[Problem]]:
        """The Secrets of a stack with what their files hold, and what is wrong with those files. `elsewhere`: one that is not
        there is in a repository that is not at hand, and nobody can look.
        """
        named: list[NamedSecret] = []
        problems: list[Problem] = []
        for index, line in enumerate(secret_lines(stack)):
            shown = None if line.file is None else os.path.join(self.secrets_root or "", line.file)
            if shown is not None and not self._is_inside(shown):
                problems.append(_outside(stack, index, shown))
                named.append(NamedSecret(line, None, shown))
                continue
            if shown is None or not (self._folder / shown).exists():
                problems += [] if shown is None or elsewhere else [_no_file(stack, index, shown)]
                named.append(NamedSecret(line, None, shown))
                continue
            held, found = self._secrets(shown)
            match = next((secret for secret in held if secret.name in (None, line.name)), None)
            problems += found if match or not held else [*found, _other_name(stack, index, shown, held)]
            named.append(NamedSecret(line, match or next(iter(held), None), shown))
        return named, problems

    @property
    def _folder(self) -> Path:
        return self.root if self.secrets_root is None else Path()

    def _is_inside(self, shown: str) -> bool:
        """False for what is no file of the repository, by its path or by a link: who writes a registry may not have any file read."""
        return real(self._folder / shown).is_relative_to(top_of(self.secrets_root or self.root))

    def _secrets(self, shown: str) -> tuple[list[SecretFile], list[Problem]]:
        if shown not in self._read:
            self._read[shown] = read_secrets(self._folder, shown)
        return self._read[shown]


def _outside(stack: Stack, index: int, shown: str) -> Problem:
    fix = "write its path from the root of the lake\nif it is in another repository: its path there, and --secrets-root DIR"
    path = ("flux", "secrets", index, "file")
    return stack.layers.problem("file-unreadable", path, f"{shown} is outside of the repository, and is not read", fix)


def _no_file(stack: Stack, index: int, shown: str) -> Problem:
    fix = (
        f"create it: lakeform secrets --template --stack {stack.id}\nif it is in another repository: --secrets-root DIR"
    )
    path = ("flux", "secrets", index, "file")
    return stack.layers.problem("file-unreadable", path, f"there is no file {shown}", fix)


def _other_name(stack: Stack, index: int, shown: str, held: Iterable[SecretFile]) -> Problem:
    path = ("flux", "secrets", index, "name")
    name = secret_lines(stack)[index].name
    fix = did_you_mean(name, [secret.name for secret in held if secret.name], "Secrets in the file")
    return stack.layers.problem("unknown-reference", path, f'{shown} contains no Secret called "{name}"', fix)


def origin_of(name: str, stack: Stack, named: Sequence[NamedSecret]) -> Origin:
    """Where tofu-controller takes the value of a variable from: of the Secrets that hold it, from the last one."""
    holding = next((secret for secret in reversed(named) if secret.holds(name)), None)
    found = stack.look_up(name, {} if holding is None else {name: holding})
    if found is not None and found[0] != "outside":
        return Origin(found[0])
    secret = holding or next((secret for secret in named if secret.held is None), None)
    if secret is None:
        return Origin("nowhere")
    return Origin("secret", secret, secret.key_of(name), certain=secret is holding)


def landing_origin(variable: Variable) -> Origin:
    """Where what feeds a landing takes a value from: its environment, which wins over a default."""
    if variable.default is not None and not variable.secret:
        return Origin("default")
    return Origin("environment", key=PREFIX + variable.name)
