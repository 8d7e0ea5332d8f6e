"""The address that the page What if asks."""

import asyncio
import threading

import pytest
from starlette.requests import Request

from probity.twin.expected.answer import answer
from probity.twin.expected.answer_json import as_json
from probity.twin.expected.setting import setting_of
from probity.web import limits
from probity.web.what_if import WhatIf
from web_app import running_app


@pytest.mark.parametrize("given", [{}, {"threshold": "0.61", "officers": "2"}])
def test_it_answers_as_the_library_does(given: dict[str, str]) -> None:
    with running_app() as client:
        told = client.get("/what-if.json", params=given)
    assert told.status_code == 200
    assert told.json() == as_json(answer(setting_of(given)))


@pytest.mark.parametrize(
    "given", [{"threshold": "9"}, {"threshold": "__import__"}, {"no-such": "1"}, {"officers": ""}]
)
def test_what_cannot_be_set_is_refused(given: dict[str, str]) -> None:
    with running_app() as client:
        told = client.get("/what-if.json", params=given)
    assert told.status_code == 400
    assert "Traceback" not in told.text


def test_work_that_nobody_waits_for_keeps_its_place_until_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "COMPUTING_AT_ONCE", 1)
    may_end, begun = threading.Event(), []

    def works(given: object) -> dict[str, int]:
        begun.append(given)
        assert may_end.wait(timeout=60)
        return {"of": len(begun)}

    monkeypatch.setattr("probity.web.what_if._answer", works)
    request = Request({"type": "http", "query_string": b"", "headers": []})

    async def ask_twice() -> bytes:
        what_if = WhatIf()
        first = asyncio.create_task(what_if.answer(request))
        while not begun:
            await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        second = asyncio.create_task(what_if.answer(request))
        for _ in range(20):  # as often as it takes to begin, were there a place
            await asyncio.sleep(0.01)
        assert len(begun) == 1
        may_end.set()
        return (await second).body

    assert asyncio.run(ask_twice()) == b'{"of":2}'
