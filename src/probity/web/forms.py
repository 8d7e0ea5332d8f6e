"""Reading forms: the token first, then fields, then files into a private directory."""

import hmac
import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from probity.core import InputError
from probity.core.errors import printable
from probity.web import limits

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Fields:
    """What a form of ours has: texts and files, by the name of their field."""

    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent: texts by field, and stored files by field."""

    texts: Mapping[str, str]
    files: Mapping[str, Path]


async def read_form(request: Request, fields: Fields, *, folder: Path | None = None) -> Form:
    """Read a form of ours; files are stored in ``folder``, which is made for them.

    Raises
    ------
    HTTPException
        No token of this run (403), or not a form (400).
    InputError
        A field or file that the form does not have or has twice, or a field that is too long.
    """
    async with request.form(
        max_files=max(len(fields.files), 1),
        max_fields=len(fields.texts) + 1,
        max_part_size=limits.MAX_FORM_BYTES,
    ) as form:
        _require_token(form, request.app.state.token)
        _require_fields(form, fields)
        return Form(
            texts={name: _text(form, name) for name in fields.texts},
            files=await _stored(form, fields.files, folder),
        )


def _require_token(form: FormData, token: str) -> None:
    given = form.get("token")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), token.encode()):
        raise HTTPException(
            403, "This form is not from the app that is running. Load its page again, then send it."
        )


def _require_fields(form: FormData, fields: Fields) -> None:
    texts = {"token", *fields.texts}
    seen: set[str] = set()
    for name, value in form.multi_items():
        right = name in (texts if isinstance(value, str) else fields.files)
        if name in seen or not right:
            raise InputError("a field is not as the form sends it", column=printable(name))
        seen.add(name)


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    if not isinstance(value, str) or len(value) > limits.MAX_FIELD_CHARACTERS:
        raise InputError(
            "a field is not as the form sends it",
            column=name,
            allowed=f"text of at most {limits.MAX_FIELD_CHARACTERS} characters",
        )
    return value.strip()


async def _stored(
    form: FormData, names: Collection[str], folder: Path | None
) -> Mapping[str, Path]:
    stored: dict[str, Path] = {}
    for name in names:
        upload = form.get(name)
        if not isinstance(upload, UploadFile) or not upload.filename or folder is None:
            continue
        # A directory of its own for each file: two of them may have one name.
        own = folder / name
        own.mkdir(mode=0o700)
        stored[name] = own / safe_name(upload.filename)
        await run_in_threadpool(_copy, upload, stored[name])
    return stored


def _copy(upload: UploadFile, to: Path) -> None:
    with to.open("xb") as file:
        shutil.copyfileobj(upload.file, file)


def safe_name(name: str) -> str:
    """The last part of a name that a stranger gave a file, fit for ours."""
    last = _NOT_IN_NAMES.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1])
    return last[-_LONGEST_NAME:].lstrip(".-") or "file"
