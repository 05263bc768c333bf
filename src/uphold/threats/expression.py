# SPDX-License-Identifier: Apache-2.0
"""The expressions of threat rules, read from their text (pure).

    relevant = expression.parse("flow.what == 'export' and not flow.sealed", "rule export-plain, when", ("flow",))
    relevant.truth(Scope({"flow": element, "site": site}, {"flows": flows}))      -> Answer(True, what was read)

A text is parsed as Python is and then read by a list of what is allowed: `and or not`, comparisons, `in`,
`a if b else c`, facts of elements, literals, `any all len min max`, and one `for` over a list of elements or a
fact that is a list. Nothing is ever run as Python: each node becomes one of the functions of `logic`.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Never

from uphold import errors
from uphold.threats import logic, vocabulary
from uphold.threats.element import SITE, Value
from uphold.threats.logic import OWN, Members, Reading, Run, Scope, Truth, Wrong

LONGEST: Final = 600
MOST_NODES: Final = 250
DEEPEST: Final = 2
"""Characters of an expression, its parts, and lists within lists."""

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_ADVICE = "See what rules of threats may say in docs/how-to/add-a-threat.md."
_WORD = ""  # the kind of a variable that is a word of a list and no element


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an expression, None if unknown, and the facts that it rests on, each once."""

    value: Value
    read: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was read.

    `reads` are the (kind, fact) that it may ask for, whatever the model is; `highest` is the highest number that
    it chooses among by `if`, 0 where it is nothing of the kind.
    """

    text: str
    at: str
    reads: frozenset[tuple[str, str]]
    highest: int
    run: Run

    def evaluate(self, scope: Scope) -> Answer:
        """Evaluate; raises `errors.Invalid` where values are not of the kind that is asked for."""
        scope.begin()
        value = self.run(scope)
        return Answer(value, tuple(dict.fromkeys(scope.trail)))

    def truth(self, scope: Scope) -> Answer:
        """Evaluate what must be yes, no or unknown; raises as `evaluate`."""
        answer = self.evaluate(scope)
        if answer.value is not None and not isinstance(answer.value, bool):
            raise errors.Invalid(f"{self.at}: it is neither yes nor no: {self.text}", _ADVICE)
        return answer

    def severity(self, scope: Scope) -> Answer:
        """Evaluate what must be 1 to 5, or unknown; raises as `evaluate`."""
        answer = self.evaluate(scope)
        value = answer.value
        if value is not None and (type(value) is not int or not 1 <= value <= 5):
            raise errors.Invalid(f"{self.at}: it is no number from 1 to 5: {self.text}", _ADVICE)
        return answer


@cache
def lists() -> Mapping[str, str]:
    """The lists that an expression may go through, each with the kind of its elements."""
    return {one.plural: name for name, one in vocabulary.kinds().items() if name != SITE}


def parse(text: str, at: str, elements: Iterable[str]) -> Expression:
    """Read an expression. `at` names the rule and the place, `elements` the kinds it may name one element of.

    Raises `errors.Invalid` for whatever is not on the list, with the place and the column.
    """
    if len(text) > LONGEST:
        raise errors.Invalid(f"{at}: it is longer than {LONGEST} characters.", _ADVICE)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise errors.Invalid(f"{at}: it cannot be read: {text}", _ADVICE) from error
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise errors.Invalid(f"{at}: it has more than {MOST_NODES} parts.", _ADVICE)
    reader = _Reader(at, {kind: kind for kind in elements})
    run = reader.node(tree)
    return Expression(text, at, frozenset(reader.reads), _highest(tree), run)


class _Reader:
    """Turns the allowed nodes of one expression into functions of a scope."""

    def __init__(self, at: str, variables: dict[str, str]) -> None:
        self.reads: set[tuple[str, str]] = set()
        self._at = at
        self._variables = variables
        self._depth = 0
        self._kinds: Mapping[type[ast.AST], Callable[[Any], Run]] = {
            ast.Attribute: self._fact,
            ast.BoolOp: self._junction,
            ast.Call: self._call,
            ast.Compare: self._compare,
            ast.Constant: self._literal,
            ast.IfExp: self._choice,
            ast.List: self._literals,
            ast.Name: self._word,
            ast.Tuple: self._literals,
            ast.UnaryOp: self._unary,
        }

    def node(self, node: ast.AST) -> Run:
        found = self._kinds.get(type(node))
        if found is None:
            self._refuse(node, f"{type(node).__name__} is not allowed")
        return found(node)

    def _refuse(self, node: ast.AST, why: str) -> Never:
        column = getattr(node, "col_offset", 0) + 1
        raise errors.Invalid(f"{self._at}, column {column}: {why}.", _ADVICE)

    def _wrong(self, node: ast.AST, why: str) -> Wrong:
        return lambda: self._refuse(node, why)

    def _truth(self, node: ast.AST) -> Callable[[Scope], Truth]:
        return logic.truth(self.node(node), self._wrong(node, "it is neither yes nor no"))

    def _literal(self, node: ast.Constant) -> Run:
        if type(node.value) not in (bool, int, str):
            self._refuse(node, "a literal is True, False, a whole number or a text")
        return logic.constant(node.value)  # type: ignore[arg-type]  # its type was looked at

    def _literals(self, node: ast.List | ast.Tuple) -> Run:
        found: list[str | int] = []
        for one in node.elts:
            value = one.value if isinstance(one, ast.Constant) else None
            if not isinstance(value, int | str) or isinstance(value, bool):
                self._refuse(one, "a list of literals holds texts and whole numbers alone")
            found.append(value)
        return logic.constant(tuple(found))

    def _word(self, node: ast.Name) -> Run:
        kind = self._variables.get(node.id)
        if kind is None:
            self._refuse(node, f"{node.id} is no name that stands for something here")
        if kind != _WORD:
            self._refuse(node, f"{node.id} is an element; say which fact of it")
        name = node.id
        return lambda scope: scope.bound[name]

    def _fact(self, node: ast.Attribute) -> Run:
        owner, asked = node.value, node.attr
        kind = self._variables.get(owner.id, _WORD) if isinstance(owner, ast.Name) else _WORD
        if not isinstance(owner, ast.Name) or kind == _WORD:
            self._refuse(node, "facts are asked of an element by its name, such as flow.sealed")
        if asked not in OWN and asked not in vocabulary.kinds()[kind].facts:
            self._refuse(node, f"{asked} is no fact that is told of {kind}")
        self.reads.add((kind, asked))
        return logic.fact(owner.id, kind, asked)

    def _unary(self, node: ast.UnaryOp) -> Run:
        operand = node.operand
        if isinstance(node.op, ast.Not):
            return logic.negation(self._truth(operand))
        number = operand.value if isinstance(operand, ast.Constant) else None
        if not isinstance(node.op, ast.USub) or type(number) is not int:
            self._refuse(node, "`not` stands before yes or no, a minus before a whole number")
        return logic.constant(-number)

    def _junction(self, node: ast.BoolOp) -> Run:
        parts = [self._truth(one) for one in node.values]
        return logic.junction(parts, decides=isinstance(node.op, ast.Or))

    def _choice(self, node: ast.IfExp) -> Run:
        return logic.choice(self._truth(node.test), self.node(node.body), self.node(node.orelse))

    def _compare(self, node: ast.Compare) -> Run:
        sides = [self.node(one) for one in (node.left, *node.comparators)]
        return logic.comparison(sides, [self._test(op, node) for op in node.ops])

    def _test(self, op: ast.cmpop, node: ast.AST) -> Callable[[Any, Any], bool]:
        test = _TESTS.get(type(op))
        if test is None:
            self._refuse(node, f"{type(op).__name__} is not allowed")
        wrong = self._wrong(node, "values of two kinds are compared")
        if isinstance(op, ast.In | ast.NotIn):
            return lambda a, b: test(a, b) if _is_in(a, b) else wrong()
        if isinstance(op, ast.Eq | ast.NotEq):
            return lambda a, b: test(a, b) if type(a) is type(b) else wrong()
        return lambda a, b: test(a, b) if type(a) is int and type(b) is int else wrong()

    def _call(self, node: ast.Call) -> Run:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in ("any", "all", "len", "min", "max"):
            self._refuse(node, "only any, all, len, min and max are called")
        if node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
            self._refuse(node, f"{name} takes no keyword and no star")
        if name in ("min", "max"):
            return self._extreme(node, min if name == "min" else max)
        if len(node.args) != 1:
            self._refuse(node, f"{name} takes one list")
        if name == "len":
            return self._length(node.args[0])
        wrong = self._wrong(node, "it is neither yes nor no")
        return logic.quantified(self._many(node.args[0]), wrong, is_any=name == "any")

    def _length(self, node: ast.AST) -> Run:
        if isinstance(node, ast.Name) and node.id in lists():
            return lambda scope: len(scope.lists.get(node.id, ()))
        if isinstance(node, ast.GeneratorExp | ast.ListComp):
            return logic.counted(self._many(node))
        return logic.length(self.node(node), self._wrong(node, "it has no length"))

    def _extreme(self, node: ast.Call, pick: Callable[[Sequence[int]], int]) -> Run:
        wrong = self._wrong(node, "least and most are taken of whole numbers")
        if len(node.args) == 1:
            members = self._many(node.args[0])
            return logic.extreme(
                lambda scope: [one.value if one.belongs else None for one in members(scope)],
                pick,
                wrong,
            )
        sides = [self.node(one) for one in node.args]
        if not sides:
            self._refuse(node, "it is taken of something")
        return logic.extreme(lambda scope: [side(scope) for side in sides], pick, wrong)

    def _many(self, node: ast.AST) -> Members:
        """Read `x for y in list if z`."""
        if not isinstance(node, ast.GeneratorExp | ast.ListComp):
            self._refuse(node, "it takes a list, such as f.special for f in fields")
        loop = node.generators[0]
        if len(node.generators) != 1 or loop.is_async or not isinstance(loop.target, ast.Name):
            self._refuse(node, "a list has one plain `for`")
        if self._depth >= DEEPEST:
            self._refuse(node, f"no more than {DEEPEST} lists stand in each other")
        name = loop.target.id
        if name in self._variables or name in lists() or not _NAME.match(name):
            self._refuse(node, f"{name} is no new name")
        source, kind = self._source(loop.iter)
        self._depth += 1
        self._variables[name] = kind
        tests = [self._truth(one) for one in loop.ifs]
        is_itself = isinstance(node.elt, ast.Name) and node.elt.id == name and kind != _WORD
        value = logic.constant(value=True) if is_itself else self.node(node.elt)
        del self._variables[name]
        self._depth -= 1
        too_many = self._wrong(node, f"it looks at more than {logic.MOST_STEPS} elements")
        return logic.walk(name, source, tests, value, too_many)

    def _source(self, node: ast.AST) -> tuple[Run, str]:
        if isinstance(node, ast.Name) and node.id in lists():
            return logic.listed(node.id), lists()[node.id]
        if not isinstance(node, ast.Attribute):
            self._refuse(node, f"`in` is followed by {', '.join(lists())} or by a fact")
        return logic.of_words(self._fact(node), self._wrong(node, "it is no list")), _WORD


def _highest(node: ast.AST) -> int:
    if isinstance(node, ast.IfExp):
        sides = _highest(node.body), _highest(node.orelse)
        return max(sides) if all(sides) else 0
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else 0


def _is_in(one: Any, many: Any) -> bool:
    return type(one) in (int, str) and isinstance(many, tuple)


_TESTS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
