"""How both imitated systems write JSON: numbers exactly as they are, never through a float."""

from typing import Any

import simplejson
from fastapi import Response


def json_text(content: Any) -> bytes:
    """Write the content as JSON text."""
    text: str = simplejson.dumps(content, use_decimal=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


class Answer(Response):
    """A JSON answer; content that is already JSON text is sent as it is."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Write the content as JSON text."""
        return content if isinstance(content, bytes) else json_text(content)
