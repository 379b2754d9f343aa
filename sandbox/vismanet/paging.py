"""Pages of the SalesOrders API: from zero, with the total and the address of the next page."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.answers import Record, problem

Page = tuple[int, int]


def page_asked(request: Request, default: int, cap: int) -> Page:
    """Give the index and size of the page asked for; a size above the cap is cut to it."""
    index, size = _whole(request, "pageIndex", 0), _whole(request, "pageSize", default)
    if index < 0 or size < 1:
        raise problem(400, "Bad Request", "pageSize or pageIndex is not within the allowed range.")
    return index, min(size, cap)


def page_answer(
    request: Request, path: str, page: Page, rows: Sequence[Any], view: Callable[[Any], Record]
) -> Response:
    """Answer one page of rows."""
    index, size = page
    following = None
    if (index + 1) * size < len(rows):
        asked = [
            (name, value) for name, value in request.query_params.multi_items() if name not in ("pageIndex", "pageSize")
        ]
        following = f"{path}?{urlencode([*asked, ('pageSize', size), ('pageIndex', index + 1)])}"
    shown = [view(row) for row in rows[index * size : (index + 1) * size]]
    return Answer({"value": shown, "totalCount": len(rows), "nextPage": following})


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise problem(400, "Bad Request", f"The value '{text}' is not valid for {name}.") from None
