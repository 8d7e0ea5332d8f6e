"""Whose signatures a reader asks for: logs, witnesses, and how many of them.

The file format is that of C2SP tlog-policy (commit 1896a5ae): lines of ``log``, ``witness``,
``group`` and ``quorum``.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from probity.core import InputError
from probity.core.files import read_regular_file
from probity.publish.translog.note import VerifierKey, parse_log_key, parse_witness_key

MAX_POLICY_BYTES = 1 << 16
NO_QUORUM = "none"
_MOST = 256
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses or groups, of which ``needed`` have to have cosigned."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """What a reader demands of a checkpoint.

    Parameters
    ----------
    logs : tuple of VerifierKey
        Any one of them has to have signed.
    witnesses : mapping
        Known witnesses by the name they have in the policy.
    groups : mapping
        Groups of them by name.
    quorum : str
        The witness or group that has to have cosigned; ``NO_QUORUM`` for none.
    """

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NO_QUORUM

    def is_met(self, cosigned: Collection[str]) -> bool:
        """Whether the witnesses named in ``cosigned`` are enough."""
        return self.quorum == NO_QUORUM or self._has_cosigned(self.quorum, cosigned)

    def _has_cosigned(self, name: str, cosigned: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._has_cosigned(one, cosigned) for one in group.members) >= group.needed

    @property
    def demand(self) -> str:
        """The quorum in words."""
        group = self.groups.get(self.quorum)
        if group is None:
            return f"a cosignature of {self.quorum}"
        return f"cosignatures of {group.needed} of {', '.join(group.members)}"


def trusting(*logs: str) -> TrustPolicy:
    """A policy that trusts logs by their keys (vkeys) and asks for no witness.

    Raises
    ------
    InputError
        Not a log's key.
    """
    return TrustPolicy(tuple(parse_log_key(one) for one in logs))


def read_policy(path: Path) -> TrustPolicy:
    """Read a policy file.

    Raises
    ------
    InputError
        Not a policy; names the line.
    """
    content = read_regular_file(path, limit=MAX_POLICY_BYTES)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text", file=path) from None
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            reader.take(words)
        except InputError as error:
            raise InputError(
                error.problem, file=path, row=number, got=error.got, allowed=error.allowed
            ) from None
    if reader.quorum is None:
        raise InputError("no quorum", file=path, allowed="one line 'quorum NAME' or 'quorum none'")
    return TrustPolicy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)


class _Reader:
    """Takes a policy line by line."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def take(self, words: list[str]) -> None:
        """Read one line."""
        if len(self.logs) + len(self.witnesses) + len(self.groups) >= _MOST:
            raise InputError("too many lines", allowed=f"at most {_MOST} keys and groups")
        match words:
            case ["log", key] | ["log", key, _]:
                self._take_log(parse_log_key(key))
            case ["witness", name, key] | ["witness", name, key, _]:
                self._take_witness(name, parse_witness_key(key))
            case ["group", name, needed, *members] if members:
                self._take_group(name, needed, members)
            case ["quorum", name] if self.quorum is None:
                if name != NO_QUORUM:
                    self._require_known([name])
                self.quorum = name
            case ["quorum", _]:
                raise InputError("a second quorum")
            case _:
                raise InputError(
                    "not a line of a policy",
                    got=" ".join(words),
                    allowed="log KEY, witness NAME KEY, group NAME any|all|NUMBER NAME…, "
                    "quorum NAME",
                )

    def _take_log(self, key: VerifierKey) -> None:
        if key.public in {one.public for one in self.logs}:
            raise InputError("the same log twice", got=str(key))
        self.logs.append(key)

    def _take_witness(self, name: str, key: VerifierKey) -> None:
        self._require_new(name)
        if key.public in {one.public for one in self.witnesses.values()}:
            raise InputError("the same witness twice", got=str(key))
        self.witnesses[name] = key

    def _take_group(self, name: str, needed: str, members: list[str]) -> None:
        self._require_new(name)
        self._require_known(members)
        for member in members:
            if member in self._members:
                raise InputError("a member of two groups, or twice of one", got=member)
            self._members.add(member)
        number = {"any": 1, "all": len(members)}.get(needed)
        if number is None:
            number = int(needed) if _NUMBER.fullmatch(needed) else 0
            if not 1 <= number <= len(members):
                raise InputError(
                    "how many", got=needed, allowed=f"any, all, or 1 to {len(members)}"
                )
        self.groups[name] = Group(number, tuple(members))

    def _require_new(self, name: str) -> None:
        if name == NO_QUORUM or name in self.witnesses or name in self.groups:
            raise InputError("the name is taken", got=name)

    def _require_known(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.witnesses and name not in self.groups:
                raise InputError("no such witness or group above this line", got=name)
