"""Echoes: credentials in what a server or a program printed, which is no file of anybody, and may quote one."""

from __future__ import annotations

import re

from infra.base.credentials import MASK, hidden, is_value, names_credential

# Short forms too, and all ways to write a pair.
_ECHOED_HEADER = re.compile(
    r"(\b(?:authorization[\"']?\s*[:=]|cookie2?[\"']?\s*:(?=[^\r\n]{0,200}=))\s*[\"']?)"
    r"(?!(?:not|is|was|must|required|failed|denied|missing|invalid)\b)[^\s\"'][^\r\n\"']*"
    r"|\b((?:(?-i:Bearer) +|(?:bearer|basic)[ \t]+(?=[^\s\"']*(?:[\d+/=_]|[.-](?=\w))|(?-i:(?=[^\s\"']{8})[^\s\"']+[A-Z])))"
    r"(?!(?:auth\w*|https?|token|realm|scheme|header|error|credential)s?\b))[\w~+/=-][\w.~+/=-]*",
    re.IGNORECASE,
)
_DIGEST = re.compile(
    r"(\bdigest[ \t]+)(?:\w{1,40}=(?:\\{0,3}\"[^\"\r\n]{0,500}\"|[^\s,\"]{1,500})(?:,\s{0,20})?)+", re.IGNORECASE
)
_SEPARATOR = r"(?:=>?|[:\uff1a\uff1d])"
_ECHOED_NAME = (
    r"(?<![0-9A-Za-z_.$-])(?<!(?i:unexpected) )(?P<before>[\"']?(?=[\w.-]{0,80}?(?i:pass|pwd|secret|token|key|sig))"
    rf"(?P<name>[A-Za-z_][\w.-]{{0,80}})[\"']?\]?\s{{0,20}}{_SEPARATOR}\s{{0,20}}(?:![\w!:/.-]{{0,40}}[ \t]+|-[ \t]+)?)"
)
_ECHOED_TEXT = r"(?:[bBrRuU]{1,2}|SecretStr\()?(?:\"(?:[^\"\\]|\\.){0,4000}\"?|'(?:[^'\r\n]|''){0,4000}'?)"
_NO_TEXT = r"(?!(?:[bBrRuU]{1,2}|SecretStr\()[\"'])"
_ECHOED_LIST = rf"\[\s{{0,20}}(?:{_ECHOED_TEXT})(?:\s{{0,20}},\s{{0,20}}(?:{_ECHOED_TEXT})){{0,100}}"
_ECHOED_PAIRS = (
    re.compile(
        rf"{_ECHOED_NAME}(?P<value>(?:{_ECHOED_TEXT})(?:\s*->\s*(?:{_ECHOED_TEXT}))?|{_ECHOED_LIST})", re.DOTALL
    ),
    re.compile(
        r"(?P<before>(?<![0-9A-Za-z_.$-])(?=[\w.-]{0,80}?(?i:pass|pwd|secret|token|key|sig))(?P<name>[A-Za-z_][\w.-]{0,80})"
        r"(?:\\{1,15}\")?\s{0,20}[:=]\s{0,20}\\{1,15}\")(?P<value>.{1,1000}?)"
        r"(?=\\{1,15}\"\s*(?:[,}\]\s]|$))",
        re.MULTILINE,
    ),
    re.compile(
        rf"{_ECHOED_NAME}{_NO_TEXT}(?P<value>\$\{{[^}}\s]*\}}|[^\s,;&\"'{{}}()\[\]<>\\]+)(?P<last>[ \t]*(?:[\r\n,;&}}\]]|$))?"
    ),
)
# A pair in the query of an address that stands in another one, an option of a command, an element of XML.
_FOREIGN_PAIRS = (
    re.compile(
        r"(?P<before>(?:(?<=%[0-9A-Fa-f]{2})|(?<=%25[0-9A-Fa-f]{2})|(?<![0-9A-Za-z_.$%-]))(?P<name>[A-Za-z][\w.-]{0,80})(?:%(?:25){0,3}22)?"
        r"%(?:25){0,3}3[AaDd](?:%(?:25){0,3}2[02])?)(?P<value>(?:(?!%(?:25){0,3}(?:2[26C]|3B|0A))[^\s&;,\"'<>]){1,2000})"
    ),
    re.compile(
        r"(?P<before>(?<![\w-])--?(?P<name>[A-Za-z][\w-]{0,80})(?:[\"'],\s{0,20}(?=[\"'])|[ \t]{1,20}))"
        r"(?P<value>\"[^\"\r\n]{1,500}\"|'[^'\r\n]{1,500}'"
        r"|[^\s\"'`-][^\s\"'`]*)"
    ),
    re.compile(r"(?P<before><(?P<name>[A-Za-z][\w.:-]{0,80})(?:\s[^<>]{0,200})?>)(?P<value>[^<]{1,4000})(?=</)"),
    re.compile(r"(?P<before><(?P<name>[A-Za-z][\w.:-]{0,80})>\s{0,20}<!\[CDATA\[)(?P<value>[^\]]{1,4000})"),
    re.compile(
        r"(?P<before>[\"']?\b(?:name|key)[\"']?\s{0,20}[:=]\s{0,20}[\"']?(?P<name>[A-Za-z_][\w.-]{0,80})[\"']?[\s,;]{1,40}"
        r"[\"']?value[\"']?\s{0,20}[:=]\s{0,20})(?P<value>\"[^\"\r\n]{1,500}\"|'[^'\r\n]{1,500}'|[^\s,{}\"']+)"
    ),
    re.compile(
        r"(?P<before>\b(?P<name>(?i:(?:api|access|auth|client|private|secret)(?: (?:access|api|auth))? (?:key|secret|token)))"
        r"[ \t]{0,5}[:=][ \t]{0,20})(?P<value>\"[^\"\r\n]{1,500}\"|'[^'\r\n]{1,500}'|[^\s\"']+)"
    ),
    re.compile(r"(?P<before>\b(?P<name>(?i:password))[ \t]{1,20})(?P<value>'[^'\r\n]{1,500}')"),
    re.compile(
        rf"{_ECHOED_NAME}(?P<opening><<[~-]?(?P<tag>\w{{1,20}})\r?\n)(?P<value>.{{1,4000}}?)(?=\r?\n[ \t]*(?P=tag)\b)",
        re.DOTALL,
    ),
)
_LOGIN = re.compile(r"((?<![\w-])(?:-u|--user)[ \t=]{1,5}[\"']?[^\s:\"']{1,100}:)(?!//)[^\s\"']+")
_REFERENCE = re.compile(r"(?:var|local|data|module|each)\.[\w.\"\[\]-]+")
# What a message says of a credential rather than the credential, or where Kubernetes names one.
_SAID = frozenset(
    {"denied", "empty", "expired", "incorrect", "invalid", "missing", "rejected", "revoked", "unauthorized", "unknown"}
)
_KUBERNETES = frozenset({"secret", "secrets"})
_LINE_NAME = r"[\"']?(?=[\w.-]{0,80}?(?i:pass|pwd|secret|token|key|sig))(?P<name>[A-Za-z][\w.-]{0,80})[\"']?[ \t]{0,20}"
_GUTTER = r"^[ \t]*(?:[│|>~+*#-][ \t]*)*(?:\d{1,7}[ \t]*[:|]?[ \t]+)?(?:[~+-][ \t]*)?(?:export[ \t]+|set[ \t]+)?"
_PLAIN = r"(?P<value>[^\s\"'{\[|>$<&*!%@`#,;(]"
# A value of several words without quotes: in a line of its own to its end, in a mapping to the next key.
_PHRASES = (
    re.compile(
        rf"(?m)(?P<before>{_GUTTER}{_LINE_NAME}(?:=>?|:)[ \t]{{0,20}}(?:\r?\n[ \t]{{1,80}})?){_PLAIN}\S*[ \t]+\S.*)"
    ),
    re.compile(rf"(?P<before>[{{,][ \t]{{0,20}}{_LINE_NAME}:[ \t]{{1,20}}){_PLAIN}[^\s,}}\]]*[ \t]+[^\r\n,}}\]]+)"),
    re.compile(
        rf"(?P<before>(?:^|;)[ \t]{{0,20}}{_LINE_NAME}=[ \t]{{0,20}}){_PLAIN}[^\s;=]*[ \t]+[^;=\r\n]*)(?=;)",
        re.MULTILINE,
    ),
)
# How a message begins that stands behind a name, rather than a value.
_SPEAKS = frozenset(
    {"authentication", "are", "can", "cannot", "could", "did", "does", "expected", "failed", "has", "is", "may", "must"}
    | {"needs", "not", "required", "should", "unable", "was"}
)
# How one begins whose first word might be that of a value as well; with what Terraform is at, as in `airbyte_source.my_token:
# Refreshing state...`.
_SENTENCE = re.compile(
    r"(?:string|null|number|integer|boolean|array|object) (?:found|expected)|unexpected (?:end|token|character)|length (?:must|is)"
    r"|too (?:short|long|weak|many|few)|this (?:field|value|option|property)|the (?:access |refresh |api )?(?:token|key|secret|password)"
    r"|access (?:token|denied)|signature (?:has|is|verification)|(?:oauth2|jwt|rpc error): "
    r"|[45][0-9]{2} (?:Bad|Unauthorized|Forbidden|Not|Method|Conflict|Unprocessable|Too|Internal|Service|Gateway|Request)\b"
    r"|(?:creation|destruction|modifications|read|refresh) complete|(?:creating|destroying|modifying|reading)\.\.\."
    r"|still (?:creating|destroying|modifying|reading)|refreshing state|drift detected|plan to|importing from|import prepared",
    re.IGNORECASE,
)
_SAID_OF_OPTION = frozenset(
    {"and", "argument", "at", "before", "but", "expects", "flag", "for", "if", "in", "instead", "of", "on", "option"}
    | {"or", "requires", "to", "when", "with"}
)
_BLOCK = re.compile(rf"(?m)^[ \t]*(?:-[ \t]+)*{_LINE_NAME}:[ \t]*[|>][-+0-9]{{0,2}}[ \t]*\r?$\n?")


