"""What an error of DuckDB's means: a file or a statement is wrong, somebody else was first, or it is nobody's file's fault.

The last kind must never put a file into quarantine: memory that is too small, a full disk, a network or a server that is away,
access that is denied.
"""

from __future__ import annotations

import re
from typing import Literal

from infra.landing.settings import LandingSettings

Kind = Literal["wrong", "conflict", "outside"]

# What an error quotes is of a file: its name, a value, a line. Errors are cut, so the last quote may have no end.
_QUOTED = re.compile(
    r"""(?<!\w)'.*?(?:'(?!\w)|$)|(?<![\w\\])"(?:\\.|[^\\])*?(?:"(?!\w)|$)|Original Line: .*""", re.DOTALL
)
# As DuckDB says it: `HTTP GET error reading '...' in region '' (HTTP 403 Forbidden)`, or, having asked again,
# `Request returned HTTP 503 for HTTP HEAD to '...'`.
_ANSWER = r"(?:HTTP [A-Z]+ error [^()]*\(|Request returned )HTTP "

_MEMORY = re.compile("failed to allocate|out of memory", re.IGNORECASE)
_SPILL = re.compile("max_temp_directory_size|failed to offload", re.IGNORECASE)
_AWAY = re.compile(
    r"HTTP (?:5\d\d|429)|connection (?:error|refused|reset|timed out|closed)|could not (?:connect|resolve|establish)"
    r"|timed? ?out|timeout was reached|unable to connect|server closed the connection|terminating connection"
    r"|no connection to the server|SSL (?:error|SYSCALL|connect)|no space left|disk quota|too many open files"
    r"|database has been invalidated|database is locked",
    re.IGNORECASE,
)
# A wrong region is a redirection or a bad request, and so is a token that has expired (Amazon S3, "Error responses").
_DENIED = re.compile(_ANSWER + r"40[13]\b")
_ELSEWHERE = re.compile(_ANSWER + r"(?:301|307|400)\b")
# DuckDB's of a file, behind its name; PostgreSQL's of a table of the catalog.
_NO_RIGHT = re.compile(r'"": Permission denied|ERROR: +permission denied for ')
# Denied for what the file is: one that a rule of the bucket has put into an archive.
_ARCHIVED = re.compile("InvalidObjectState")


def kind_of(text: str) -> Kind:
    """What an error's text says."""
    if _ARCHIVED.search(text):
        return "wrong"
    said = _said(text)
    if any(pattern.search(said) for pattern in (_MEMORY, _SPILL, _AWAY, _DENIED, _ELSEWHERE, _NO_RIGHT)):
        return "outside"
    return "conflict" if "conflict" in said.lower() else "wrong"


def _said(text: str) -> str:
    """The error without what it quotes."""
    return _QUOTED.sub('""', text)


def advice(text: str, settings: LandingSettings) -> str:
    """The error, with the setting that it is about; what to write alone, where a limit is too small."""
    name, said = f"lake.landings.{settings.id}", _said(text)
    if _SPILL.search(said):
        return (
            f"what does not fit into memory does not fit into {_gigabytes(settings.spill_limit)} of the disk either: raise "
            f"{name}.spill_limit or {name}.memory, or make {name}.batch_bytes smaller"
        )
    if _MEMORY.search(said):
        return (
            f"{_gigabytes(settings.memory)} of memory is not enough: raise {name}.memory, make {name}.batch_bytes or "
            f"{name}.batch_rows smaller, or write {name}.threads: 1"
        )
    if _DENIED.search(said):
        return (
            f"access is denied: {text}; look at {name}.s3.access_key_id and secret_access_key, or at what their owner may do: "
            "s3:ListBucket, s3:GetObject, and s3:PutObject and s3:DeleteObject below tables"
        )
    if _ELSEWHERE.search(said):
        return f"{text}; look at {name}.s3: endpoint, region, url_style, session_token"
    return text


def _gigabytes(count: int) -> str:
    return f"{count / 10**9:g} GB"
