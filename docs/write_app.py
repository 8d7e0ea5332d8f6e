"""Write docs/reference/schemas/app.json: the local app as OpenAPI describes it.

Routes, forms and limits are the code's; what an answer may be is stated here, and held against the
app by schemathesis (tests/property/test_app_as_described.py).

Run: .venv/bin/python docs/write_app.py (tests/docs checks that it was run)
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from starlette.routing import Route

from probity.audit.policy_file import known_policies
from probity.publish.provenance import software_version
from probity.twin.expected.setting import LIMITS
from probity.web import limits
from probity.web.app import UPLOADS, make_app
from probity.web.computed import AUDIT, REMOVE, RESULTS, TEST, TESTS
from probity.web.forms import Fields
from probity.web.guard import HEADERS
from probity.web.live.pace import SPEEDS
from probity.web.live.saving import FORMS
from probity.web.live.views import CONTROL, MEDIA, MOST_SEED, START, choices
from probity.web.site import TYPES, Site

TARGET = Path(__file__).parent / "reference" / "schemas" / "app.json"
Document = dict[str, Any]

ID = {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"}
NUMBER_OF_EVENTS = {"type": "string", "pattern": "^[0-9]{1,11}$"}
PARAMETERS: Mapping[str, Document] = {
    "job_id": ID,
    "session_id": ID,
    "name": {"type": "string", "enum": [one.name for one in RESULTS]},
    "form": {"type": "string", "enum": list(FORMS)},
    "path": {"type": "string"},
}
"""Parts of a path."""
REFUSALS = {
    "400": "It cannot be used; or a header is given twice.",
    "403": "Another site asks for it; or a form has no token of this run.",
    "404": "There is no such thing, or it has ended.",
    "405": "Neither reading nor sending a form, or not possible here.",
    "408": "The request stopped coming.",
    "413": "The form is larger than its limit.",
    "421": "The host is not the address of this app.",
    "503": "Too much is being done, it took too long, or the evidence is still being tested.",
}
"""What the wall around the app, or the app, may answer to anything."""


def document() -> Document:
    """The description of every route."""
    paths: dict[str, Document] = {}
    for route in asyncio.run(_routes()):
        path = route.path.replace(":path}", "}")
        for method in sorted((route.methods or set()) - {"HEAD"}):
            paths.setdefault(path, {})[method.lower()] = _operation(route, path, method)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The local app of Probity",
            "version": software_version(),
            "description": "Written by docs/write_app.py. For `probity serve`, on this machine "
            "alone: every form carries the token of the run, which its page holds.",
        },
        "paths": paths,
        "components": {
            "headers": {
                name: {"required": True, "schema": _header(name, value)}
                for name, value in HEADERS.items()
            },
            "responses": {
                status: {
                    "description": words,
                    "headers": _headers(),
                    "content": {"text/html": {}, "text/plain": {}},
                }
                for status, words in REFUSALS.items()
            },
        },
    }


def text() -> str:
    """The same as it is kept."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


async def _routes() -> list[Route]:
    """Every route of an app that is started, and stopped, so that it leaves no directory behind."""
    app: Any = make_app(host="127.0.0.1", port=8000, site=Site(ready=True)).app
    async with app.router.lifespan_context(app):
        return list(app.routes)


def _operation(route: Route, path: str, method: str) -> Document:
    doc = route.endpoint.__doc__ or ""
    described: Document = {
        "summary": doc.strip().splitlines()[0],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": PARAMETERS[name]}
            for name in route.param_convertors
        ]
        + [
            {"name": name, "in": "query", "required": name == "events", "schema": schema}
            for name, schema in QUERIES.get(path, {}).items()
        ],
        "responses": {
            **{code: {"$ref": f"#/components/responses/{code}"} for code in REFUSALS},
            **ANSWERS[method, path],
        },
    }
    if method == "POST":
        kind = "multipart/form-data" if path in UPLOADS else "application/x-www-form-urlencoded"
        described["requestBody"] = {"required": True, "content": {kind: {"schema": FORMS_OF[path]}}}
        most = limits.MAX_UPLOAD_BYTES if path in UPLOADS else limits.MAX_FORM_BYTES
        described["description"] = f"At most {most} bytes."
    return described


def _headers() -> Document:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}


