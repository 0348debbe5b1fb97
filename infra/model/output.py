"""Where what is applied stands; every part that writes or reads it agrees on it here."""

from __future__ import annotations

OUTPUT = "cdktf.out"
MANIFESTS = "deploy"
DOCUMENT = "cdk.tf.json"


def document_path(stack: str) -> str:
    """The path of a stack's document from the project root."""
    return f"{OUTPUT}/stacks/{stack}/{DOCUMENT}"
