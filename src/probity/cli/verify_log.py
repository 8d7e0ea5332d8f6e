"""`probity verify` on a transparency log, the proof of an entry, and evidence of a split view."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import Format
from probity.cli.trust import trusted

if TYPE_CHECKING:
    from probity.publish.translog.cosignature import Cosignature
    from probity.publish.translog.proof import Proven
    from probity.publish.translog.trust_policy import TrustPolicy
    from probity.publish.translog.verify import LogReport

_SHOWN_CHARACTERS = 2_000


def is_log(path: Path) -> bool:
    """Whether a directory looks like a log: it has a checkpoint, or tiles."""
    return (path / "checkpoint").exists() or (path / "tile").is_dir()


def verify_log_or_proof(
    path: Path,
    *,
    log_keys: list[str] | None,
    trust: Path | None,
    earlier: list[Path] | None,
    output: Format,
) -> None:
    """Check a log or a proof and print what was found; a failure is an error with exit code 5."""
    from probity.core.errors import printable

    if earlier is not None and len(earlier) > 1:
        raise typer.BadParameter("a log is checked against one earlier checkpoint")
    policy = trusted(log_keys, trust)
    checkpoint = earlier[0] if earlier else None
    if path.is_dir():
        report = _verified(path, policy, checkpoint)
        document, lines = _log_as_json(report), _log_in_words(path, report)
    elif _is_evidence(path):
        document, lines = _split_view(path, policy)
    else:
        proven = _proven(path, policy, checkpoint)
        document, lines = _proof_as_json(proven), _proof_in_words(path, proven)
    if output is Format.JSON:
        print_json(document)
        return
    for line in lines:
        typer.echo(printable(line, limit=_SHOWN_CHARACTERS))


def _verified(path: Path, policy: "TrustPolicy", earlier: Path | None) -> "LogReport":
    from probity.cli.progress import slow_work
    from probity.publish.translog.log_files import read_checkpoint
    from probity.publish.translog.split_view import read_checkpoint_file
    from probity.publish.translog.verify import verify_log

    kept = read_checkpoint_file(earlier) if earlier is not None else None
    size = read_checkpoint(path).checkpoint.size
    with slow_work("verifying", total=size) as step:
        return verify_log(path, policy=policy, earlier=kept, step=step)


def _proven(path: Path, policy: "TrustPolicy", published: Path | None) -> "Proven":
    from probity.core.files import read_regular_file
    from probity.publish.translog.proof import MAX_PROOF_BYTES, verify_proof
    from probity.publish.translog.split_view import read_checkpoint_file

    content = read_regular_file(path, limit=MAX_PROOF_BYTES)
    checkpoint = read_checkpoint_file(published) if published is not None else None
    return verify_proof(content, policy=policy, file=str(path), published=checkpoint)


def _is_evidence(path: Path) -> bool:
    """Whether a file is JSON, as evidence of a split view is and a proof is not."""
    with path.open("rb") as file:
        return file.read(1) == b"{"


def _split_view(path: Path, policy: "TrustPolicy") -> tuple[dict[str, Any], list[str]]:
    from probity.publish.translog.split_view import read_evidence

    found = read_evidence(path, policy=policy)
    origin = found.larger.checkpoint.origin
    sizes = [found.smaller.checkpoint.size, found.larger.checkpoint.size]
    document = {"schema": "probity/verified-split-view/1", "origin": origin, "sizes": sizes}
    return document, [
        f"{path} proves a split view: the log {origin} has signed two histories,",
        f"  of {sizes[0]} and of {sizes[1]} entries, that cannot both be true.",
    ]


def _log_in_words(path: Path, report: "LogReport") -> list[str]:
    state = report.checkpoint.checkpoint
    lines = [
        f"{path} is intact: {state.size} entries, every one read and hashed.",
        f"  log       {state.origin}",
        f"  root      {state.root.hex()}",
        *(f"  signed    {key.name}, key {key.key_id.hex()}" for key in report.signed_by),
        *(f"  key       changed by entry {index}" for index in report.key_changes),
        *_cosigned_in_words(report.cosigned_by),
    ]
    if report.continues is not None:
        lines.append(f"  continues the earlier checkpoint of {report.continues} entries")
    if report.cut_short and report.signed_size == state.size:
        lines.append(
            "  an append was cut short before it was signed; its entries are not in the log"
        )
    return lines + behind_in_words(report)


def behind_in_words(report: "LogReport") -> list[str]:
    """That a log has signed more than this copy of it publishes, where it has."""
    if report.signed_size == report.checkpoint.checkpoint.size:
        return []
    return [
        f"  BEHIND    a checkpoint of {report.signed_size} entries is signed and not published:",
        "            an append was cut short, or an older state was put back",
    ]


def _proof_in_words(path: Path, proven: "Proven") -> list[str]:
    state = proven.checkpoint.checkpoint
    lines = [
        f"{path} shows entry {proven.index} of the log {state.origin} of {state.size} entries:",
        f"  {proven.entry.decode('utf-8', errors='replace')}",
    ]
    if proven.row is not None:
        lines.append("and this row of the segment:")
        lines += [f"  {name}: {value}" for name, value in proven.row.items()]
    return lines + _cosigned_in_words(proven.cosigned_by)


def _cosigned_in_words(cosigned: "tuple[Cosignature, ...]") -> list[str]:
    return [f"  cosigned  {one.witness.name}, {_when(one)}" for one in cosigned]


def _when(cosignature: "Cosignature") -> str:
    try:
        return datetime.fromtimestamp(cosignature.time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{cosignature.time} s after 1970-01-01"


def _log_as_json(report: "LogReport") -> dict[str, Any]:
    state = report.checkpoint.checkpoint
    return {
        "schema": "probity/verified-log/1",
        "origin": state.origin,
        "size": state.size,
        "root": state.root.hex(),
        "signed_by": [str(key) for key in report.signed_by],
        "key_changes": list(report.key_changes),
        "cosigned_by": _cosigned_as_json(report.cosigned_by),
        "continues": report.continues,
        "cut_short": report.cut_short,
        "signed_size": report.signed_size,
    }


def _proof_as_json(proven: "Proven") -> dict[str, Any]:
    state = proven.checkpoint.checkpoint
    return {
        "schema": "probity/verified-proof/1",
        "origin": state.origin,
        "size": state.size,
        "root": state.root.hex(),
        "index": proven.index,
        "entry": proven.entry.decode("utf-8", errors="backslashreplace"),
        "row": proven.row,
        "cosigned_by": _cosigned_as_json(proven.cosigned_by),
    }


def _cosigned_as_json(cosigned: "tuple[Cosignature, ...]") -> list[dict[str, Any]]:
    return [{"witness": str(one.witness), "time": one.time} for one in cosigned]
