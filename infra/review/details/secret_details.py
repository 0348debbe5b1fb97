"""What differs in the encrypted Secrets that a stack takes values of: names of keys, never what stands there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from infra.lake.registry.flux import FluxSecret
from infra.review.details.change import Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.sides.side import Side
from infra.secrets.ciphertexts import Ciphertexts, ciphertexts
from infra.secrets.secret_sources import secret_lines

# How SOPS writes a value that it encrypted.
_ENCRYPTED = "ENC["


def secret_details(base: Side, head: Side, stack: str) -> Iterator[Detail]:
    """The differences of each Secret that the stack names on both sides."""
    before, after = ({line.name: line for line in _lines(side, stack)} for side in (base, head))
    for name in sorted(before.keys() & after.keys()):
        yield from _of_secret(base, head, stack, before[name], after[name])


def _lines(side: Side, stack: str) -> tuple[FluxSecret, ...]:
    found = side.stack(stack)
    return tuple(secret_lines(found)) if found else ()


def _of_secret(base: Side, head: Side, stack: str, before: FluxSecret, after: FluxSecret) -> Iterator[Detail]:
    path = f"lake.stacks.{stack}.flux.secrets"
    old, new = _Held.of(base, before), _Held.of(head, after)
    if not (old.is_there or new.is_there):
        yield from _checksums(path, base, head, stack, after.name)
    elif old.text is None or old.text != new.text:
        yield from _contents(path, old, new, _Uses(base, head, stack, before, after))


@dataclass(frozen=True)
class _Held:
    """The file of a Secret on one side.

    Attributes:
        is_there: False where it is not in the repository, or was not made yet.
        text: None for one that cannot be read.
    """

    file: str
    name: str
    is_there: bool
    text: str | None = field(repr=False)

    @classmethod
    def of(cls, side: Side, line: FluxSecret) -> _Held:
        file = os.path.normpath(line.file) if line.file else ""
        return cls(file, line.name, file in side.secrets.texts, side.secrets.texts.get(file))

    def read(self) -> Ciphertexts | None:
        """None for one that cannot be read."""
        if not self.is_there:
            return Ciphertexts()
        return ciphertexts(self.file, self.text, self.name) if self.text is not None else None


def _checksums(path: str, base: Side, head: Side, stack: str, name: str) -> Iterator[Detail]:
    """Of a file that is in another repository only what the manifest says of it."""
    sums = [side.secrets.checksums.get(side.ids.get(stack, stack), {}).get(name) for side in (base, head)]
    if None not in sums and sums[0] != sums[1]:
        text = f"Secret {name}: another checksum of its file, which is not in this repository"
        yield Detail("secret-checksum-changed", path, None, None, text)


def _contents(path: str, before: _Held, after: _Held, uses: _Uses) -> Iterator[Detail]:
    shown, old, new = after.file or before.file, before.read(), after.read()
    if old is None or new is None:
        sides = " and ".join(side for side, found in (("the base", old), ("this change", new)) if found is None)
        yield Detail("secret-file-unreadable", path, None, None, f"{shown}: cannot be read in {sides}")
        return
    yield from _differences(path, shown, old, new, uses)


class _Uses:
    """What uses a key, in words."""

    def __init__(self, base: Side, head: Side, stack: str, before: FluxSecret, after: FluxSecret) -> None:
        self._sides = ((head, after), (base, before))
        self._stack = stack

    def of(self, key: str) -> str:
        """`key (used by sources.shop)`; what used it in the base, if nothing does any more."""
        for verb, (side, line) in zip(("used by", "was used by"), self._sides, strict=True):
            found = side.stack(self._stack)
            name = key.removeprefix(line.key_prefix)
            variable = found.variables.get(name) if found and key.startswith(line.key_prefix) else None
            if variable is not None:
                return f"{key} ({verb} {', '.join(variable.used_by)})"
        return f"{key} (not used in this stack)"


def _differences(path: str, file: str, old: Ciphertexts, new: Ciphertexts, uses: _Uses) -> Iterator[Detail]:
    both = old.keys.keys() & new.keys.keys()
    changed = {key for key in both if old.keys[key] != new.keys[key]}
    came, gone = new.keys.keys() - both, old.keys.keys() - both
    again = _encrypted_again(old, new, changed)
    kinds: tuple[tuple[DetailKind, set[str], str], ...] = (
        ("secret-reencrypted", again, "encrypted again"),
        ("secret-value-changed", changed - again, "another value"),
        ("secret-key-added", set(came), "new"),
        ("secret-key-removed", set(gone), "gone"),
    )
    for kind, keys, words in kinds:
        if keys:
            yield Detail(kind, path, None, None, f"{file}: {words}: {', '.join(map(uses.of, sorted(keys)))}")
    if not changed and not came and not gone:
        yield Detail("secret-file-changed", path, None, None, f"{file}: changed, and the value of no key")


def _encrypted_again(old: Ciphertexts, new: Ciphertexts, changed: set[str]) -> set[str]:
    """The keys of a file of which everything that is encrypted is written anew, with another data key; an empty value is not."""
    encrypted = {key for key in old.keys.keys() & new.keys.keys() if _ENCRYPTED in old.keys[key]}
    return encrypted if encrypted <= changed and old.key_groups != new.key_groups else set()
