"""Credentials: texts in which a password, a key or a token stands, and names under which one does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MASK = "***"

# What to do about a value that stands in a file: whether the file was committed, not every reader of it can know.
IF_SEEN = "if git has seen this one, change it too"


class _Form(NamedTuple):
    """A way to write a credential: what it is called, and where it is; `value` is what must not be shown."""

    label: str
    pattern: re.Pattern[str]


# A port is no password, whatever comes behind it.
_NO_PORT = r"(?!\d{1,5}(?:[,;/?#]|$))"
_USER = rf"://[^\s/?#@:\[\]\"'<>]*:{_NO_PORT}"
_QUOTED = r"\"[^\"]{0,500}\"|'[^']{0,500}'|\{[^{}]{0,500}\}"

# Of a text in quotes, which is another form: `=>"x"`, `=u"x"`, `=\"x\"`.
_NO_PREFIX = r"(?!>|\\|(?:[bBrRuU]{1,2}|SecretStr\()[\"'])"

# Parts of which a text may hold many are bounded, so that no text takes long.
_FORMS = (
    _Form("a password in an address", re.compile(rf"{_USER}(?P<value>[^\s/?#\"'<>]+)@")),
    _Form("a password in an address", re.compile(rf"{_USER}(?P<value>[^\s@\"'<>]{{1,500}})@")),
    _Form(
        "a password in an address",
        re.compile(r"\bjdbc:oracle:\w+:[^/@\s]{0,200}/(?P<value>[^@\s]{1,200})@", re.IGNORECASE),
    ),
    _Form(
        "a credential in a header",
        re.compile(
            r"\bauthorization[\"']?\s*[:=]\s*[\"']?(?:basic|bearer|token|apikey|digest) +(?P<value>[^\s\"']+)",
            re.IGNORECASE,
        ),
    ),
    _Form(
        "a credential in a header",
        re.compile(r"\b(?:basic|bearer) +(?P<value>(?=\S*\d)[\w.~+/=-]{16,})", re.IGNORECASE),
    ),
    _Form("a private key", re.compile(r"(?P<value>-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*)", re.DOTALL)),
    _Form("an AWS key", re.compile(r"\b(?P<value>(?:AKIA|ASIA)[0-9A-Z]{16})\b")),
    _Form("a GitHub token", re.compile(r"\b(?P<value>(?:gh[oprsu]_|github_pat_)\w{20,})")),
    _Form("a GitLab token", re.compile(r"\b(?P<value>gl(?:pat|dt|ptt|rt)-[\w-]{16,})")),
    _Form("a Slack token", re.compile(r"\b(?P<value>xox[abeprs]-[\w-]{10,})")),
    _Form("a Slack webhook", re.compile(r"hooks\.slack\.com/(?P<value>(?:services|workflows)/T\w+/\w+/\w+)")),
    _Form("a Stripe key", re.compile(r"\b(?P<value>[rs]k_live_\w{10,})")),
    _Form("a Shopify token", re.compile(r"\b(?P<value>shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,})")),
    _Form("a SendGrid key", re.compile(r"\b(?P<value>SG\.[\w-]{16,100}\.[\w-]{16,})")),
    _Form("an API key", re.compile(r"\b(?P<value>sk-(?=[\w-]*\d)[\w-]{20,})")),
    _Form("a Google key", re.compile(r"\b(?P<value>AIza[\w-]{35})")),
    _Form("a Databricks token", re.compile(r"\b(?P<value>dapi[0-9a-f]{32})")),
    _Form("a Vault token", re.compile(r"\b(?P<value>hv[bs]\.[\w-]{20,})")),
    _Form("an age key", re.compile(r"(?P<value>AGE-SECRET-KEY-1[0-9A-Z]+)")),
    _Form("a signed token", re.compile(r"\b(?P<value>eyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\.[\w-]+)")),
)
_PAIRS = (
    re.compile(
        rf"(?<![0-9A-Za-z_.])(?P<name>[A-Za-z_][\w.-]{{0,80}})={_NO_PREFIX}(?P<value>{_QUOTED}|[^\s&;,|\"'()]+)"
    ),
    re.compile(r"\"(?P<name>[A-Za-z][\w.-]{0,80})\"\s*:\s*\"(?P<value>(?:[^\"\\]|\\.)+)\""),
)

# What each of these texts has; most have none of it, and are not looked at again.
_HINT = re.compile(
    r"://|[=@]|\"\s*:|[Aa]uthorization|AUTHORIZATION|[Bb]asic |[Bb]earer |-----BEGIN|A[KS]IA|gh[oprsu]_|github_pat|gl\w+-|xox|hooks\.slack|k_live_|shp|SG\."
    r"|AIza|dapi|hv[bs]\.|AGE-SECRET|eyJ|sk-"
)

# No name of a stream or field is as long as the shortest token without a mark of its own.
_SHORTEST_TOKEN = 20

_SECRET_NAME = re.compile(
    r".*(?:password|passwd|passphrase|pwd|secret|token|apikey|secretkey|accesskey|accountkey|authkey|privatekey"
    r"|privatekeypem|encryptionkey|customerkey|sharedaccesskey|sharedaccesssignature|keymaterial)|pass|sig|xamzsignature"
)
# Of pages, of Kubernetes, and names of keys that are kept elsewhere.
_OTHER_NAME = re.compile(r".*(?:page|next|continuation|sync|cursor|cancel)token|.*kms\w*key|.*(?:use|is|has|no)secret")
_NO_VALUE = re.compile(
    r"|\d{0,2}|true|false|yes|no|on|off|null|none|undefined|optional|required|change[_-]?me|\*+|\.+|x+|[?:]\w*"
    r"|\$\w*|\$\{.*|\{\{.*|\{\w*\}|<.*|%\(.*|%s|\[.*",
    re.IGNORECASE | re.DOTALL,
)


def names_credential(name: str) -> bool:
    """True if what stands under that name is a password, a key or a token: `client_secret`, `AccountKey`, `sig`."""
    letters = re.sub("[^0-9a-z]", "", name.lower())
    return _SECRET_NAME.fullmatch(letters) is not None and _OTHER_NAME.fullmatch(letters) is None


def is_value(text: str) -> bool:
    """False for what only stands in the place of a value: nothing, `true`, `***`, `${PASSWORD}`, `<password>`."""
    return _NO_VALUE.fullmatch(text.strip("\"'")) is None


def credential_in(text: str) -> str | None:
    """What a text holds that must not be seen: `a password in an address`, `a value for AccountKey`; None if nothing."""
    return next((label for label, _, _ in _found(text)), None)


def hidden(text: str) -> str:
    """The text with `***` in the place of every credential in it."""
    pieces, place = [], 0
    for start, end in sorted((start, end) for _, start, end in _found(text)):
        if start >= place:
            pieces += [text[place:start], MASK]
        place = max(place, end)
    return "".join([*pieces, text[place:]])


def without_users(text: str) -> str:
    """The text with `***` in the place of users and passwords in addresses: some servers take a token as the user."""
    return re.sub(r"(?<=://)[^/@\s]+@", f"{MASK}@", text)


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    """(what it is, start, end) of each credential."""
    if (len(text) < _SHORTEST_TOKEN and text.isidentifier()) or not _HINT.search(text):
        return
    for form in _FORMS:
        for match in form.pattern.finditer(text):
            if is_value(match["value"]):
                yield form.label, *match.span("value")
    for pattern in _PAIRS:
        for match in pattern.finditer(text):
            if names_credential(match["name"]) and is_value(match["value"]):
                yield f"a value for {match['name']}", *match.span("value")
