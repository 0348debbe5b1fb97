"""Expressions of Terraform, as far as they say a value: literals, references, templates, conditions, loops."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any, Protocol

from infra.base.errors import UserError
from infra.lake.documents.hcl import unquoted
from infra.move.terraform.hcl_functions import call, text_of_scalar
from infra.move.terraform.hcl_heredoc import NO_TEMPLATE, heredoc_value
from infra.move.terraform.hcl_syntax import Token, Tree, expression_of, parts_of
from infra.move.terraform.hcl_values import Open, Parted, Reached, Unknown, known, size_of, whole

MAX_STEPS = 1_000_000
MAX_SIZE = 100_000
_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "&&": lambda left, right: left and right,
    "||": lambda left, right: left or right,
}


class Scope(Protocol):
    """What names mean in a module."""

    def resolve(self, path: tuple[str, ...]) -> Reached | None:
        """The value of `var.x`, `local.x`, `airbyte_source.x`, ...; None for a path that is too short to say."""


class Name:
    """The beginning of a reference: `var`, `module.x`."""

    def __init__(self, *path: str) -> None:
        self.path = path


class Evaluator:
    """Evaluates expressions in one module. Raises UserError where there is no end of it."""

    def __init__(self, scope: Scope, names: Mapping[str, Any] | None = None, steps: list[int] | None = None) -> None:
        self._scope, self._names = scope, dict(names or {})
        self.steps = steps if steps is not None else [0]

    def value(self, tree: Any) -> Any:
        """The value of an expression: JSON, with what is not known inside of it."""
        self.steps[0] += 1
        if self.steps[0] > MAX_STEPS:
            raise UserError("the files of Terraform take too many steps to evaluate")
        if isinstance(tree, Token):
            return _literal(tree)
        found = self._settled(self._node(tree))
        if size_of(found, MAX_SIZE) > MAX_SIZE:
            raise UserError("the files of Terraform make a value that is too large")
        return found

    def _node(self, tree: Any) -> Any:
        method = getattr(self, f"_{tree.data}", None)
        return method(tree) if method else Unknown("it is an expression that is not run here")

    def _raw(self, tree: Any) -> Any:
        """The value, or the beginning of a reference."""
        self.steps[0] += 1
        return self._node(tree) if isinstance(tree, Tree) else _literal(tree)

    @staticmethod
    def _settled(value: Any) -> Any:
        if isinstance(value, Name):
            return Unknown(f"it is made of {'.'.join(value.path)}")
        return value.whole() if isinstance(value, Instances) else value

    def _expr_term(self, tree: Any) -> Any:
        inner = parts_of(tree)
        return self._raw(inner[0]) if inner else _literal(tree.children[0])

    def _literal_value(self, tree: Any) -> Any:
        return {"true": True, "false": False, "null": None}[str(tree.children[0])]

    def _int_lit(self, tree: Any) -> Any:
        return _literal(tree.children[0])

    _float_lit = _int_lit

    def _identifier(self, tree: Any) -> Any:
        name = str(tree.children[0])
        return self._names[name] if name in self._names else Name(name)

    def _string(self, tree: Any) -> Any:
        parts = [self._part(part) for part in parts_of(tree)]
        if len(parts) == 1 and not isinstance(parts[0], str):
            return parts[0]  # "${x}" is x itself
        values = [whole(part) for part in parts]
        missing = next((one for one in values if isinstance(one, Unknown)), None)
        try:
            return missing or "".join(text_of_scalar(one) for one in values)
        except TypeError:
            return NO_TEMPLATE

    def _part(self, part: Any) -> Any:
        inner = part.children[0]
        if isinstance(inner, Token):
            text = str(inner)
            return text[1:] if text.startswith(("$${", "%%{")) else unquoted(f'"{text}"')
        return self.value(parts_of(inner)[0]) if inner.data == "interpolation" else NO_TEMPLATE

    def _heredoc_template(self, tree: Any) -> Any:
        text = str(tree.children[0])
        lines = text.split("\n")[1:]
        while lines and not lines[-1].strip():
            lines.pop()
        body = "\n".join(lines[:-1]) + "\n"
        return heredoc_value(dedent(body) if text.startswith("<<-") else body, self._said)

    def _said(self, expression: str) -> Any:
        tree = expression_of(expression)
        return NO_TEMPLATE if tree is None else self.value(tree)

    _heredoc_template_trim = _heredoc_template

    def _tuple(self, tree: Any) -> Any:
        return [self.value(part) for part in parts_of(tree)]

    def _object(self, tree: Any) -> Any:
        made = {}
        for element in parts_of(tree):
            key, expression = parts_of(element)
            name = self._key(key)
            if isinstance(name, Open):
                return Unknown("a name in it is not known")
            made[str(name)] = self.value(expression)
        return made

    def _key(self, tree: Any) -> Any:
        inner = tree.children[0]
        if inner.data == "keyword" or [getattr(one, "data", "") for one in inner.children] == ["identifier"]:
            return "".join(str(token) for token in inner.scan_values(lambda _: True))
        found = whole(self.value(inner))
        if isinstance(found, (bool, int, float)):
            return text_of_scalar(found)
        return found if isinstance(found, str) else Unknown("a name in it is not known")

    def _function_call(self, tree: Any) -> Any:
        name, *rest = parts_of(tree)
        if len([one for one in rest if one.data == "identifier"]) > 0:
            return Unknown("it is made by a function of a provider, which is not run here")
        arguments = rest[0] if rest else None
        if arguments is None:
            return call(str(name.children[0]), [])
        values = [self.value(part) for part in parts_of(arguments)]
        if any(str(one) == "..." for one in arguments.children if isinstance(one, Token)):
            last = known(values[-1])
            values = (
                [*values[:-1], *last]
                if isinstance(last, list)
                else [*values[:-1], Unknown("its arguments are not known")]
            )
        return call(str(name.children[0]), values)

    def _get_attr_expr_term(self, tree: Any) -> Any:
        owner, get = parts_of(tree)
        return self._attribute(self._raw(owner), _name_of(get))

    def _index_expr_term(self, tree: Any) -> Any:
        owner, index = parts_of(tree)
        key = self.value(parts_of(index)[0]) if index.data == "braces_index" else _literal(index.children[-1])
        return self._attribute(self._raw(owner), whole(key))

    def _attribute(self, owner: Any, key: Any) -> Any:
        if isinstance(owner, Name):
            path = (*owner.path, str(key))
            found = self._scope.resolve(path)
            return Name(*path) if found is None else found.value
        if isinstance(owner, Parted):
            return owner.at(key)
        owner = known(owner)
        if isinstance(owner, Unknown) or isinstance(key, Unknown):
            return owner if isinstance(owner, Unknown) else key
        try:
            return owner[int(key)] if isinstance(owner, list) else owner[str(key)]
        except (KeyError, IndexError, ValueError, TypeError):
            return Unknown("it is a part that is not there")

    def _full_splat_expr_term(self, tree: Any) -> Any:
        owner, splat = parts_of(tree)
        value = self._raw(owner)
        items = known(self._settled(value))
        items = list(items.values()) if isinstance(value, Instances) and isinstance(items, dict) else items
        if not isinstance(items, list):
            return items if isinstance(items, Unknown) else Unknown("it is an expression that is not run here")
        for step in parts_of(splat):
            key = _name_of(step) if step.data == "get_attr" else whole(self.value(parts_of(step)[0]))
            items = [self._attribute(item, key) for item in items]
        return items

    _attr_splat_expr_term = _full_splat_expr_term

    def _conditional(self, tree: Any) -> Any:
        condition, yes, no = parts_of(tree)
        said = whole(self.value(condition))
        if isinstance(said, Unknown):
            return said
        return self.value(yes if said in (True, "true") else no)

    def _binary_op(self, tree: Any) -> Any:
        left, term = parts_of(tree)
        sign, right = parts_of(term)
        values = [whole(self.value(one)) for one in (left, right)]
        missing = next((one for one in values if isinstance(one, Unknown)), None)
        try:
            found = missing or _OPERATORS[str(sign.children[0]).strip()](*values)
        except (TypeError, KeyError, ZeroDivisionError, OverflowError):
            return Unknown("it is an expression that is not run here")
        return found

    def _unary_op(self, tree: Any) -> Any:
        value = whole(self.value(parts_of(tree)[-1]))
        if isinstance(value, Unknown):
            return value
        negative = str(tree.children[0]) == "-"
        fits = isinstance(value, (int, float)) and isinstance(value, bool) != negative
        return (-value if negative else not value) if fits else Unknown("it is an expression that is not run here")

    def _for_tuple_expr(self, tree: Any) -> Any:
        intro, body, *condition = parts_of(tree)
        rows = self._rows(intro, condition)
        return rows if isinstance(rows, Unknown) else [inner.value(body) for inner in rows]

    def _for_object_expr(self, tree: Any) -> Any:
        intro, key, body, *condition = parts_of(tree)
        rows = self._rows(intro, condition)
        if isinstance(rows, Unknown):
            return rows
        pairs = [(whole(inner.value(key)), inner.value(body)) for inner in rows]
        grouped = any(str(one) == "..." for one in tree.children if isinstance(one, Token))
        if grouped or any(isinstance(name, (Unknown, dict, list)) for name, _ in pairs):
            return Unknown("the names in it are not known")
        return {text_of_scalar(name): value for name, value in pairs}

    def _rows(self, intro: Any, condition: list[Any]) -> list[Evaluator] | Unknown:
        """An evaluator for each turn of a loop."""
        *names, over = parts_of(intro)
        items = known(self.value(over))
        if not isinstance(items, (list, dict)):
            return items if isinstance(items, Unknown) else Unknown("what it goes through is not known")
        words = [str(name.children[0]) for name in names]
        rows = []
        for key, item in items.items() if isinstance(items, dict) else enumerate(items):
            bound = {words[-1]: item} | ({words[0]: key} if len(words) > 1 else {})
            inner = Evaluator(self._scope, {**self._names, **bound}, self.steps)
            kept = whole(inner.value(parts_of(condition[0])[0])) if condition else True
            if isinstance(kept, Unknown):
                return kept
            rows += [inner] if kept is True else []
        return rows


class Instances:
    """What a reference to a resource or module with `count` or `for_each` gives: one of them, once it is indexed."""

    def __init__(self, by_index: Mapping[Any, Any]) -> None:
        self._by_index = by_index

    def at(self, index: Any) -> Any:
        """The one at an index."""
        return self._by_index.get(index, Unknown("it is of an object that is not there"))

    def whole(self) -> Any:
        """All of them: a list where `count` made them, else an object."""
        keyed = all(isinstance(index, str) for index in self._by_index)
        return dict(self._by_index) if keyed else list(self._by_index.values())


def _name_of(get: Any) -> str:
    return str(parts_of(get)[0].children[0]) if parts_of(get) else str(get.children[-1])


def _literal(token: Any) -> Any:
    text = str(token)
    try:
        return int(text) if re.fullmatch(r"-?[0-9]+", text) else float(text)
    except ValueError:
        return Unknown("it is a number that is too long")
