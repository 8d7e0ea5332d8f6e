"""Claims files are validated before anything is computed; each refusal says where and why."""

import os
from pathlib import Path

import pytest

from probity.claims.load import known_names, load_claims, parse
from probity.core import InputError
from probity.core.toml_text import MAX_LINE_CHARACTERS

GOOD = """
schema = "probity/claims/1"

[claimant]
name = "A police force"
role = "operator"

[[sources]]
id = "force-report-2026"
publisher = "A police force"
title = "Report"
url = "https://force.example/report"
read = "read"

[[claims]]
id = "few-false-alerts"
theme = "false-alerts"
title = "Fewer than 1 in 1,000 faces raise a false alert"
words = "Fewer than one face in a thousand raises a false alert."
status = "FOUND"
said_on = 2026-01-31
where_said = ["force-report-2026"]
reading = "A rate."

[claims.test]
statement = "rate"
measure = "false_alerts_per_face_seen"
params = { force = "Metropolitan Police", from = "2025-01-01" }
population = "faces seen in 2025"
relation = "less than"
limit = "1/1000"
"""
RANGE = 'relation = "between"\nlimit = [0.8, 1.25]'
ONE = 'relation = "less than"\nlimit = "1/1000"'
TIPPING = """
[claims.tipping]
kind = "sample size"
unknown = "the number asked"
share = 0.64
relation = "more than"
limit = 0.5
up_to = 100
source = "force-report-2026"
"""


def refused(content: str | bytes) -> InputError:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(InputError) as caught:
        parse(data, file="claims.toml")
    message = str(caught.value)
    assert message.startswith("claims.toml"), message
    assert message.isprintable(), message
    assert len(message) < 1500, message
    return caught.value


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) >= 1, old
    return GOOD.replace(old, new, 1)


def test_a_good_file_loads() -> None:
    claims = parse(GOOD.encode(), file="claims.toml")
    claim = claims.claims[0]
    assert claim.claimant.name == "A police force"
    assert claim.test.limit == 1 / 1000
    assert claim.said_on == "2026-01-31"
    assert claim.test.params["from"] == "2025-01-01"


def test_a_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    windows = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert parse(windows, file="claims.toml") == parse(GOOD.encode(), file="claims.toml")


