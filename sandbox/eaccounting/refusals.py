"""How eAccounting refuses: always the body `CommonExtendedBadRequest` ("eAccounting OpenAPI 2026-02")."""

import uuid
from collections.abc import Sequence

from sandbox.answers import Answer
from sandbox.eaccounting.schema import Fault
from sandbox.world import Record

# The vendor's own error numbers ("eAccounting API docs, error codes").
DATA_MODEL = 2000
NOT_FOUND = 3000
DUPLICATE = 4000
HAS_DEPENDENCIES = 4001
NOT_ALLOWED_HERE = 4002
NO_MODULE = 4002
START_UP_GUIDE = 4003
COMPANY_INACTIVE = 4004
NOT_AUTHORISED = 4005
MISSING_SCOPE = 4006
NO_SUCH_FUNCTION = 4009
QUOTA = 4010
NO_USER_ACCESS = 4011
LICENCE = 4012
INVALID_VAT_NUMBER = 4025
INTERNAL = 5000
QUERY = 6000
BAD_DATE = 6001


def error_body(code: int, message: str, faults: Sequence[Fault] = ()) -> Record:
    """Write an error the way the API does; each fault names a field."""
    errors = [{"Field": fault.field, "ErrorCode": str(code), "Message": fault.message, "Key": None} for fault in faults]
    return {"ErrorCode": code, "DeveloperErrorMessage": message, "ErrorId": str(uuid.uuid4()), "Errors": errors}


class RefusalError(Exception):
    """The request is refused with this status, error number and message."""

    def __init__(self, code: int, message: str, *, status: int = 400, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(code, message, faults)

    def answer(self) -> Answer:
        """Give the refusal as an HTTP answer."""
        headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'} if self.status == 401 else None
        return Answer(self.body, status_code=self.status, headers=headers)


def not_found(what: str, status: int = 400) -> RefusalError:
    """Refuse because there is no such record; most operations say so with 400, for they declare no 404."""
    return RefusalError(NOT_FOUND, f"NotFoundException - {what} not found", status=status)


def invalid(faults: Sequence[Fault]) -> RefusalError:
    """Refuse a body that does not fit the published shape of its record."""
    return RefusalError(DATA_MODEL, "ModelValidationException - The request is invalid", faults=faults)