def without_echoes(text: str) -> str:
    """What a server or a program printed with `***` in the place of what has the form of a credential, however short it is, and
    of what stands under the name of one.
    """
    shown = _without_blocks(text)
    for pattern in _PHRASES:
        shown = pattern.sub(_without_phrase, shown)
    shown = hidden(_DIGEST.sub(lambda found: f"{found[1]}{MASK}", shown))
    shown = _ECHOED_HEADER.sub(lambda found: f"{found[1] or found[2]}{MASK}", shown)
    for pattern in _ECHOED_PAIRS:
        shown = pattern.sub(_without_value, shown)
    for pattern in _FOREIGN_PAIRS:
        shown = pattern.sub(_without_foreign, shown)
    return _LOGIN.sub(lambda found: f"{found[1]}{MASK}", shown)


def _without_value(found: re.Match[str]) -> str:
    value, name = found["value"], found["name"]
    names = (name, name.rstrip("s")) if value[0] == "[" else (name,)
    if not any(map(names_credential, names)) or not is_value(value.removeprefix("[")):
        return found[0]
    if '"' in value or "'" in value:
        return found["before"] + re.sub(rf"(?s){_ECHOED_TEXT}", _without_text, value)
    if "last" not in found.re.groupindex:
        return found["before"] + MASK
    is_said = found["last"] is None and (value.isalpha() or _is_said(found)) and "=" not in found["before"]
    if (
        is_said
        or value.lower().rstrip(".") in _SAID
        or _REFERENCE.fullmatch(value)
        or (name.lower() in _KUBERNETES and "=" not in found["before"])
    ):
        return found[0]
    return f"{found['before']}{MASK}{found['last'] or ''}"