def _header(name: str, value: str) -> Document:
    if name == "content-security-policy":  # a result has the stricter one of its own file
        return {"type": "string", "pattern": "frame-ancestors 'none'"}
    return {"type": "string", "const": value}


def _file(*kinds: str) -> Document:
    return {
        "200": {
            "description": "It.",
            "headers": _headers(),
            "content": {kind: {} for kind in kinds},
        }
    }


def _led(words: str) -> Document:
    return {
        "303": {
            "description": words,
            "headers": {
                **_headers(),
                "location": {"required": True, "schema": {"type": "string", "pattern": "^/"}},
            },
        }
    }


def _form(fields: Fields, known: Mapping[str, Document], *, needed: Iterable[str]) -> Document:
    words = {"type": "string", "maxLength": limits.MAX_FIELD_CHARACTERS}
    return {
        "type": "object",
        "properties": {
            "token": {"type": "string"},
            **{name: {**words, **known.get(name, {})} for name in fields.texts},
            **{name: {"type": "string", "format": "binary"} for name in fields.files},
        },
        "required": ["token", *needed],
        "additionalProperties": False,
    }


_offered = choices()
_speeds = {"enum": [str(speed) for speed in SPEEDS]}
FORMS_OF: Mapping[str, Document] = {
    "/audit.html": _form(
        AUDIT.fields, {"policy": {"enum": list(known_policies())}}, needed=("policy", "log")
    ),
    "/test.html": _form(TEST.fields, {"what": {"enum": list(TESTS)}}, needed=("what", "scores")),
    "/jobs/{job_id}/remove": _form(REMOVE, {}, needed=()),
    "/live/start": _form(
        START,
        {
            "scenario": {"enum": [one.name for one in _offered["scenarios"]]},
            "fault": {"enum": ["", *(one.name for one in _offered["faults"])]},
            "seed": {"pattern": f"^[0-9]{{1,{len(str(MOST_SEED))}}}$"},
            "speed": _speeds,
            "linger": {"enum": ["yes", "no"]},
        },
        needed=("scenario", "seed", "speed", "linger"),
    ),
    "/live/{session_id}/control": {
        **_form(CONTROL, {}, needed=CONTROL.texts),
        "oneOf": [
            {"properties": {"what": {"const": "end"}}},
            {"properties": {"what": {"const": "speed"}, "value": _speeds}},
            {
                "properties": {
                    "what": {"enum": ["pause", "linger"]},
                    "value": {"enum": ["yes", "no"]},
                }
            },
        ],
    },
}
QUERIES: Mapping[str, Mapping[str, Document]] = {
    "/live/{session_id}/log.{form}": {"events": NUMBER_OF_EVENTS},
    "/what-if.json": {
        **{
            name: {
                "type": "integer" if limit.whole else "number",
                "minimum": limit.least,
                "maximum": limit.most,
            }
            for name, limit in LIMITS.items()
        },
        "presence_grows": {"type": "string", "enum": ["0", "1"]},
    },
}
_HTML, _JSON = "text/html", "application/json"
ANSWERS: Mapping[tuple[str, str], Document] = {
    ("GET", "/audit.html"): _file(_HTML),
    ("POST", "/audit.html"): _led("To the page of the job."),
    ("GET", "/test.html"): _file(_HTML),
    ("POST", "/test.html"): _led("To the page of the job."),
    ("GET", "/jobs/{job_id}.html"): _file(_HTML),
    ("GET", "/jobs/{job_id}/state.json"): _file(_JSON),
    ("POST", "/jobs/{job_id}/remove"): _led("To the form that it came from."),
    ("GET", "/jobs/{job_id}/{name}"): _file(*dict.fromkeys(one.media_type for one in RESULTS)),
    ("GET", "/live.html"): _file(_HTML),
    ("POST", "/live/start"): _file(_JSON),
    ("GET", "/live/{session_id}/events"): _file("text/event-stream"),
    ("POST", "/live/{session_id}/control"): {
        "204": {"description": "It is done.", "headers": _headers()}
    },
    ("GET", "/live/{session_id}/log.{form}"): _file(*MEDIA.values()),
    ("GET", "/what-if.json"): _file(_JSON),
    ("GET", "/site-state.json"): _file(_JSON),
    ("GET", "/{path}"): _file(*dict.fromkeys(TYPES.values()), "application/octet-stream"),
}


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
