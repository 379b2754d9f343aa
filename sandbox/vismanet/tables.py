"""What the target company, Noorderlicht Handel B.V., is set up with: ids, names and defaults."""

from decimal import Decimal

from sandbox.vismanet import taxes
from sandbox.vismanet.answers import Record

SET_UP = "2024-01-02T09:00:00"
"""When the company was set up, in its local time; the core API writes times without a zone."""

COUNTRIES = {
    "AT": "Oostenrijk",
    "BE": "België",
    "BG": "Bulgarije",
    "CH": "Zwitserland",
    "CY": "Cyprus",
    "CZ": "Tsjechië",
    "DE": "Duitsland",
    "DK": "Denemarken",
    "EE": "Estland",
    "ES": "Spanje",
    "FI": "Finland",
    "FR": "Frankrijk",
    "GB": "Verenigd Koninkrijk",
    "GR": "Griekenland",
    "HR": "Kroatië",
    "HU": "Hongarije",
    "IE": "Ierland",
    "IS": "IJsland",
    "IT": "Italië",
    "LT": "Litouwen",
    "LU": "Luxemburg",
    "LV": "Letland",
    "MT": "Malta",
    "NL": "Nederland",
    "NO": "Noorwegen",
    "PL": "Polen",
    "PT": "Portugal",
    "RO": "Roemenië",
    "SE": "Zweden",
    "SI": "Slovenië",
    "SK": "Slowakije",
    "US": "Verenigde Staten",
    "XI": "Noord-Ierland",
}

CURRENCIES = {
    "EUR": ("Euro", "€"),
    "SEK": ("Zweedse kroon", "kr"),
    "NOK": ("Noorse kroon", "kr"),
    "USD": ("Amerikaanse dollar", "$"),
}
EXCHANGE_RATES = {"EUR": Decimal(1), "SEK": Decimal("0.0893"), "NOK": Decimal("0.0856"), "USD": Decimal("0.9240")}
"""Euros for one unit of each currency; fixed, so that a total in the base currency is predictable."""

CREDIT_TERMS = {"00": ("Contant", 0), "10": ("10 dagen", 10), "14": ("14 dagen", 14), "30": ("30 dagen", 30)}
PAYMENT_METHODS = {
    "BANK": ("Overboeking", "DirectDeposit", True),
    "CARD": ("Kaart", "CreditCard", True),
    "WALLET": ("Digitale portemonnee", "CashOrCheck", True),
    "CHEQUE": ("Cheque, vervallen", "CashOrCheck", False),
}
CASH_ACCOUNTS = {
    "1010": ("Bank", ("BANK",)),
    "1020": ("Betaaldienst", ("CARD", "WALLET")),
    "1030": ("Valutarekening kronen", ("BANK",)),
}
CASH_ACCOUNT_CURRENCIES = {"1030": "SEK"}
"""The cash accounts that are not in euros."""

CARRIERS = {"PICKUP": "Afhalen", "PARCEL": "Pakketdienst", "FREIGHT": "Vrachtvervoer"}
CARRIERS_WITH_MANUAL_COST = ("FREIGHT",)
CARRIER_TAX_CATEGORY = {"PARCEL": "NL21", "FREIGHT": "NL21"}
WAREHOUSES = {"1": ("Hoofdmagazijn", "1"), "2": ("Tweede magazijn", "2")}
WAREHOUSE_LOCATIONS = ("STD", "RETOUR")
BRANCHES = {"1": "Noorderlicht Handel B.V.", "2": "Noorderlicht Webshop"}
ORDER_TYPES = {"SO": ("Verkooporder", True), "WB": ("Webshoporder", True), "QT": ("Offerte, vervallen", False)}
UNITS = {
    ("STK", "STK"): "1",
    ("PCS", "STK"): "1",
    ("STK", "PCS"): "1",
    ("PCS", "PCS"): "1",
    ("KG", "KG"): "1",
    ("HOUR", "HOUR"): "1",
}
SHIPPING_TERMS = ("FRANCO", "EXW")
SHIPPING_ZONES = ("NL", "EU", "WERELD")
FOB_POINTS = ("ROTTERDAM",)
SALES_PERSONS = {"1": "Verkoop binnendienst"}
SALES_CATEGORIES = {1: "Webshop", 2: "Groothandel"}
ACCOUNTS = {
    "1010": ("Asset", "Bank"),
    "1020": ("Asset", "Betaaldienst"),
    "1300": ("Asset", "Debiteuren"),
    "1500": ("Liability", "Af te dragen btw"),
    "3000": ("Asset", "Voorraad"),
    "7000": ("Expense", "Inkoopwaarde van de omzet"),
    "8000": ("Income", "Omzet Nederland 21 %"),
    "8001": ("Income", "Omzet Nederland 9 %"),
    "8010": ("Income", "Omzet EU particulieren"),
    "8020": ("Income", "Omzet EU verlegd"),
    "8030": ("Income", "Omzet uitvoer"),
    "8040": ("Income", "Omzet vracht"),
    "8050": ("Income", "Omzet vrijgesteld"),
    "8090": ("Income", "Afrondingsverschillen"),
    "8999": ("Income", "Vervallen omzetrekening"),
    "1390": ("Asset", "Tussenrekening verkopen"),
    "1030": ("Asset", "Valutarekening kronen"),
    "8080": ("Income", "Verleende kortingen"),
}
INACTIVE_ACCOUNTS = ("8999",)
CONTROL_ACCOUNTS = {"1300": "AR", "3000": "IN"}
"""Accounts that only their own ledger posts to: what debtors owe, and what the stock is worth."""

