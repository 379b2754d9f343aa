"""What a person changes in the set-up of the shop's eAccounting: its lists, its settings, and VAT rates to come."""

import datetime
from decimal import Decimal

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.eaccounting.books import Books, PlannedRate
from sandbox.eaccounting.by_hand import missing, read
from sandbox.eaccounting.schema import properties


class SetUpDesk:
    """The person who sets the shop up; rows are named by their key."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def add_to(self, router: APIRouter) -> None:
        """Add the addresses under which tests act as this person."""
        router.add_api_route("/set_up/company", self.settle, methods=["POST"], response_model=None)
        router.add_api_route("/set_up/rates", self.plan_rate, methods=["POST"], response_model=None)
        router.add_api_route("/set_up/{path}/{key}", self.edit, methods=["POST"], response_model=None)
        router.add_api_route("/set_up/{path}/{key}", self.remove, methods=["DELETE"], response_model=None)

    async def settle(self, request: Request) -> Response:
        """Change fields of the company's settings."""
        given = await read(request)
        unknown = [name for name in given if name not in properties("CompanySettingsApi")]
        if unknown:
            return Answer({"error": f"no field {unknown[0]}"}, status_code=400)
        self.books.settings = self.books.settings | given
        return Answer(self.books.settings)

    async def plan_rate(self, request: Request) -> Response:
        """Let the rate `old` become `new` from the day `begins`, for everything that charges it."""
        given = await read(request)
        begins = datetime.date.fromisoformat(given["begins"])
        self.books.planned_rates.append(PlannedRate(Decimal(given["old"]), Decimal(given["new"]), begins))
        return Answer(given)

    async def edit(self, request: Request, path: str, key: str) -> Response:
        """Change fields of a row of a list."""
        collection = self.books.collections.get(path)
        record = collection.get(key) if collection else None
        if collection is None or record is None:
            return missing()
        given = await read(request)
        unknown = [name for name in given if name not in properties(collection.schema)]
        if unknown:
            return Answer({"error": f"no field {unknown[0]}"}, status_code=400)
        return Answer(collection.save(record | given))

    async def remove(self, _request: Request, path: str, key: str) -> Response:
        """Take a row out of a list."""
        collection = self.books.collections.get(path)
        record = collection.get(key) if collection else None
        if collection is None or record is None:
            return missing()
        collection.remove(record)
        return Answer(record)
