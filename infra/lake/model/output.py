"""Where what is applied stands; every part that writes or reads it agrees on it here."""

from __future__ import annotations

OUTPUT = "cdktf.out"
MANIFESTS = "deploy"
DOCUMENT = "cdk.tf.json"
LOCK_FILE = ".terraform.lock.hcl"
# Written by CDKTF, and of no use to anybody.
MANIFEST = "manifest.json"


def stack_folder(stack: str) -> str:
    """The path of a stack's folder from the project root."""
    return f"{OUTPUT}/stacks/{stack}"


def document_path(stack: str) -> str:
    """The path of a stack's document from the project root."""
    return f"{stack_folder(stack)}/{DOCUMENT}"
