"""A scenario with some values changed: ``recogniser.threshold = 0.60``, checked as a file is.

A change is a line of TOML. It names a value by its dotted key, and a member of a list by its
name or its number from 0: ``groups.Black.crowd_share = 0.2``, ``places.0.weight = 0.5``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from probity.core import InputError
from probity.core.errors import printable
from probity.core.toml_text import read_toml
from probity.twin.scenario import Scenario
from probity.twin.scenario_file import validate_scenario

MOST_VALUES = 200
"""Values of one ``vary``."""

_SHARED_OUT = (("groups", "crowd_share"), ("groups", "listed_share"), ("places", "weight"))
"""Members of a list whose shares sum to 1: those not changed keep their proportions."""

_RANGE = ("from", "to", "step")
_SPAN, _DURATION = {"mean", "sd", "least", "most"}, {"mean", "cv", "most"}


def changed(scenario: Scenario, changes: Sequence[str]) -> Scenario:
    """The scenario with other values; a table is changed in the keys that are given.

    A plain number for a quantity that varies (a span or a duration) makes it always that. Where
    one share of groups or places is changed, the others share the rest in their proportions. What
    is changed counts as assumed.

    Parameters
    ----------
    changes : sequence of str
        Lines of TOML, ``key = value``.

    Raises
    ------
    InputError
        A change is not TOML, names nothing, or leads to a scenario that would be refused.
    """
    if not changes:
        return scenario
    data = json.loads(scenario.model_dump_json(by_alias=True, exclude_none=True))
    known = set(scenario.parameters())
    told = "changed: " + ", ".join(printable(one, limit=100) for one in changes)
    given = [read_toml(one.encode("utf-8", "replace"), file=told) for one in changes]
    if not all(given):
        raise InputError("nothing is changed", file=told, allowed="KEY=VALUE")
    by_hand: set[tuple[str, ...]] = set()
    for one in given:
        _merge(data, one, path=(), by_hand=by_hand, file=told)
    _share_out(data, by_hand)
    for path in by_hand:
        names = {".".join(path[:end]) for end in range(1, len(path) + 1)}
        for name in known:
            if name in names or name.startswith(f"{'.'.join(path)}."):
                data["provenance"][name] = {"assumed": f"set by hand: {told}"[:500]}
    return validate_scenario(data, file=told)


def values_to_try(key: str, text: str) -> tuple[float | int, ...]:
    """Numbers of ``FROM:TO:STEP`` (both ends included), or of a list ``1000,10000``.

    Raises
    ------
    InputError
        Not numbers, not in order, or none or more than ``MOST_VALUES`` of them.
    """
    parts = text.split(":" if ":" in text else ",")[: MOST_VALUES + 1]
    try:
        numbers = [Decimal(part) for part in parts]
    except InvalidOperation:
        numbers = []
    is_range = ":" in text
    right = bool(numbers) and all(one.is_finite() for one in numbers)
    if not right or (is_range and (len(numbers) != len(_RANGE) or numbers[-1] <= 0)):
        raise InputError(
            "not values to try", column=key, got=text, allowed="FROM:TO:STEP or VALUE,VALUE"
        )
    if is_range:
        start, end, step = numbers
        count = min(int((end - start) / step), MOST_VALUES) + 1 if end >= start else 0
        numbers = [start + step * i for i in range(count)]
    if numbers != sorted(set(numbers)) or not 0 < len(numbers) <= MOST_VALUES:
        raise InputError(
            "values to try are not in order or too many",
            column=key,
            got=text,
            allowed=f"1 to {MOST_VALUES}, each larger than the one before",
        )
    return tuple(int(n) if n == n.to_integral_value() else float(n) for n in numbers)


def _merge(
    into: dict[str, Any],
    given: Mapping[str, Any],
    *,
    path: tuple[str, ...],
    by_hand: set[tuple[str, ...]],
    file: str,
) -> None:
    for key, value in given.items():
        here, now = (*path, key), into.get(key)
        if isinstance(value, Mapping) and isinstance(now, dict):
            _merge(now, value, path=here, by_hand=by_hand, file=file)
        elif isinstance(value, Mapping) and isinstance(now, list):
            for name, inner in value.items():
                if not isinstance(inner, Mapping):
                    raise _no_member(here, name, file)
                member = _member(now, name, path=here, file=file)
                _merge(member, inner, path=(*here, name), by_hand=by_hand, file=file)
        else:
            into[key] = _always(value, now)
            by_hand.add(here)


def _always(value: Any, now: Any) -> Any:
    if isinstance(now, dict) and isinstance(value, int | float) and not isinstance(value, bool):
        if set(now) == _SPAN:
            return {"mean": value, "sd": 0.0, "least": value, "most": value}
        if set(now) == _DURATION:
            return {"mean": value, "cv": 0.0, "most": value}
    return value


def _member(members: list[Any], name: str, *, path: tuple[str, ...], file: str) -> dict[str, Any]:
    for number, one in enumerate(members):
        if isinstance(one, dict) and name in (one.get("name"), str(number)):
            return one
    raise _no_member(path, name, file)


def _no_member(path: tuple[str, ...], name: str, file: str) -> InputError:
    return InputError(
        "no such member",
        file=file,
        column=".".join(path),
        got=name,
        allowed="KEY.NAME.FIELD=VALUE, with the name of a member or its number from 0",
    )


def _share_out(data: dict[str, Any], by_hand: set[tuple[str, ...]]) -> None:
    for table, field in _SHARED_OUT:
        members = data.get(table)
        if not isinstance(members, list):
            continue
        set_by_hand = list(_set_by_hand(members, table, field, by_hand))
        others = [one for one in members if all(one is not other for other in set_by_hand)]
        rest = 1 - sum(one[field] for one in set_by_hand if isinstance(one[field], int | float))
        before = sum(one[field] for one in others)
        if set_by_hand and before > 0:
            for one in others:
                one[field] = one[field] * rest / before


def _set_by_hand(
    members: list[dict[str, Any]], table: str, field: str, by_hand: set[tuple[str, ...]]
) -> Iterator[dict[str, Any]]:
    for number, one in enumerate(members):
        if {(table, str(one.get("name")), field), (table, str(number), field)} & by_hand:
            yield one
