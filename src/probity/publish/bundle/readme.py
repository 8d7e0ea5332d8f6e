"""``README.md`` of a bundle: what is in it and how to check it, for whoever comes by."""

from probity.publish.bundle.manifest import HOW, Correction, Software

_TEXT = """# A bundle of evidence from Probity

{description}

| what | where |
|---|---|
| the verdicts, to read | `report.html` |
| the verdicts, as data | `verdicts.json` |
| the published figures they rest on | `records/` |
| records that the publisher brought | `own-records/` |
| the claims, as data | `claims/` |
| audits of event logs, and the policies they ran | `audits/`, `policies/` |
| what those logs were, by digest | `log-manifests/` |
| the digest of every file | `manifest.json`, `SHA256SUMS` |

## Check it

    sha256sum --check SHA256SUMS
    sha256sum manifest.json

The first command shows that no file was changed, and needs nothing of ours. What the second
prints is the digest of the bundle as a whole: compare it with the one that was published
elsewhere, in a transparency log or in print, since whoever changes a file can also write new
digests beside it.

    probity verify DIRECTORY
    {how}

The second computes every verdict again from the figures in this bundle, and compares each value.
It was made with Probity {version}.
{correction}"""


def readme(*, description: str, software: Software, corrects: Correction | None) -> bytes:
    """The page as UTF-8 text."""
    correction = ""
    if corrects is not None:
        correction = (
            f"\n## What it corrects\n\nThe bundle with the digest `{corrects.bundle}`, which stays "
            f"as it was published. Why:\n\n    {corrects.reason}\n"
        )
    return _TEXT.format(
        description=description, how=HOW, version=software.version, correction=correction
    ).encode("utf-8")
