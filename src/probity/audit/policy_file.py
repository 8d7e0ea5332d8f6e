"""Reading policies: TOML, strictly validated, refused with one clear message.

A policy comes from anybody. Size, lines, depth, keys and types are checked first, then every
formula is read and checked to be guarded; nothing in the file is carried out. A parameter stands
in a formula as ``{name}`` and is put there once: what it holds is not looked at again, so no
file can grow by itself.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from probity.audit import policy_model as model
from probity.audit import templates
from probity.audit.duration import microseconds
from probity.audit.formula import Event, Formula, Variable
from probity.audit.guarded import event_of, require_guarded
from probity.audit.language import parse_event, parse_formula
from probity.audit.rule import Policy, RateRule, Rule, TemporalRule
from probity.core import InputError
from probity.core.files import read_regular_file
from probity.core.refused import key_of, refused
from probity.core.toml_text import as_json, read_toml

MAX_BYTES = 1 << 18
_PARAMETER = re.compile(r"\{([^{}]*)\}")
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([a-z]+)")


def known_policies() -> tuple[str, ...]:
    """Names of the bundled policies."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _bundled_files()))


def load_policy(name_or_path: str | Path) -> Policy:
    """Read a bundled policy by its name, or a file ending in ".toml".

    Raises
    ------
    InputError
        A name that is not known (the message lists those that are), or a file that cannot be
        used.
    """
    item = str(name_or_path)
    if item in known_policies():
        return _bundled(item)
    path = _path_of(name_or_path)
    return parse_policy(read_regular_file(path, limit=MAX_BYTES), file=path)


def policy_content(name_or_path: str | Path) -> tuple[str, bytes]:
    """The name and the content of the file that ``load_policy`` would read.

    Raises
    ------
    InputError
        As ``load_policy``, for what can be told before the content is read.
    """
    item = str(name_or_path)
    if item in known_policies():
        file = files("probity.audit") / "policies" / f"{item}.toml"
        return file.name, file.read_bytes()
    path = _path_of(name_or_path)
    return path.name, read_regular_file(path, limit=MAX_BYTES)


def _path_of(name_or_path: str | Path) -> Path:
    item = str(name_or_path)
    if not isinstance(name_or_path, Path) and not item.endswith(".toml") and "/" not in item:
        allowed = f"{', '.join(known_policies())}, or a .toml file"
        raise InputError("no such policy", got=item, allowed=allowed)
    return Path(item)


def parse_policy(content: bytes, *, file: Path | str) -> Policy:
    """Validate the content of one policy file.

    Raises
    ------
    InputError
        Anything in it that cannot be used, with its key, what was got and what is allowed.
    """
    data = read_toml(content, file=file)
    try:
        text = model.PolicyText.model_validate_json(as_json(data))
    except ValidationError as error:
        first = error.errors()[0]
        column = key_of(first["loc"], named=("rules", data))
        raise refused(first, column=column, file=file) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"a value cannot be used: {error}", file=file) from None
    ids = [rule.id for rule in text.rules]
    for rule in text.rules:
        if ids.count(rule.id) > 1:
            raise InputError("two rules have one id", file=file, column="rules", got=rule.id)
    return Policy(
        name=text.name,
        title=text.title,
        operator=text.operator,
        document=text.document,
        version=text.version,
        mode=text.mode,
        rules=tuple(_RuleReader(rule, file).rule() for rule in text.rules),
    )


