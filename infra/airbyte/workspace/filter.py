"""Filter: which values no text of a cluster or a server may show, and when that cannot be told.

A message of tofu-controller quotes what Terraform, the provider and Airbyte said, and any of them may echo a value. So
a free text is shown only if every value that it may hold is known: those of the Secrets that the stack's objects name,
which are read for nothing else. Where one cannot be read, or was changed after the text was written, so that its
former value may be in it, the text is withheld.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from infra.airbyte.server.settings import PREFIX
from infra.base.masks import Masks

# tofu-controller cuts a message here, perhaps in the middle of a value (MaxConditionMessageLength).
MESSAGE_LIMIT = 20_000


@dataclass(frozen=True)
class Filter:
    """What is known about the values of a stack's secrets.

    Attributes:
        gap: why a text may hold a value that is not known; empty if all are.
        changed: moment in UTC of the last change of a Secret; empty if there is none.
        longest: letters of the longest value.

    """

    masks: Masks
    gap: str = ""
    changed: str = ""
    longest: int = field(default=0, repr=False)

    def gap_at(self, moment: str) -> str:
        """Why a text of that moment may hold a value that is not known; empty if it cannot."""
        if self.gap or not self.changed or moment > self.changed:
            return self.gap
        return f"a Secret was changed at {self.changed}, after that: its former value may be in it"

    def whole(self, text: str) -> str:
        """The text without an end that may be a part of a value."""
        return text if len(text) < MESSAGE_LIMIT else text[: max(0, MESSAGE_LIMIT - self.longest)]


def environment_masks(environ: Mapping[str, str]) -> Masks:
    """Hides every value that the environment has for a variable."""
    return Masks(environment_values(environ))


def learn_from_environment(names: Iterable[str], environ: Mapping[str, str]) -> Filter:
    """For a stack that somebody applies by hand: complete if the environment has a value for each secret of `names`."""
    missing = [f"{PREFIX}{name}" for name in sorted(names) if not environ.get(f"{PREFIX}{name}")]
    gap = f"not all values are known; set in the environment: {', '.join(missing)}" if missing else ""
    return Filter(environment_masks(environ), gap)


def environment_values(environ: Mapping[str, str]) -> Iterator[str]:
    """Every value that the environment has for a variable."""
    return (value for name, value in environ.items() if name.startswith(PREFIX) and value)
