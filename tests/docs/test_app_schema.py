"""The OpenAPI description of the app is written from its routes, and leaves none out."""

import json

import pytest

from scripts import script


@pytest.fixture(scope="module")
def writer():
    with script("docs/write_app.py") as module:
        yield module


def test_it_is_up_to_date(writer) -> None:
    assert writer.TARGET.read_text("utf-8") == writer.text(), (
        "run .venv/bin/python docs/write_app.py"
    )


def test_a_route_of_which_nothing_is_stated_is_noticed(writer, monkeypatch) -> None:
    operation = ("GET", "/what-if.json")
    monkeypatch.delitem(writer.ANSWERS, operation)
    with pytest.raises(KeyError):
        writer.document()


def test_nothing_is_described_that_is_no_route(writer) -> None:
    described = json.loads(writer.text())["paths"]
    assert {(m.upper(), path) for path, of in described.items() for m in of} == set(writer.ANSWERS)