class _RuleReader:
    """One rule of a file: every error names the file, the rule and the key."""

    def __init__(self, text: model.RuleText, file: Path | str) -> None:
        self._text = text
        self._file = file
        self._used: set[str] = set()

    def rule(self) -> Rule:
        text = self._text
        try:
            check = None if text.check is None else self._check(text.check)
            if check is not None:
                require_guarded(check)
                self._require_known_variables(check)
                self._require_parameters_used()
        except InputError as error:
            column = self._place("check") if error.column is None else error.column
            raise InputError(
                error.problem,
                file=self._file,
                column=column,
                got=error.got,
                allowed=error.allowed,
            ) from None
        return Rule(
            rule_id=text.id,
            title=text.title,
            paragraph=text.paragraph,
            paraphrase=text.paraphrase,
            source_url=text.source,
            status=text.status,
            check=check,
            needs=text.needs,
            parameters=dict(text.parameters),
            breach=text.breach or "",
        )

    def _check(self, check: Mapping[str, Any]) -> TemporalRule | RateRule:
        try:
            if "template" not in check:
                written = model.Written.model_validate_json(as_json(check))
                return TemporalRule(
                    for_each=self._event("for_each", written.for_each),
                    when=self._optional("when", written.when),
                    require=self._formula("require", written.require),
                )
            return self._from(model.FROM_TEMPLATE.validate_json(as_json(check)))
        except ValidationError as error:
            wrong = error.errors()[0]
            key = ".".join(str(part) for part in wrong["loc"][-1:]) or "template"
            raise refused(wrong, column=self._place(f"check.{key}")) from None

    def _from(  # noqa: PLR0911
        self, one: model.FromTemplate
    ) -> TemporalRule | RateRule:
        if isinstance(one, model.Rate):
            return RateRule(
                of=self._event("of", one.of),
                cases=self._formula("cases", one.cases),
                relation=one.relation,
                limit=self._share("limit", one.limit),
                population=one.population,
                level=one.level,
            )
        when = None if isinstance(one, model.Absence) else self._optional("when", one.when)
        match one:
            case model.Deadline():
                return templates.deadline(
                    self._event("from", one.event),
                    to=self._formula("to", one.to),
                    within_us=self._duration("within", one.within),
                    unless=self._optional("unless", one.unless),
                    when=when,
                )
            case model.Precedence():
                return templates.precedence(
                    self._event("event", one.event),
                    before=self._formula("before", one.before),
                    within_us=self._period(one.within),
                    when=when,
                )
            case model.Absence():
                return templates.absence(
                    self._event("event", one.event), when=self._optional("when", one.when)
                )
            case model.Validity():
                return templates.validity(
                    self._event("event", one.event),
                    opened=self._formula("opened", one.opened),
                    closed=self._formula("closed", one.closed),
                    within_us=self._period(one.within),
                    when=when,
                )
            case model.Limit():
                return templates.limit(
                    self._event("event", one.event),
                    require=self._formula("require", one.require),
                    when=when,
                )
            case model.Pairing():
                return templates.pairing(
                    self._event("event", one.event),
                    partner=self._formula("with", one.partner),
                    within_us=self._duration("within", one.within),
                    when=when,
                )
            case model.SeparationOfDuties():
                return templates.separation_of_duties(
                    self._event("event", one.event),
                    other=self._event("other", one.other),
                    differs=one.differs,
                    within_us=self._period(one.within),
                    when=when,
                )

    def _event(self, key: str, text: str) -> Event:
        return parse_event(self._filled(key, text), place=self._place(f"check.{key}"))

    def _formula(self, key: str, text: str) -> Formula:
        return parse_formula(self._filled(key, text), place=self._place(f"check.{key}"))

    def _optional(self, key: str, text: str | None) -> Formula | None:
        return None if text is None else self._formula(key, text)

    def _period(self, text: str | None) -> int | None:
        return None if text is None else self._duration("within", text)

    def _duration(self, key: str, text: str) -> int:
        filled = self._filled(key, text)
        match = _DURATION.fullmatch(filled)
        try:
            if match is None:
                raise ValueError("not a duration")  # noqa: TRY301
            return microseconds(match[1], match[2])
        except ValueError as error:
            column = self._place(f"check.{key}")
            allowed = 'a number and a unit, such as "24 h"'
            raise InputError(str(error), column=column, got=filled, allowed=allowed) from None

    def _share(self, key: str, text: str) -> float:
        filled = self._filled(key, text)
        column = self._place(f"check.{key}")
        if re.fullmatch(r"[01](\.[0-9]{1,17})?", filled) is None or float(filled) > 1:
            raise InputError("not a share", column=column, got=filled, allowed="0 to 1")
        return float(filled)

    def _filled(self, key: str, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name not in self._text.parameters:
                raise InputError(
                    "no such parameter",
                    column=self._place(f"check.{key}"),
                    got=match[0],
                    allowed=", ".join(self._text.parameters) or "none: [rules.parameters] is empty",
                )
            self._used.add(name)
            return self._text.parameters[name]

        return _PARAMETER.sub(value, text)

    def _require_known_variables(self, check: TemporalRule | RateRule) -> None:
        variables = {term.name for _, term in event_of(check).fields if isinstance(term, Variable)}
        for name in _PARAMETER.findall(self._text.breach or ""):
            if name in self._text.parameters:
                self._used.add(name)
            elif name not in variables:
                raise InputError(
                    "no such variable in the sentence for a breach",
                    column=self._place("breach"),
                    got="{" + name + "}",
                    allowed=", ".join(sorted(variables | self._text.parameters.keys())),
                )

    def _require_parameters_used(self) -> None:
        unused = sorted(self._text.parameters.keys() - self._used)
        if unused:
            column = self._place(f"parameters.{unused[0]}")
            raise InputError("nothing uses this parameter", column=column)

    def _place(self, key: str) -> str:
        return f"rules[{self._text.id}].{key}"


def _bundled_files() -> Iterator[Traversable]:
    directory = files("probity.audit") / "policies"
    return (file for file in directory.iterdir() if file.name.endswith(".toml"))


@cache
def _bundled(name: str) -> Policy:
    file = files("probity.audit") / "policies" / f"{name}.toml"
    return parse_policy(file.read_bytes(), file=file.name)
