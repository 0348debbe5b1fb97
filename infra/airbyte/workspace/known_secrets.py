"""KnownSecrets: which values no text of a cluster or a server may show, and when that cannot be told.

A message of tofu-controller quotes what Terraform, the provider and Airbyte said, and any of them may echo a value. So
a free text is shown only if every value that it may hold is known: those of the Secrets that the stack's objects name,
which are read for nothing else. Where one cannot be read, or was changed after the text was written, so that its
former value may be in it, the text is withheld.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infra.base.environment import PREFIX, environment_values
from infra.base.redactor import Redactor

# tofu-controller cuts a message here, perhaps in the middle of a value (MaxConditionMessageLength).
MESSAGE_LIMIT = 20_000


@dataclass(frozen=True)
class KnownSecrets:
    """What is known about the values of a stack's secrets.

    Attributes:
        gap: why a text may hold a value that is not known; empty if all are.
        changed: moment in UTC of the last change of a Secret; empty if there is none.
    """

    redactor: Redactor
    gap: str = ""
    changed: str = ""

    def gap_at(self, moment: str) -> str:
        """Why a text of that moment may hold a value that is not known; empty if it cannot."""
        if self.gap or not self.changed or moment > self.changed:
            return self.gap
        return f"a Secret was changed later, at {self.changed}: its previous value may be in it"

    def whole(self, text: str) -> str:
        """The text without an end in which a value may begin."""
        return text if len(text) < MESSAGE_LIMIT else text[: max(0, MESSAGE_LIMIT - self.redactor.longest)]


def learn_from_environment(names: Iterable[str], environ: Mapping[str, str]) -> KnownSecrets:
    """For a stack that somebody applies by hand: complete if the environment has a value for each secret of `names`."""
    missing = [PREFIX + name for name in sorted({*names} - environment_values(environ).keys())]
    gap = f"not all values are known; set in the environment: {', '.join(missing)}" if missing else ""
    return KnownSecrets(Redactor.of_environment(environ), gap)
