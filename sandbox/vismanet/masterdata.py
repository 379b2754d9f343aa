"""The master data of the target company, in the shapes of the core API's answers."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.vismanet import attributes, tables, taxes
from sandbox.vismanet.answers import Record


@dataclass(frozen=True)
class MasterData:
    """The lists that the core API shows, each row as the API writes it; a foreign company has none."""

    lists: dict[str, list[Record]] = field(default_factory=dict)

    def knows(self, name: str, key: str, value: object) -> bool:
        """Say whether a list has a row with this key."""
        return any(row[key] == value for row in self.lists.get(name, []))


def build_master_data(numbering: str) -> MasterData:
    """Set the company up; with manual numbering whoever enters an order gives its number."""
    return MasterData(
        {
            "account": [_account(index, number) for index, number in enumerate(tables.ACCOUNTS, start=1)],
            "attribute": attributes.attribute_rows(),
            "branch": [_branch(number) for number in tables.BRANCHES],
            "carrier": [
                {"carrierId": key, "carrierDescription": text, "lastModifiedDateTime": tables.SET_UP}
                for key, text in tables.CARRIERS.items()
            ],
            "cashaccount": [_cash_account(number) for number in tables.CASH_ACCOUNTS],
            "country": [{"id": key, "name": name} for key, name in tables.COUNTRIES.items()],
            "creditTerm": [_credit_term(key) for key in tables.CREDIT_TERMS],
            "currency": [_currency(key) for key in tables.CURRENCIES],
            "customerClass": [_customer_class(key) for key in tables.CUSTOMER_CLASSES],
            "financialPeriod": [_period(year, month) for year in tables.PERIOD_YEARS for month in range(1, 13)],
            "itemClass": [item_class(key) for key in tables.ITEM_CLASSES],
            "itemPostClass": [{"id": key, "description": text} for key, text in tables.POSTING_CLASSES.items()],
            "numberSequence": _numberings(numbering),
            "organization": [_organization()],
            "paymentmethod": [_payment_method(key) for key in tables.PAYMENT_METHODS],
            "salescategory": [_sales_category(key) for key in tables.SALES_CATEGORIES],
            "salesordertype": [_order_type(key) for key in tables.ORDER_TYPES],
            "subaccount": [_subaccount(index, key) for index, key in enumerate(tables.SUBACCOUNTS, start=1)],
            "unitofmeasure": [_unit(pair) for pair in tables.UNITS],
            "vat": [_vat(tax) for tax in taxes.TAXES.values()],
            "vatCategory": [vat_category(key) for key in taxes.CATEGORIES],
            "vatZone": [vat_zone(key) for key in taxes.ZONES],
            "warehouse": [_warehouse(key) for key in tables.WAREHOUSES],
        }
    )


def named(key: str | None, texts: dict[str, str]) -> Record | None:
    """Give an id with its description, as most references are written."""
    return None if key is None else {"id": key, "description": texts.get(key, "")}


def country(key: str | None) -> Record | None:
    """Give a country with its name."""
    return None if key is None else {"id": key, "name": tables.COUNTRIES.get(key, "")}


def account_reference(number: str | None) -> Record | None:
    """Give a ledger account as items and customers refer to it."""
    if number is None or number not in tables.ACCOUNTS:
        return None
    kind, description = tables.ACCOUNTS[number]
    return {"type": kind, "number": number, "description": description}


def _account(index: int, number: str) -> Record:
    kind, description = tables.ACCOUNTS[number]
    return {
        "accountID": index,
        "accountCD": number,
        "accountClass": kind.upper(),
        "type": kind,
        "active": number not in tables.INACTIVE_ACCOUNTS,
        "description": description,
        "useDefaultSub": True,
        "postOption": "Detail",
        "cashAccount": number in tables.CASH_ACCOUNTS,
        "controlAccountModule": tables.CONTROL_ACCOUNTS.get(number),
        "allowManualEntry": number not in tables.CONTROL_ACCOUNTS,
        "lastModifiedDateTime": tables.SET_UP,
    }


def _branch(number: str) -> Record:
    return {
        "branchId": int(number),
        "number": number,
        "name": tables.BRANCHES[number],
        "organizationId": 1,
        "isMainBranch": number == "1",
        "isActive": True,
        "lastModifiedDateTime": tables.SET_UP,
        "corporateId": tables.CORPORATE_ID,
        "vatRegistrationId": tables.VAT_REGISTRATION_ID,
        "mainAddress": tables.ADDRESS,
        "mainContact": tables.CONTACT,
        "defaultCountry": country("NL"),
        "currency": {"id": "EUR", "description": "Euro", "symbol": "€"},
        "vatZone": {"id": taxes.DOMESTIC, "description": taxes.ZONES[taxes.DOMESTIC]},
        "ledger": {"id": "1", "description": "Grootboek"},
    }


def _organization() -> Record:
    return {
        "organizationCd": tables.ORGANIZATION,
        "name": tables.BRANCHES["1"],
        "organizationType": "WithBranches",
        "fileTaxByBranches": False,
        "baseCurrency": "EUR",
        "mainAddress": tables.ADDRESS,
        "mainContact": tables.CONTACT,
        "corporateId": tables.CORPORATE_ID,
        "vatRegistrationId": tables.VAT_REGISTRATION_ID,
        "defaultCountry": country("NL"),
        "currency": _currency("EUR"),
        "vatZone": vat_zone(taxes.DOMESTIC),
        "lastModifiedDateTime": tables.SET_UP,
        "ledger": {"id": "1", "description": "Grootboek"},
        "timeStamp": "AAAAAAAAAAE=",
        "branches": [{"number": number, "name": name} for number, name in tables.BRANCHES.items()],
    }


def _cash_account(number: str) -> Record:
    text = tables.CASH_ACCOUNTS[number][0]
    return {
        "number": number,
        "description": text,
        "currency": tables.CASH_ACCOUNT_CURRENCIES.get(number, "EUR"),
        "account": account_reference(number),
        "entryTypes": [],
        "lastModifiedDateTime": tables.SET_UP,
        "subaccount": {
            "subaccountNumber": "00",
            "subaccountId": 1,
            "description": tables.SUBACCOUNTS["00"],
            "active": True,
            "lastModifiedDateTime": tables.SET_UP,
        },
    }


def _credit_term(key: str) -> Record:
    text, days = tables.CREDIT_TERMS[key]
    return {
        "termsId": key,
        "description": text,
        "visibleTo": "AL",
        "dueDateType": "N",
        "moveDueDateIfOnTheWeekend": "1",
        "dueDay1": days,
        "discountType": "N",
        "discountDay": 0,
        "discountPercent": Decimal(0),
        "instalmentType": "S",
        "instalmentsSchedule": [],
        "createdDateTime": tables.SET_UP,
        "lastModifiedDateTime": tables.SET_UP,
    }


def _currency(key: str) -> Record:
    text, symbol = tables.CURRENCIES[key]
    base = key == "EUR"
    return {
        "id": key,
        "description": text,
        "symbol": symbol,
        "isBaseCurrency": base,
        "decimalPrecision": 2,
        "isUsedForAccounting": True,
    }


def _customer_class(key: str) -> Record:
    values = tables.CUSTOMER_CLASSES[key]
    attributes = [
        {
            "attributeId": name,
            "description": text,
            "sortOrder": 1,
            "required": False,
            "attributeType": "Text",
            "details": [],
        }
        for name, text in tables.CUSTOMER_ATTRIBUTES.items()
    ]
    return {
        "id": key,
        "description": values["description"],
        "taxZoneId": values["taxZoneId"],
        "requiredTaxzoneId": True,
        "paymentMethodId": values["paymentMethodId"],
        "attributes": attributes,
    }


def _period(year: int, month: int) -> Record:
    start = datetime.date(year, month, 1)
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    closed = year in tables.CLOSED_YEARS
    ledgers = (
        "SupplierLedger",
        "CustomerLedger",
        "InventoryManagement",
        "GeneralLedger",
        "CashManagement",
        "FixedAssets",
    )
    return {
        "year": year,
        "period": f"{year}{month:02}",
        "startDate": f"{start}T00:00:00",
        "endDate": f"{following - datetime.timedelta(days=1)}T00:00:00",
        "description": f"{month:02}-{year}",
        "active": True,
        **{f"closedIn{ledger}": closed for ledger in ledgers},
    }


def item_class(key: str) -> Record:
    """Give an item class as the item list and the class list write it."""
    values = tables.ITEM_CLASSES[key]
    return {
        "id": key,
        "description": values["description"],
        "type": values["type"],
        "attributes": attributes.class_attributes(key),
    }


def _numberings(numbering: str) -> list[Record]:
    manual = numbering == "manual"
    series = [
        ("CUSTOMER", "Debiteuren", "10001", False),
        ("BATCH", "Memoriaalposten", "000001", False),
        ("INADJUST", "Voorraadcorrecties", "000001", False),
        ("SOSHIPMENT", "Leveringen", "000001", False),
        ("ARINVOICE", "Verkoopfacturen", "000001", False),
        ("ARCREDIT", "Creditnota's", "000001", False),
        ("ARPAYMENT", "Ontvangsten", "000001", False),
        *((kind, tables.ORDER_TYPES[kind][0], "000101", manual) for kind in ("SO", "WB")),
    ]
    return [
        {
            "numberingId": key,
            "description": text,
            "manualNumbering": by_hand,
            "newNumberSymbol": "<NIEUW>",
            "sequence": [
                {
                    "numberingId": key,
                    "startNbr": start,
                    "endNbr": "9" * len(start),
                    "startDate": tables.SET_UP,
                    "nbrStep": 1,
                }
            ],
        }
        for key, text, start, by_hand in series
    ]


def _payment_method(key: str) -> Record:
    text, means, active = tables.PAYMENT_METHODS[key]
    return {
        "paymentMethodID": key,
        "active": active,
        "meansOfPayment": means,
        "description": text,
        "useInAP": True,
        "details": [],
    }


def _sales_category(key: int) -> Record:
    return {
        "categoryID": key,
        "description": tables.SALES_CATEGORIES[key],
        "parentID": 0,
        "sortOrder": key,
        "subCategories": [],
    }


def _order_type(key: str) -> Record:
    text, active = tables.ORDER_TYPES[key]
    behaviour = "SalesOrder" if active else "Quote"
    document = "Invoice" if active else "NoUpdate"
    return {
        "orderType": key,
        "active": active,
        "description": text,
        "behavior": behaviour,
        "defaultOperation": "Issue",
        "customerDocumentType": document,
    }


def _subaccount(index: int, key: str) -> Record:
    segment = {
        "segmentId": 1,
        "segmentDescription": "Afdeling",
        "segmentValue": key,
        "segmentValueDescription": tables.SUBACCOUNTS[key],
    }
    return {
        "subaccountNumber": key,
        "subaccountId": index,
        "description": tables.SUBACCOUNTS[key],
        "active": True,
        "segments": [segment],
        "lastModifiedDateTime": tables.SET_UP,
    }


def _unit(pair: tuple[str, str]) -> Record:
    source, target = pair
    rate = Decimal(tables.UNITS[pair])
    return {
        "fromUnit": source,
        "toUnit": target,
        "unitMultDiv": "Multiply",
        "unitRate": rate,
        "supplementaryMeasureUnit": "None",
    }


def _vat(tax: taxes.Tax) -> Record:
    schedule = {"startDate": "2012-01-01T00:00:00", "vatRate": tax.rate, "reportingGroup": "1", "groupType": "Output"}
    return {
        "vatCategoryId": tax.id,
        "vatId": tax.id,
        "description": tax.description,
        "type": "Vat",
        "deductibleVat": False,
        "reverseVat": tax.reverse,
        "statisticalVat": False,
        "pendingVat": False,
        "includeinVatExemptTotal": tax.exempt,
        "includeinVatTotal": not tax.exempt,
        "enterFromVatInvoice": False,
        "calculateOn": tax.calculate_on,
        "cashDiscount": "NoAdjust",
        "lastModifiedDateTime": tables.SET_UP,
        "glAccounts": {"vatPayableAccount": account_reference(tables.VAT_ACCOUNT)},
        "schedules": [schedule],
        "categories": [vat_category(tax.id)],
        "zones": [vat_zone(tax.zone)],
    }


def vat_category(key: str) -> Record:
    """Give a VAT category with the codes and rates in it."""
    lines = [
        {
            "vatId": code,
            "description": taxes.TAXES[code].description,
            "type": "Vat",
            "calculateOn": taxes.TAXES[code].calculate_on,
            "cashDiscount": "NoAdjust",
            "vatRates": [
                {
                    "revisionID": "1",
                    "vatRate": taxes.TAXES[code].rate,
                    "groupType": "Output",
                    "startDate": "2012-01-01T00:00:00",
                }
            ],
        }
        for code in taxes.CATEGORIES[key]
    ]
    description = taxes.TAXES[key].description if key in taxes.TAXES else "Geen btw"
    return {
        "vatCategoryId": key,
        "description": description,
        "active": True,
        "excludeListedTaxes": False,
        "lastModifiedDateTime": tables.SET_UP,
        "vatCategoryLines": lines,
    }


def vat_zone(key: str) -> Record:
    """Give a VAT zone with its default category."""
    zone: Record = {"id": key, "description": taxes.ZONES[key]}
    category = taxes.ZONE_DEFAULT_CATEGORY[key]
    if category is not None:
        zone["defaultVatCategory"] = category
        zone["defaultTaxCategory"] = {"number": category, "description": vat_category(category)["description"]}
    return zone


def _warehouse(key: str) -> Record:
    text, branch = tables.WAREHOUSES[key]
    locations = [
        {
            "locationId": location,
            "description": location.capitalize(),
            "active": True,
            "inclQtyAvail": True,
            "isCosted": False,
            "salesValid": location == "STD",
            "receiptsValid": True,
            "transfersValid": True,
            "assemblyValid": True,
            "primaryItemValid": "PrimaryNothing",
        }
        for location in tables.WAREHOUSE_LOCATIONS
    ]
    return {
        "warehouseID": key,
        "branch": {"number": branch, "name": tables.BRANCHES[branch]},
        "active": True,
        "lockSitePICountEntry": False,
        "description": text,
        "locationEntry": "NoValidate",
        "avgDefaultCost": "AverageCost",
        "fifoDefaultCost": "AverageCost",
        "receiptLocation": {"id": "STD", "description": "Std"},
        "shipLocation": {"id": "STD", "description": "Std"},
        "locations": locations,
    }
