"""Formulas to SQL: from the contexts where a formula is judged to those where it may be true.

Every operator takes ``Rows`` and gives the branches whose union are the rows where it is true or
unknown, with the variables it binds; ``AND`` threads rows through its parts. What a temporal
operator looks at is found from the kind's own table where its conditions ask for nothing else
("independent"), and then met by one join; otherwise it is judged context by context. What must
not happen becomes an anti-join where nothing about it can be unknown, and a comparison of the two
truths where something can.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from probity.audit.engine.counting import counted
from probity.audit.engine.joins import contexts_of, despite, joined, only, until_first
from probity.audit.engine.normal_form import (
    All,
    Any,
    HowMany,
    Normal,
    Opposite,
    Some,
    Unless,
    Within,
    anchor_of,
    certainly_bound,
    free_in,
    is_anchored,
)
from probity.audit.engine.rows import TRUE, UNKNOWN, Rows, Steps
from probity.audit.engine.sql import (
    case,
    column,
    every,
    literal,
    named,
    number,
    select,
    source,
)
from probity.audit.engine.terms import condition_of
from probity.audit.engine.windows import (
    Window,
    around,
    between,
    from_instant,
    meeting,
    moved,
)
from probity.audit.formula import Comparison, Constant, Event, Member, Present


@dataclass(frozen=True, slots=True)
class Tables:
    """Where the events of a kind are, and until when the log is complete (microseconds).

    ``counts``: how many rows the tables of some kinds have, where that is known without looking.
    """

    of_kind: Mapping[str, str]
    to_us: int
    counts: Mapping[str, int] = field(default_factory=dict)


class Compiler:
    """One query over one log."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.steps = Steps()

    def events(self, pattern: Event, *, numbered: bool = False) -> Rows:
        """Events that match a pattern; ``numbered`` adds the column ``event``."""
        now = self.steps.fresh("t")
        values: dict[str, str] = {}
        columns = [named(column("time", "e"), now)]
        if numbered:
            columns.insert(0, named(column("event", "e"), "event"))
        first: dict[str, exp.Expr] = {}
        where: list[exp.Expr] = []
        for stated, term in pattern.fields:
            stored = column(stated, "e")
            if isinstance(term, Constant):
                where.append(exp.EQ(this=stored, expression=literal(term.value)))
            elif term.name in first:
                where.append(exp.EQ(this=stored, expression=first[term.name].copy()))
            else:
                first[term.name] = stored
                values[term.name] = self.steps.fresh("x")
                columns.append(named(stored, values[term.name]))
        table = source(self._tables.of_kind[pattern.kind], "e")
        name = self.steps.add(select(columns, of=table, where=where))
        key = ("event",) if numbered else ()
        return Rows(name, now, tuple(part.alias for part in columns), values, key=key)

    def hold(  # noqa: PLR0911
        self, formula: Normal, rows: Rows
    ) -> list[Rows]:
        """Rows where a formula is true or unknown, with the variables that it binds."""
        match formula:
            case Event():
                found = self.events(formula)
                return [joined(self.steps, rows, found, around(rows, Within(0, 0, False, formula)))]
            case Comparison() | Member() | Present():
                return [self._compared(formula, rows)]
            case All():
                return self._all(formula.parts, [rows])
            case Any():
                return [found for part in formula.parts for found in self.hold(part, rows)]
            case Some():
                return [_without(found, formula) for found in self.hold(formula.part, rows)]
            case Opposite():
                return self._not(formula.part, rows)
            case Within():
                return self._within(formula, rows)
            case Unless():
                return self._unless(formula, rows)
            case HowMany():
                return [self._counted(formula, rows)]

    def _all(self, parts: tuple[Normal, ...], branches: list[Rows]) -> list[Rows]:
        for part in parts:
            branches = [found for rows in branches for found in self.hold(part, rows)]
        return branches

    def _compared(self, formula: Comparison | Member | Present, rows: Rows) -> Rows:
        test = condition_of(formula, {k: column(v, "r") for k, v in rows.values.items()})
        if isinstance(formula, Present):
            return self.steps.filtered(rows, where=[test])
        possible = exp.Coalesce(this=test.copy(), expressions=[exp.Boolean(this=True)])
        truth = case((test, rows.truth("r")), otherwise=number(UNKNOWN))
        return self.steps.filtered(rows, where=[possible], truth=truth)

    def _anywhere(self, formula: Normal, known: Iterable[str]) -> list[Rows] | None:
        """Where in the whole log an anchored formula may be true.

        None where it asks for a value of ``known`` that its anchor does not bind: then it is
        judged context by context.
        """
        match formula:
            case Event():
                return [self.events(formula)]
            case All():
                anchor, rest = anchor_of(formula)
                if not (free_in(rest) & set(known)) <= certainly_bound(anchor):
                    return None
                start = self._anywhere(anchor, known)
                return None if start is None else self._all(rest.parts, start)
            case Any():
                found = [self._anywhere(part, known) for part in formula.parts]
                if None in found:
                    return None
                return [rows for part in found for rows in part or ()]
            case Some():
                inner = self._anywhere(formula.part, known)
                return None if inner is None else [_without(rows, formula) for rows in inner]
            case _:
                raise TypeError(f"not anchored: {formula}")

    def _meet(self, formula: Normal, rows: Rows, window: Window) -> list[Rows]:
        """Rows with an instant of their window at which an anchored formula may be true."""
        found = self._anywhere(formula, rows.values)
        if found is not None:
            return [joined(self.steps, rows, branch, window) for branch in found]
        match formula:
            case All():
                anchor, rest = anchor_of(formula)
                return self._all(rest.parts, self._meet(anchor, rows, window))
            case Any():
                return [met for part in formula.parts for met in self._meet(part, rows, window)]
            case Some():
                met = self._meet(formula.part, rows, window)
                return [_without(branch, formula) for branch in met]
            case _:
                raise TypeError(f"not anchored: {formula}")

    def _within(self, formula: Within, rows: Rows) -> list[Rows]:
        window = around(rows, formula)
        bound = free_in(formula.part) - rows.values.keys()
        found = self._anywhere(formula.part, rows.values)
        if found is not None and not bound and all(branch.settled for branch in found):
            branches = [
                self.steps.filtered(rows, joins=[meeting("SEMI", rows, branch, window)])
                for branch in found
            ]
        else:
            if found is None:
                met = self._meet(formula.part, rows, window)
            else:
                met = [
                    joined(self.steps, rows, self._nearest(one, formula), window) for one in found
                ]
            branches = [self._back(branch, rows) for branch in met]
        return [*branches, *self._to_come(formula, rows)]

    def _nearest(self, found: Rows, formula: Within) -> Rows:
        """Of found rows that bind the same, the one that a window without end meets if any."""
        open_before, open_after = formula.low is None, formula.high is None
        if not (open_before or open_after) or not found.settled or not found.values:
            return found
        return self.steps.nearest(found, earliest=open_before)

    def _back(self, found: Rows, rows: Rows) -> Rows:
        """Found rows at the instant they were looked for from, with what they bind."""
        return self.steps.projected(found, rows, found.values)

    def _to_come(self, formula: Within | Unless, rows: Rows) -> list[Rows]:
        if not formula.ahead:
            return []
        later = self.steps.filtered(rows, where=self._open(formula, rows), truth=number(UNKNOWN))
        return [replace(later, to_come=bool(free_in(formula.part) - rows.values.keys()))]

    def _open(self, formula: Within | Unless, rows: Rows) -> list[exp.Expr]:
        """The log ends before the last instant of the window."""
        if formula.high is None:
            return []
        last = moved(column(rows.now, "r"), formula.high)
        return [exp.GT(this=last, expression=literal(self._tables.to_us))]

    def _not(self, formula: Normal, rows: Rows) -> list[Rows]:
        absent = self._absent(formula, rows)
        if absent is not None:
            return absent
        contexts = contexts_of(self.steps, formula, rows)
        key = contexts.columns
        return [despite(self.steps, self.steps.best(self.hold(formula, contexts), key), rows)]

    def _absent(self, formula: Normal, rows: Rows) -> list[Rows] | None:
        """Rows that meet nothing of a formula, by anti-joins; None where joins cannot tell.

        Rows that meet only what may be true are unknown.
        """
        part = formula
        while isinstance(part, Some) and not is_anchored(part):
            part = part.part
        if isinstance(part, Unless) and not part.ahead:
            found = self._validity(part, rows.values)
        else:
            part = part if isinstance(part, Within) else Within(0, 0, False, part)
            found = self._anywhere(part.part, rows.values) if is_anchored(part.part) else None
        if found is None:
            return None
        window = around(rows, part)
        for branch in found:
            sure = branch if branch.settled else only(self.steps, branch, TRUE)
            rows = self.steps.filtered(rows, joins=[meeting("ANTI", rows, sure, window)])
        if part.ahead:
            still_open = every(self._open(part, rows))
            truth = case((still_open, number(UNKNOWN)), otherwise=rows.truth("r"))
            rows = self.steps.filtered(rows, truth=truth)
        doubtful = [only(self.steps, branch, UNKNOWN) for branch in found if not branch.settled]
        unknown: list[Rows] = []
        for branch in doubtful:
            met = [meeting("SEMI", rows, branch, window)]
            unknown.append(self.steps.filtered(rows, joins=met, truth=number(UNKNOWN)))
            rows = self.steps.filtered(rows, joins=[meeting("ANTI", rows, branch, window)])
        return [self.steps.together([rows, *unknown])]

    def _validity(self, formula: Unless, known: Iterable[str]) -> list[Rows] | None:
        """From when, and until when, what began holds: each start with the first stop after it."""
        found: list[Rows] = []
        for start in self._anywhere(formula.part, known) or ():
            if not free_in(formula.stop) <= start.values.keys():
                return None
            stops = self._anywhere(formula.stop, start.values)
            if stops is None or not all(stop.settled for stop in stops):
                return None
            ended = start
            for stop in stops:
                ended = until_first(self.steps, ended, stop)
            found.append(ended)
        return found or None

    def _unless(self, formula: Unless, rows: Rows) -> list[Rows]:
        branches = []
        for met in self._meet(formula.part, rows, around(rows, formula)):
            first, last = (rows.now, met.now) if formula.ahead else (met.now, rows.now)
            window = between(first, last, with_first=formula.ahead)
            held = self._held(formula.stop, met, rows.now, window)
            branches.append(self._back(held, rows))
        for later in self._to_come(formula, rows):
            held = self._held(formula.stop, later, rows.now, from_instant(rows.now))
            branches.append(replace(held, to_come=later.to_come))
        return branches

    def _held(self, stop: Normal, rows: Rows, since: str, window: Window) -> Rows:
        """Rows as far as ``stop`` is true at no instant of the window."""
        contexts = contexts_of(self.steps, stop, rows, since)
        met = self._meet(stop, contexts, window)
        return despite(self.steps, self.steps.best(met, contexts.columns), rows)

    def _counted(self, formula: HowMany, rows: Rows) -> Rows:
        contexts = contexts_of(self.steps, formula, rows)
        branches = self.hold(formula.part, contexts)
        return counted(self.steps, formula, rows, contexts=contexts, branches=branches)


def _without(rows: Rows, formula: Some) -> Rows:
    kept = {k: v for k, v in rows.values.items() if k not in formula.names}
    return replace(rows, values=kept, to_come=False)
