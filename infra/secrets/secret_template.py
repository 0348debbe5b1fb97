"""A plain Secret manifest to fill in and encrypt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from infra.base.printable import one_line
from infra.lake.model.variables import Variable
from infra.lake.registry.flux import FluxSecret, kubernetes_name
from infra.secrets.secret_check import StackSecrets
from infra.secrets.secret_sources import namespace_of
from infra.secrets.sops_problems import encrypt_command

# Text that every YAML reader takes for text, without quotes.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def secret_template(secrets: StackSecrets, file: str | None) -> str:
    """A manifest for each Secret of the stack with an empty value for each of its keys.

    What no Secret's file holds yet goes to the first one. `file`: where it will stand; default: where the registry says.
    """
    groups = _groups(secrets)
    return "---\n".join(_manifest(secrets, line, variables, file) for line, variables in groups if variables)


def _groups(secrets: StackSecrets) -> list[tuple[FluxSecret, list[Variable]]]:
    lines = [secret.line for secret in secrets.named] or [_default_line(secrets)]
    groups: list[tuple[FluxSecret, list[Variable]]] = [(line, []) for line in lines]
    for variable in secrets.stack.variables.values():
        origin = secrets.origins[variable.name]
        if origin.kind in ("secret", "nowhere"):
            known = [secret is origin.secret and origin.certain for secret in secrets.named]
            groups[known.index(True) if True in known else 0][1].append(variable)
    return groups


def _default_line(secrets: StackSecrets) -> FluxSecret:
    """The Secret of a stack that names none."""
    return FluxSecret(name=f"{kubernetes_name(secrets.stack.id)}-variables")


def _manifest(secrets: StackSecrets, line: FluxSecret, variables: Sequence[Variable], file: str | None) -> str:
    namespace = namespace_of(secrets.stack)
    where = file or line.file or "FILE"
    lines = [
        f"# The values of stack {secrets.stack.id}. Fill them in, then, before git sees the file:",
        f"#   {encrypt_command(where)}",
        "apiVersion: v1",
        "kind: Secret",
        "metadata:",
        f"  name: {_text(line.name)}",
        *([f"  namespace: {_text(namespace)}"] if namespace else []),
        "type: Opaque",
        "stringData:",
        *(text for variable in variables for text in _key(line, variable)),
    ]
    return "\n".join(lines) + "\n"


def _key(line: FluxSecret, variable: Variable) -> Iterator[str]:
    about = one_line(variable.description or "")
    kind = {"number": "A number. ", "bool": "true or false. "}.get(variable.type, "")
    yield f"  # {f'{about}. ' if about else ''}{kind}For {', '.join(variable.used_by)}"
    yield f'  {_text(f"{line.key_prefix}{variable.name}")}: ""'


def _text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text)
