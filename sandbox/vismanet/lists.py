"""Lists of the core API: pages from 1, page sizes capped, times in local time ("Visma.net ERP API")."""

import base64
import binascii
import datetime
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.company import LOCAL, Stored, entity_tag

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
LOCAL_TIME = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?)?")
Kept = TypeVar("Kept", bound=Stored)
ENCODED_KEY = re.compile(r"b64\(([A-Za-z0-9_-]+)\)")


def paged(rows: Sequence[Any], request: Request, cap: int, view: Callable[[Any], Record]) -> Response:
    """Answer one page as a bare list whose rows each carry the total and the largest page size."""
    start, end = page_bounds(request, cap)
    metadata = {"totalCount": len(rows), "maxPageSize": cap}
    return Answer([{**view(row), "metadata": metadata} for row in rows[start:end]])


def page_bounds(request: Request, cap: int) -> tuple[int, int]:
    """Give where the page asked for begins and ends; a size above the cap is cut to it."""
    size = min(_whole(request, "pageSize", cap) or cap, cap)
    number = max(_whole(request, "pageNumber", 1), 1)
    return (number - 1) * size, number * size


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if text is None or text == "":
        return default
    try:
        return max(int(text), 0)
    except ValueError:
        raise plain_refusal(400, f"The value '{text}' is not valid for {name}.") from None


def changed_as_asked(rows: Sequence[Kept], request: Request) -> list[Kept]:
    """Keep the records changed (or created) as asked; a date without its condition is ignored."""
    kept = list(rows)
    for prefix, stamp in (("lastModified", "modified"), ("created", "created")):
        text = request.query_params.get(f"{prefix}DateTime")
        condition = request.query_params.get(f"{prefix}DateTimeCondition")
        if text and condition:
            compare, limit = _comparison(condition), _local_time(text)
            kept = [row for row in kept if compare(_local(getattr(row, stamp)), limit)]
    return kept


def changed_since(rows: Sequence[Stored], text: str) -> list[Stored]:
    """Keep the records changed at a moment or later, for lists that take the moment without a condition."""
    limit = _local_time(text)
    return [row for row in rows if _local(row.modified) >= limit]


def dated_as_asked(
    rows: Sequence[Kept], request: Request, parameter: str, day: Callable[[Kept], datetime.date]
) -> list[Kept]:
    """Keep the documents whose day is as asked; a day without its condition is ignored."""
    text, condition = request.query_params.get(parameter), request.query_params.get(f"{parameter}Condition")
    if not (text and condition):
        return list(rows)
    compare, limit = _comparison(condition), _local_time(text).date()
    return [row for row in rows if compare(day(row), limit)]


def _comparison(condition: str) -> Callable[[Any, Any], bool]:
    try:
        return COMPARISONS[condition.strip()]
    except KeyError:
        raise plain_refusal(400, f"The condition '{condition}' is not one of >, <, >= and <=.") from None


def _local_time(text: str) -> datetime.datetime:
    if LOCAL_TIME.fullmatch(text) is None:
        raise plain_refusal(400, f"String '{text}' was not recognized as a valid DateTime.")
    return datetime.datetime.fromisoformat(text)


def _local(moment: datetime.datetime) -> datetime.datetime:
    return moment.astimezone(LOCAL).replace(tzinfo=None)


def same_text(one: object, other: str) -> bool:
    """Compare as the ERP's database does: without regard to case or trailing blanks."""
    return isinstance(one, str) and one.rstrip().casefold() == other.rstrip().casefold()


def path_key(segment: str) -> str:
    """Read a key from the path, plain or as `b64(<base64url without padding>)` (release notes 8.19)."""
    encoded = ENCODED_KEY.fullmatch(segment)
    if encoded is None:
        return segment
    text = encoded.group(1)
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return segment


def created(request: Request, path: str, key: str, version: str) -> Response:
    """Answer a successful POST: 201, no body, the address of the new record and its version."""
    location = f"{request.url.scheme}://{request.url.netloc}{path}/{quote(key, safe='')}"
    return Response(status_code=201, headers={"Location": location, "ETag": entity_tag(version)})


def changed(version: str) -> Response:
    """Answer a successful PUT: 204, no body, the new version."""
    return Response(status_code=204, headers={"ETag": entity_tag(version)})


def one(view: Record, version: str) -> Response:
    """Answer one record with its version."""
    return Answer(view, headers={"ETag": entity_tag(version)})


def check_version(request: Request, version: str) -> None:
    """Refuse a write that was meant for another version; without If-Match the core API does not check."""
    wanted = request.headers.get("if-match")
    if wanted is not None and wanted.strip() not in ("*", entity_tag(version)):
        raise plain_refusal(412, "The record has been changed by another process.")


def missing(what: str, key: str) -> Exception:
    """Refuse a record that is not there."""
    return plain_refusal(404, f"{what} '{key}' cannot be found in the system.")
