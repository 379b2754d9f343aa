"""How Visma.net ERP refuses: each of its APIs in its own way."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Response

from sandbox.answers import Answer

Record = dict[str, Any]

BAD_REQUEST_TITLE = "One or more validation errors occurred."


class RefusalError(Exception):
    """The request is refused, with the status and the body that the caller gets to see."""

    def __init__(self, status: int, body: Record | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers or {}

    def answer(self) -> Response:
        """Give the refusal as an HTTP answer."""
        if self.body is None:
            return Response(status_code=self.status, headers=self.headers)
        return Answer(self.body, status_code=self.status, headers=self.headers)


def not_recognised(dto: str, where: str) -> RefusalError:
    """Refuse a body of the core API that does not have the shape of its DTO.

    The first sentence is the ERP's own, as users of the ON-IT client saw it; the second names the field.
    """
    message = f"VismaId: {uuid.uuid4()}. Data received not recognized as {dto}. Field: {where}."
    return RefusalError(400, {"message": message})


def core_refusal(status: int, doing: str, record: str, reasons: Sequence[str]) -> RefusalError:
    """Refuse a write the way the ERP words it, as 400 or 500 ("Visma.net ERP API", POST customer)."""
    verb = "Inserting" if doing.startswith("inserting") else "Updating"
    raised = f"{verb} '{record}' record raised at least one error. Please review the errors."
    message = f"VismaId: {uuid.uuid4()}. Error {doing}. Error: {raised} " + " ".join(
        f"Error: {reason}" for reason in reasons
    )
    return RefusalError(status, {"message": message})


def plain_refusal(status: int, text: str) -> RefusalError:
    """Refuse a request to the core API with one sentence."""
    return RefusalError(status, {"message": f"VismaId: {uuid.uuid4()}. {text}"})


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a sales order: the published error code, the property and a sentence."""

    code: str
    property: str
    message: str


def problem(status: int, title: str, detail: str | None = None) -> RefusalError:
    """Refuse a request to the SalesOrders API with a ProblemDetails body."""
    kind = f"https://httpstatuses.io/{status}"
    return RefusalError(status, {"type": kind, "title": title, "status": status, "detail": detail, "instance": None})


def validation_problem(findings: Sequence[Finding]) -> RefusalError:
    """Refuse a whole request for any wrong value in it (SalesOrderValidationProblemDetails)."""
    errors: dict[str, list[str]] = {}
    for finding in findings:
        errors.setdefault(finding.property, []).append(finding.message)
    details = [{"code": f.code, "message": f.message, "parameters": {"property": f.property}} for f in findings]
    return RefusalError(
        400,
        {
            "type": "https://httpstatuses.io/400",
            "title": BAD_REQUEST_TITLE,
            "status": 400,
            "detail": None,
            "instance": None,
            "errors": errors,
            "details": details,
        },
    )


def without_nulls(record: Any) -> Any:
    """Leave out what has no value, as the core API's answers do."""
    if isinstance(record, dict):
        return {name: without_nulls(value) for name, value in record.items() if value is not None}
    if isinstance(record, list):
        return [without_nulls(row) for row in record]
    return record