def _without_text(found: re.Match[str]) -> str:
    """A text in quotes with what stands before it; what a validator says of an option, in a list, stays."""
    before, quote, text = re.split("([\"'])", found[0], maxsplit=1)
    if " " in text and text.split(maxsplit=1)[0] in _SPEAKS and found.string.startswith("["):
        return found[0]
    return f"{before}{quote}{MASK}{quote}"


def _is_said(found: re.Match[str]) -> bool:
    """True where a message begins in the place of a value."""
    if _SENTENCE.match(found.string, found.start("value")):
        return True
    return found["value"].split(maxsplit=1)[0].lower().rstrip(".") in _SAID | _SPEAKS


def _without_foreign(found: re.Match[str]) -> str:
    is_said = found["value"].lower().rstrip(".,:;") in _SAID | _SPEAKS | _SAID_OF_OPTION
    if is_said or not names_credential(found["name"]) or not is_value(found["value"]):
        return found[0]
    opening = found.groupdict().get("opening") or ""
    quote = found["value"][0] if found["value"][0] in "\"'" else ""
    return f"{found['before']}{opening}{quote}{MASK}{quote}"


def _without_phrase(found: re.Match[str]) -> str:
    """A message about a credential stays; of pairs with `=`, those behind the first one are no part of its value."""
    before, value = found["before"], found["value"]
    first, rest = value.split(maxsplit=1)
    if not names_credential(found["name"]) or not is_value(first) or found["name"].lower() in _KUBERNETES:
        return found[0]
    if _is_said(found):
        return found[0]
    others = re.search(r"(?:^|[ \t])[\w.-]+=.*", rest) if "=" in before else None
    return f"{before}{MASK}{' ' + others[0].lstrip() if others else ''}"


def _without_blocks(text: str) -> str:
    """The text without the lines that YAML's `|` and `>` put under a name: those that are indented further than it."""
    pieces, place = [], 0
    for found in _BLOCK.finditer(text):
        if found.start() < place or not names_credential(found["name"]):
            continue
        indent = found.start("name") - found.start() + 1
        block = re.compile(rf"(?:[ \t]{{{indent},}}.*(?:\n|\Z)|[ \t]*\n)*").match(text, found.end())
        if block and block[0].strip():
            pieces += [text[place : found.end()], f"{' ' * indent}{MASK}\n"]
            place = block.end()
    return "".join([*pieces, text[place:]])