def test_a_range_and_a_tipping_point_load() -> None:
    claims = parse((changed(ONE, RANGE) + TIPPING).encode(), file="claims.toml")
    assert claims.claims[0].test.limit == (0.8, 1.25)
    assert claims.claims[0].tipping is not None


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "Field required"),
    "not TOML": ("{]", "not TOML"),
    "a table cut off": (GOOD[:200], "not TOML"),
    "not UTF-8": (b"schema = '\xff'", "not UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "not UTF-8"),
    "a NUL byte": (changed("A rate.", "A \x00 rate."), "not TOML"),
    "a key twice": (changed('role = "operator"', 'role = "operator"\nrole = "critic"'), "TOML"),
    "nested arrays": (f"x = {'[' * 1900}{']' * 1900}", "nested too deeply"),
    "arrays nested over lines": ("x = " + "[\n" * 40 + "]\n" * 40, "nested too deeply"),
    "a dotted key of many parts": (".".join(["a"] * 100) + " = 1", "nested too deeply"),
    "a dotted key of a megabyte": (".".join(["a"] * 500_000) + " = 1", "line too long"),
    "a line too long": (f"# {'x' * MAX_LINE_CHARACTERS}", "line too long"),
    "a limit of 3,000 digits": (changed('limit = "1/1000"', f"limit = {'9' * 3000}"), "limit"),
    "a negative source": (changed('"force-report-2026"\npublisher', "-1\npublisher"), "id"),
    "infinity": (changed('limit = "1/1000"', "limit = inf"), "cannot be used"),
    "not a number": (changed('limit = "1/1000"', "limit = nan"), "cannot be used"),
    "an unknown key": (changed('status = "FOUND"', 'status = "FOUND"\nscore = 3'), "Extra inputs"),
    "an unknown key at the top": ("verdict = 'supported'\n" + GOOD, "Extra inputs"),
    "another schema": (changed("probity/claims/1", "probity/claims/9"), "schema"),
    "no claims": (GOOD.split("[[claims]]", maxsplit=1)[0], "claims"),
    "claims as a table": (GOOD.split("[[claims]]", maxsplit=1)[0] + "[claims]\n", "array"),
    "a claimant in a claim": (
        changed('status = "FOUND"', 'status = "FOUND"\nclaimant = { name = "B", role = "press" }'),
        "stated once",
    ),
    "an unknown role": (changed('role = "operator"', 'role = "enemy"'), "operator"),
    "an empty title": (changed("Fewer than 1 in 1,000 faces raise a false alert", ""), "title"),
    "a title too long": (
        changed("Fewer than 1 in 1,000 faces raise a false alert", "x" * 300),
        "title",
    ),
    "a number for words": (changed('reading = "A rate."', "reading = 7"), "valid string"),
    "an id with HTML": (changed("few-false-alerts", "<script>"), "id"),
    "an id with a control character": (changed("few-false-alerts", "a\\u001bb"), "id"),
    "an impossible month": (changed("2026-01-31", '"2026-13"'), "said_on"),
    "a date in words": (changed("2026-01-31", '"last May"'), "said_on"),
    "nowhere said": (changed('["force-report-2026"]', "[]"), "where_said"),
    "an unknown source": (changed('["force-report-2026"]', '["rumour"]'), "no such source"),
    "a source that is no web address": (
        changed("https://force.example/report", "javascript:alert(1)"),
        "url",
    ),
    "a source id of the bundled ones": (
        GOOD.replace("force-report-2026", "pq-98989"),
        "used twice",
    ),
    "an unknown measure": (changed("false_alerts_per_face_seen", "guesses"), "no measure"),
    "a code path as measure": (
        changed("false_alerts_per_face_seen", "__import__('os')"),
        "measure",
    ),
    "a parameter too many": (changed('from = "2025-01-01"', 'form = "x"'), "Extra inputs"),
    "a parameter missing": (
        changed('force = "Metropolitan Police", ', ""),
        "Field required",
    ),
    "a parameter of a wrong kind": (changed('"2025-01-01"', '"yesterday"'), "pattern"),
    "a nested parameter": (changed('"2025-01-01"', "{ a = 1 }"), "params"),
    "an unknown relation": (changed("less than", "roughly"), "at most"),
    "a range without two ends": (changed('"less than"', '"between"'), "two numbers"),
    "two limits for one": (changed('limit = "1/1000"', "limit = [0.1, 0.2]"), "one number"),
    "a range upside down": (changed(ONE, 'relation = "between"\nlimit = [2, 1]'), "in order"),
    "a range of three": (changed(ONE, 'relation = "between"\nlimit = [1, 2, 3]'), "limit"),
    "a limit over zero": (changed("1/1000", "1/0"), "fraction"),
    "a limit as a sum": (changed("1/1000", "1+1"), "fraction"),
    "a limit as a power": (changed("1/1000", "9**9**9"), "fraction"),
    "a true limit": (changed('limit = "1/1000"', "limit = true"), "limit"),
    "a level of 1": (changed('statement = "rate"', 'statement = "rate"\nlevel = 1.0'), "level"),
    "a record statement of a rate": (
        changed('statement = "rate"', 'statement = "record"'),
        "needs a measure that gives a total",
    ),
    "a tipping point of no kind": (
        GOOD + TIPPING.replace("sample size", "wishful"),
        "kind",
    ),
    "a tipping point without end": (GOOD + TIPPING.replace("100", "10000000000"), "up_to"),
    "a tipping share above 1": (GOOD + TIPPING.replace("0.64", "6.4"), "share"),
    "one id twice": (GOOD + "[[claims]]" + GOOD.split("[[claims]]")[1], "used twice"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_cannot_be_used_is_refused_with_one_clear_message(
    content: tuple[str | bytes, str],
) -> None:
    text, says = content
    assert says in str(refused(text))


def test_a_refusal_names_the_claim_and_the_key() -> None:
    error = refused(changed("less than", "roughly"))
    assert error.column == "claims[few-false-alerts].test.relation"
    assert error.got == "roughly"
    assert error.allowed is not None
    assert "'at most'" in error.allowed


def test_what_is_shown_of_hostile_text_is_short_and_printable() -> None:
    error = refused(changed("less than", "\\u001b[2J" + "x" * 1900))
    assert "\x1b" not in str(error)


# Choosing files ---------------------------------------------------------------------------------


def test_without_a_choice_every_bundled_file_is_loaded() -> None:
    loaded = load_claims()
    assert len(loaded) == len(known_names())
    assert {"metropolitan-police", "home-office", "big-brother-watch"} <= set(known_names())


def test_a_name_that_is_not_known_lists_those_that_are() -> None:
    with pytest.raises(InputError) as caught:
        load_claims(["metropolitan"])
    for name in known_names():
        assert name in str(caught.value)


def test_one_claim_can_be_chosen_by_its_id() -> None:
    (loaded,) = load_claims(["C1-at-worst-1-in-6000"])
    assert loaded.claimant.name == "Home Office"
    assert [claim.claim_id for claim in loaded.claims] == ["C1-at-worst-1-in-6000"]


def test_asking_twice_is_asking_once() -> None:
    assert len(load_claims(["home-office", "home-office"])) == 1


def test_a_claim_and_its_file_together_are_one_id_twice() -> None:
    with pytest.raises(InputError, match="two claims have the id"):
        load_claims(["home-office", "C1-at-worst-1-in-6000"])


def test_one_source_id_for_two_documents_is_refused(tmp_path: Path) -> None:
    for name, url in (("one", "report"), ("two", "another")):
        text = GOOD.replace("few-false-alerts", name).replace("example/report", f"example/{url}")
        (tmp_path / f"{name}.toml").write_text(text)
    with pytest.raises(InputError, match="two documents have the source id"):
        load_claims([str(tmp_path / "one.toml"), str(tmp_path / "two.toml")])


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(GOOD)
    (loaded,) = load_claims([str(file)])
    assert loaded.claims[0].claim_id == "few-false-alerts"


@pytest.mark.parametrize("kind", ["missing", "directory", "pipe", "empty", "large"])
def test_what_is_no_usable_file_is_refused(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "claims.toml"
    if kind == "directory":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "empty":
        file.write_bytes(b"")
    elif kind == "large":
        file.write_bytes(b"# x\n" * 500_000)
    with pytest.raises(InputError) as caught:
        load_claims([str(file)])
    assert str(file) in str(caught.value)
