"""The work of an audit: a policy over a log, written as a page, as JSON and as findings."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PAGE, JSON, FINDINGS = "result.html", "result.json", "findings.csv"
_EXAMPLES = 3


def audit_work(request: Mapping[str, Any], note: Callable[[str], None]) -> Mapping[str, Any]:
    """Audit ``request["log"]`` by ``request["policy"]``: a bundled name, or a file.

    Returns
    -------
    Mapping
        Title, facts, how many rules have each verdict, and the rules that were breached.
    """
    from probity.audit.as_json import as_json
    from probity.audit.audit import audit
    from probity.audit.findings_file import write_findings
    from probity.audit.log import open_log
    from probity.audit.policy_file import load_policy
    from probity.publish.audit_page import audit_page

    results = Path(request["results"])
    mapping = request.get("mapping")
    policy = load_policy(request["policy"])
    note("reading the log")
    with open_log(Path(request["log"]), mapping=None if mapping is None else Path(mapping)) as log:
        note(f"running {len(policy.rules)} rules over {log.events:,} events")
        result = audit(log, policy)
        note("writing the findings")
        write_findings(result, results / FINDINGS)
        told = as_json(result, examples=_EXAMPLES)
        (results / JSON).write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        note("drawing the page")
        (results / PAGE).write_text(audit_page(result, examples=_EXAMPLES), "utf-8")
        return {
            "title": policy.title,
            "facts": [("Events read", f"{log.events:,}"), ("Rules", f"{len(result.rules):,}")],
            "verdicts": dict(result.verdicts()),
            "breached": [
                {"rule": one.rule.rule_id, "title": one.rule.title, "breaches": len(one.breached)}
                for one in result.rules
                if len(one.breached)
            ],
        }
