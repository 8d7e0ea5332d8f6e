"""Instances of a rule as columns: which events they are, and the values their variables have."""

from dataclasses import dataclass

import numpy as np

from probity.audit.formula import (
    Comparison,
    Constant,
    Event,
    Formula,
    Member,
    Present,
    Sum,
    Term,
    Value,
    Variable,
)
from probity.audit.guarded import parts_of
from probity.audit.stream.codes import (
    MISSING,
    Codes,
    Table,
    Words,
    matching,
    taken,
    value_of,
)


@dataclass(frozen=True, slots=True)
class Instances:
    """Events that match ``pattern``; ``table`` has its fields, ``event`` and ``time``."""

    pattern: Event
    table: Table

    def __len__(self) -> int:
        return len(self.table["event"])

    @property
    def times(self) -> Codes:
        """Microseconds since 1970-01-01 UTC."""
        return self.table["time"]

    @property
    def variables(self) -> dict[str, str]:
        """The field that each variable is bound to."""
        return fields_of_variables(self.pattern)

    def column(self, variable: str) -> Codes:
        """Codes of a variable's values."""
        return self.table[self.variables[variable]]

    def binding(self, row: int, words: Words) -> dict[str, Value]:
        """The values of the variables in one row."""
        return {
            name: value_of(field, int(self.table[field][row]), words)
            for name, field in self.variables.items()
        }

    def taken(self, rows: Codes) -> "Instances":
        """Some of them."""
        return Instances(self.pattern, taken(self.table, rows))


def fields_of_variables(pattern: Event) -> dict[str, str]:
    """The field that binds each variable of a pattern: the first that names it."""
    found: dict[str, str] = {}
    for field, term in pattern.fields:
        if isinstance(term, Variable):
            found.setdefault(term.name, field)
    return found


def instances_in(table: Table, pattern: Event, words: Words) -> Table:
    """Events of the pattern's kind that it matches, with the columns that it needs."""
    found = matching(table, pattern, words)
    first = fields_of_variables(pattern)
    for field, term in pattern.fields:
        if isinstance(term, Variable) and first[term.name] != field:
            found &= (table[field] == table[first[term.name]]) & (table[field] != MISSING)
    names = dict.fromkeys(("event", "time", *first.values()))
    if found.all():
        return {name: table[name] for name in names}
    rows = np.flatnonzero(found)
    return {name: table[name][rows] for name in names}


def variables_in(formula: Formula) -> frozenset[str]:
    """Every variable that a formula names, bound or not."""
    match formula:
        case Event():
            names = {term.name for _, term in formula.fields if isinstance(term, Variable)}
        case Comparison():
            names = _in_term(formula.left) | _in_term(formula.right)
        case Member():
            names = _in_term(formula.value)
        case Present():
            names = {formula.variable.name}
        case _:
            names = set()
    return frozenset(names).union(*(variables_in(part) for part in parts_of(formula)))


def _in_term(term: Term) -> set[str]:
    match term:
        case Variable():
            return {term.name}
        case Constant():
            return set()
        case Sum():
            return _in_term(term.left) | _in_term(term.right)
