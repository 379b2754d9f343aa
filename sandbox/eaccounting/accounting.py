"""The accounts of each fiscal year, and the VAT codes with their rates by date; both are only read."""

from sandbox.answers import Answer
from sandbox.eaccounting.access import ACCOUNTING, Api, Call, Handler, ok
from sandbox.eaccounting.books import Books, Collection
from sandbox.eaccounting.lists import page
from sandbox.eaccounting.refusals import not_found
from sandbox.eaccounting.schema import filled
from sandbox.world import Record

FIRST_RATES = "2012-01-01T00:00:00"


def add_accounting(api: Api) -> None:
    """Open the addresses of the accounts and of the VAT codes with their rates."""
    api.add("GET", "/accounts/{fiscalyearId}", accounts_of_year(api), ACCOUNTING)
    api.add("GET", "/vatcodesrates", codes_with_rates(api), ACCOUNTING)


def accounts_of_year(api: Api) -> Handler:
    """Make the handler of the accounts of one fiscal year."""

    async def answer(call: Call) -> Answer:
        year = call.books["fiscalyears"].get(call.key("fiscalyearId"))
        if year is None:
            raise not_found("FiscalYear")
        chart = call.books["accounts"].records.values()
        rows = [account | {"FiscalYearId": year["Id"]} for account in chart]
        return ok(page("accounts", Collection("AccountApi", rows, "Number"), call.request.query_params, api.switches))

    return answer


def codes_with_rates(api: Api) -> Handler:
    """Make the handler of the VAT codes with all their rates, those to come too."""

    async def answer(call: Call) -> Answer:
        rows = [_with_rates(call.books, code) for code in call.books["vatcodes"].records.values()]
        return ok(page("vatcodesrates", Collection("VatCodeRateApi", rows), call.request.query_params, api.switches))

    return answer


def _with_rates(books: Books, code: Record) -> Record:
    planned = sorted(
        (plan for plan in books.planned_rates if plan.old == code["VatRate"]), key=lambda plan: plan.begins
    )
    rates = [
        {"VatRateDate": FIRST_RATES, "VatRate": code["VatRate"]},
        *({"VatRateDate": f"{plan.begins.isoformat()}T00:00:00", "VatRate": plan.new} for plan in planned),
    ]
    said = {name: code[name] for name in ("Id", "Code", "Description", "OssCodeType")}
    return filled("VatCodeRateApi", **said, VatRates=rates)
