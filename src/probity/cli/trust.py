"""Whose signatures a reader asks for, as options."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from probity.publish.translog.trust_policy import TrustPolicy

LogKeyOption = Annotated[
    list[str] | None,
    typer.Option("--log-key", metavar="KEY", help="The public key of a log; may be repeated."),
]
TrustOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Logs, witnesses and a quorum, in C2SP tlog-policy form."),
]


def trusted(log_keys: list[str] | None, policy: Path | None) -> "TrustPolicy":
    """What the options ask for.

    Raises
    ------
    typer.BadParameter
        Both options, or none.
    InputError
        Not a key, or not a policy.
    """
    from probity.publish.translog.trust_policy import read_policy, trusting

    if (policy is None) == (not log_keys):
        raise typer.BadParameter("give either --log-key KEY or --trust FILE")
    return read_policy(policy) if policy is not None else trusting(*(log_keys or ()))
