"""The address that the page What if asks."""

import pytest

from probity.twin.expected.answer import answer
from probity.twin.expected.answer_json import as_json
from probity.twin.expected.setting import setting_of
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
