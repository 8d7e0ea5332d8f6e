"""Evidence sites for tests: a small one on bundled records, and one on what strangers wrote."""

from collections.abc import Mapping
from functools import cache

from hostile_report import CLAIMS, SAFE_CLAIMS, hostile_record
from probity.claims.check import check
from probity.claims.evidence import Evidence
from probity.claims.load import load_claims, parse
from probity.publish.site.build import site_files
from probity.records.bundled import load


@cache
def sample_site() -> Mapping[str, bytes]:
    """The site on a few bundled claims and the bundled records."""
    evidence = Evidence(load())
    return site_files(check(load_claims(SAFE_CLAIMS), evidence), evidence)


@cache
def hostile_site() -> Mapping[str, bytes]:
    """The site on the hostile record and claim."""
    loaded = (parse(CLAIMS.encode(), file="claims.toml"),)
    evidence = Evidence(load(), (hostile_record(),))
    return site_files(check(loaded, evidence), evidence)