VAT_ACCOUNT = "1500"
"""The account of the VAT to be paid, of every VAT code."""

REASON_CODES = {"ADJUST": "Voorraadcorrectie", "COUNT": "Telling"}
"""Reasons for a change of stock; no call of the API lists them."""
SUBACCOUNTS = {"00": "Algemeen", "WB": "Webshop"}

CUSTOMER_CLASSES: dict[str, Record] = {
    "COMPANY": {
        "description": "Ondernemingen",
        "taxZoneId": taxes.DOMESTIC,
        "creditTermsId": "30",
        "paymentMethodId": "BANK",
    },
    "PERSON": {
        "description": "Particulieren",
        "taxZoneId": taxes.DOMESTIC,
        "creditTermsId": "14",
        "paymentMethodId": "BANK",
    },
    "OTHER": {
        "description": "Overige debiteuren",
        "taxZoneId": taxes.NO_VAT,
        "creditTermsId": "10",
        "paymentMethodId": "BANK",
    },
}
CUSTOMER_ACCOUNTS = {
    "customerLedgerAccount": "1300",
    "salesAccount": "8000",
    "salesNonTaxableAccount": "8050",
    "salesEuAccount": "8020",
    "salesExportAccount": "8030",
    "freightAccount": "8040",
}
"""The accounts of a debtor who has none of their own."""

CUSTOMER_ATTRIBUTES = {"EXTID": "Nummer in een ander systeem"}

ITEM_CLASSES: dict[str, Record] = {
    "STOCK": {
        "description": "Voorraadartikelen",
        "type": "FinishedGoodItem",
        "unit": "STK",
        "vatCode": "NL21",
        "account": "8000",
    },
    "NONSTOCK": {
        "description": "Artikelen zonder voorraad",
        "type": "NonStockItem",
        "unit": "STK",
        "vatCode": "NL21",
        "account": "8000",
    },
    "SERVICE": {"description": "Diensten", "type": "ServiceItem", "unit": "HOUR", "vatCode": "NL21", "account": "8000"},
    "ROUND": {
        "description": "Afrondingen",
        "type": "NonStockItem",
        "unit": "STK",
        "vatCode": "NOVAT",
        "account": "8090",
    },
}
STOCK_TYPES = ("FinishedGoodItem", "ComponentPartItem", "SubassemblyItem")
POSTING_CLASSES = {"1": "Standaard"}

PERIOD_YEARS = (2025, 2026, 2027)
CLOSED_YEARS = (2025,)

ORGANIZATION = "NOORDERLICHT"
ADDRESS: Record = {
    "addressId": 1,
    "addressLine1": "Havenweg 12",
    "postalCode": "9713 AA",
    "city": "Groningen",
    "country": {"id": "NL", "name": "Nederland"},
}
CONTACT: Record = {
    "contactId": 1,
    "name": "Noorderlicht Handel B.V.",
    "email": "administratie@noorderlicht.example",
    "phone1": "+31 50 123 45 67",
}
CORPORATE_ID = "01234567"
VAT_REGISTRATION_ID = "NL001234567B01"
