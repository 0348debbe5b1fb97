"""A variable's value as OpenTofu 1.12 converts it to the type of the variable; tests/e2e/test_values.py asks the engine itself.

The environment and Secrets give text. What the registry gives keeps its type, as a default and in tofu-controller's `vars`: the text `1`
is true, the number 1 is no bool.
"""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Literal

VariableType = Literal["string", "number", "bool"]

# Go's ParseFloat takes a power of two as well: `1p3` is 8.
_NUMBER = re.compile(r"(?P<digits>[-+]?([0-9]+\.?[0-9]*|\.[0-9]+))((?P<base>[eEpP])(?P<power>[-+]?0*[0-9]{1,9}))?")
_BOOLS = {"true": True, "1": True, "false": False, "0": False}
# The engine keeps 512 bits of a number.
_PRECISE = Context(prec=154, Emin=MIN_EMIN, Emax=MAX_EMAX)
# The engine goes on, to 1e646456993, and writes out every digit; Python writes 4300 of them.
_MOST_DIGITS = 4000


def convert(value: object, kind: str) -> str | float | Decimal:
    """The value as a `string`, `number` or `bool`; a whole number is an int, and one that a float cannot hold a Decimal.

    Raises ValueError, without the value, for what the engine refuses, and for a number of more than 4000 digits.
    """
    if kind == "string" and isinstance(value, (str, int, float)):
        return _text(value)
    if kind == "bool" and isinstance(value, (str, bool)) and _text(value) in _BOOLS:
        return _BOOLS[_text(value)]
    found = _NUMBER.fullmatch(_text(value)) if kind == "number" and isinstance(value, (str, int, float)) else None
    if found is None:
        raise ValueError(f"not a {kind}")
    return _number(Decimal(found["digits"]), 2 if found["base"] in ("p", "P") else 10, int(found["power"] or 0))


def _text(value: str | float) -> str:
    """True and false as JSON has them, numbers with all their digits and no exponent."""
    if isinstance(value, bool):
        return str(value).lower()
    return format(Decimal(repr(value)), "f").removesuffix(".0") if isinstance(value, float) else str(value)


def _number(digits: Decimal, base: int, power: int) -> float | Decimal:
    exact = _PRECISE.multiply(digits, _PRECISE.power(base, power))
    if exact and abs(exact.adjusted()) > _MOST_DIGITS:
        raise ValueError("too many digits")
    if exact == exact.to_integral_value():
        return int(exact)
    return float(exact) if Decimal(repr(float(exact))) == exact else exact.normalize(_PRECISE)
