"""The rows of the table of consequences that are about encrypted files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from infra.review.details.detail_kind import DetailKind

if TYPE_CHECKING:
    from infra.review.details.consequences import Label  # which takes these rows

_SOPS = "getsops/sops, cmd/sops/edit.go: an edit keeps the ciphertext of other values"
_ROTATE = "getsops/sops: rotate encrypts everything with a new data key, updatekeys only that key"
_CHECKSUM = "tofu-controller: a changed Terraform object is planned at once; it does not watch Secrets"

# Label -> kind -> where it is known from, and why: a part of the one table.
SECRETS: Mapping[Label, Mapping[DetailKind, tuple[str, str]]] = {
    "none": {
        "secret-file-changed": (_ROTATE,
            "the stack is planned again with the same values: who can decrypt them, or a comment, is what changed"),
    },
    "next-sync-differs": {
        "secret-value-changed": (_SOPS,
            "it is planned again at the next apply, and what uses a key is updated with its new value"),
        "secret-reencrypted": (_ROTATE,
            ("whether values are the same cannot be known from the files; it is planned again at the next apply, and if "
             "one is another, what uses it is updated with it")),
        "secret-key-added": (_CHECKSUM,
            "it is planned again at the next apply, and what uses a key takes its value from here"),
        "secret-key-removed": (_CHECKSUM,
            ("from the next apply on, what uses a key gets its value from elsewhere, or none: `lakeform secrets` says "
             "from where")),
        "secret-checksum-changed": (_CHECKSUM,
            ("it is planned again at the next apply, and what uses a value that changed is updated with it; which values "
             "did cannot be known from here")),
    },
    "not-judged": {
        "secret-file-unreadable": (_SOPS,
            "which values changed cannot be known; it is planned again at the next apply, if the file is valid at all"),
    },
}  # fmt: skip
