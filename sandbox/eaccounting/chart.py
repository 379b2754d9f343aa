"""The chart of accounts of the shop's eAccounting."""

from sandbox.eaccounting.schema import filled
from sandbox.world import Record, World

ACCOUNTS = {
    "1010": "Zakelijke rekening",
    "1020": "Kaartbetalingen",
    "1300": "Debiteuren",
    "1500": "Af te dragen btw",
    "8000": "Omzet hoog tarief",
    "8001": "Omzet laag tarief",
    "8010": "Omzet EU particulieren",
    "8020": "Omzet EU ondernemers",
    "8030": "Omzet uitvoer",
    "8050": "Omzet vrijgesteld",
    "8999": "Vervallen omzetrekening",
}
OUT_OF_USE = ("8999",)
ONLY_AUTOMATIC = ("1300",)


def chart_of_accounts(world: World) -> list[Record]:
    """Give the accounts, as they are in every fiscal year."""
    years = [year["Id"] for year in world.fiscal_years]
    return [
        filled(
            "AccountApi",
            Number=number,
            Name=name,
            FiscalYearId=years[-1],
            IsActive=number not in OUT_OF_USE,
            IsBlockedForManualBooking=number in ONLY_AUTOMATIC,
            CreatedUtc="2025-01-02T08:00:00Z",
            ModifiedUtc="2026-01-02T08:00:00Z",
        )
        for number, name in ACCOUNTS.items()
    ]
