"""Values that people give to variables, what OpenTofu makes of each, and what every part of lakeform makes of it.

`variable_values.json` holds what the engine said: a row for each value, with its JSON as a string, a number and a bool, null where it
is refused. tests/e2e/test_values.py asks the engine again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

from infra.airbyte.local.configuration import configuration_values
from infra.airbyte.server.settings import read_settings
from infra.base.errors import UserError
from infra.lake.model.variables import Variable
from infra.lake.registry.lake import BasicAuth
from infra.lake.rules.check import check_lake
from infra.lake.values.reference import SecretRef, VarRef
from infra.review.sides.stack_json import StackDocument
from infra.review.sides.values import values_of
from infra.terraform.constructs.bodies import variable_body
from tests.support.lakes import LAKE, write_lake

MEASURED = Path(__file__).with_name("variable_values.json")
KINDS = ("string", "number", "bool")

Answers = dict[str, str | None]
"""Kind -> JSON; None where the value is refused."""

_SPECS = {"string": "string", "number": "number", "bool": "boolean"}
_LOCK = {
    "connector": "source-x",
    "definition_id": "33333333-4444-5555-6666-777777777777",
    "image": "airbyte/source-x",
    "tag": "1.0.0",
}
_PASSWORD = Variable("password", secret=True, type="string", description=None, default=None, used_by=())
_NUMBERS = (
    *(
        "0",
        "1",
        "7",
        "007",
        "1.0",
        "1.50",
        ".5",
        "5.",
        "0.1",
        "1e3",
        "1E3",
        "1e+3",
        "1e-3",
        "1.5e2",
        ".5e1",
        "5.e1",
        "1e05",
    ),
    *(
        "1_000",
        "1,5",
        "1 000",
        "0x1f",
        "0b1",
        "0o7",
        "1p3",
        "0x1p3",
        "1e",
        "e3",
        "1e1.5",
        "1.2.3",
        ".",
        "",
        "inf",
        "nan",
    ),
)
_WORDS = ("true", "false", "yes", "no", "on", "off", "t", "f", "null", "none", "Infinity")
_ODD = (
    *(
        "--5",
        "+-5",
        "- 5",
        "1f",
        "5%",
        "1/2",
        "${1}",
        '"5"',
        "[1]",
        "{}",
        "\n",
        "\ufeff1",
        "\u00a05",
        "٣",
        "５",
        "é",
        "tRUE",
    ),
    *("1" * 154, "9" * 155, "1" * 200, "1e154", "1e400", "1e-20", "12345678901234567890.123456789", "9007199254740993"),
    *("0.30000000000000004", "0." + "3" * 60, "1e99x", "0e5", "00.50", "1__0", "1_", "_1", "1P-2"),
)
_SCALARS = (
    *(True, False, 0, 1, 2, -1, 5, 10**20, 10**153 + 7, 1.0, -0.0, 1.5, 0.1, 1e3, 1e16, 1e22, 1e-7, 1e300, 5e-324),
    *(0.30000000000000004, 1.7976931348623157e308),
)


def values() -> list[Any]:
    """Every value once: text as the environment and people write it, and scalars of JSON."""
    signed = [sign + number for number in _NUMBERS for sign in ("", "+", "-")]
    words = [form for word in _WORDS for form in (word, word.upper(), word.title())]
    around = [form for text in ("true", "0", "1.5", "x") for form in (f" {text}", f"{text} ", f"{text}\n", f"\t{text}")]
    return [*dict.fromkeys([*signed, *words, *around, *_ODD]), *_SCALARS]


def measured() -> Iterator[tuple[Any, Answers]]:
    """What the engine said."""
    for value, *answers in json.loads(MEASURED.read_text("utf-8")):
        yield value, dict(zip(KINDS, answers, strict=True))


def is_same(given: Any, answer: str) -> bool:
    """True if the value is what the engine said: of a number as much as it keeps."""
    said = json.loads(answer, parse_int=Decimal, parse_float=Decimal)
    if not isinstance(said, Decimal):
        return type(given) is type(said) and bool(given == said)
    with localcontext(prec=200):
        return not isinstance(given, bool) and abs(Decimal(str(given)) - said) <= abs(said) * Decimal("1e-153")


class ValuesLake:
    """A lake with a variable for each value and kind, as its default and in `flux.values`."""

    def __init__(self, root: Path, values: list[Any]) -> None:
        self.given = {f"{kind}_{index}": value for index, value in enumerate(values) for kind in KINDS}
        properties = {name: {"type": _SPECS[kind_of(name)]} for name in self.given}
        source = {"connector": "source-x", "configuration": {name: {"var": name} for name in self.given}}
        defaults = {name: {"default": value} for name, value in self.given.items()}
        flux = f"      flux: {json.dumps({'values': self.given})}\n"
        rest = f"  variables: {json.dumps(defaults)}\nsources: {json.dumps({'x': source})}\n"
        lock = json.dumps({**_LOCK, "spec": {"type": "object", "properties": properties}})
        write_lake(root, {"dag/registry/lake.yaml": LAKE + flux + rest, "dag/connectors/source-x.json": lock})
        self.checked = check_lake(root, catalogs=False)
        self._model = self.checked.model
        self._stack = self._model.stacks["airbyte"]

    def refused(self, path: str) -> set[str]:
        """Variables of which `check` refuses the value at a path, in which `*` stands for the name."""
        before, _, after = path.partition("*")
        paths = [problem.path for problem in self.checked.report.problems if problem.rule == "wrong-type"]
        return {path[len(before) : len(path) - len(after)] for path in paths if path.startswith(before)}

    def connector(self, name: str, environ: Mapping[str, str]) -> Any:
        """What a connector on this machine gets for a variable; None if it is refused."""
        actor = self._stack.sources["x"]
        settings = actor.settings.model_copy(update={"configuration": {name: {"var": name}}})
        try:
            entry = replace(actor, settings=settings)
            return configuration_values(entry, self._stack, self._model.locks, environ).values[name]
        except UserError:
            return None

    def review(self, *, flux: bool) -> Mapping[str, Any]:
        """Variable -> what a review takes for its value, from `flux.values` or else from the defaults."""
        blocks = {name: dict(variable_body(variable)) for name, variable in self._stack.variables.items()}
        return values_of(StackDocument(variables=blocks), self._stack.given_values if flux else {}).known

    def server(self, name: str, environ: Mapping[str, str]) -> str:
        """What the server is told as a user name that is this variable."""
        auth = BasicAuth(username=VarRef(var=name), password=SecretRef(secret="password"))
        settings = self._stack.settings.model_copy(update={"auth": auth})
        stack = replace(self._stack, settings=settings, variables={**self._stack.variables, "password": _PASSWORD})
        return read_settings(stack, {"TF_VAR_password": "p", **environ}).credentials["username"]


def kind_of(name: str) -> str:
    """The type of a variable of such a lake."""
    return name.partition("_")[0]
