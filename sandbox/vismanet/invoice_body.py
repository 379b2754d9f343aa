"""What a program may send for customer invoices and credit notes ("Visma.net ERP API", the update DTOs)."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.vismanet.answers import Record
from sandbox.vismanet.customer_rules import ADDRESS_FIELDS, SEGMENTS
from sandbox.vismanet.wrapped import FLAG, NUMBER, OPERATION, TEXT, WHOLE, Fields, Nested, Rows, Scalar

DOCUMENT_TYPES = (
    "Invoice",
    "DebitNote",
    "CreditNote",
    "Payment",
    "VoidPayment",
    "Prepayment",
    "Refund",
    "FinCharge",
    "SmallBalanceWo",
    "SmallCreditWo",
    "CashSale",
    "CashReturn",
    "Undefined",
    "NoUpdate",
)
ADDRESS = Nested({"overrideAddress": FLAG, **ADDRESS_FIELDS})
CONTACT = Nested({"overrideContact": FLAG, **dict.fromkeys(("name", "attention", "email", "phone1"), TEXT)})
TAX_DETAILS = Rows({"taxId": TEXT, "taxableAmount": NUMBER, "vatAmount": NUMBER})
APPLICATION_FIELDS: Fields = {
    "operation": OPERATION,
    "documentType": Scalar(str, DOCUMENT_TYPES),
    "refNbr": TEXT,
    "amountPaid": NUMBER,
}
LINE_NUMBERS = (
    "quantity",
    "unitPriceInCurrency",
    "manualAmountInCurrency",
    "discountPercent",
    "discountAmountInCurrency",
)
LINE_FIELDS: Fields = {
    "operation": OPERATION,
    **dict.fromkeys(("lineNumber", "deferralSchedule"), WHOLE),
    **dict.fromkeys(
        (
            "inventoryNumber",
            "accountNumber",
            "vatCodeId",
            "uom",
            "description",
            "discountCode",
            "taskId",
            "salesperson",
            "deferralCode",
            "termStartDate",
            "termEndDate",
            "note",
            "branchNumber",
        ),
        TEXT,
    ),
    **dict.fromkeys(LINE_NUMBERS, NUMBER),
    "manualDiscount": FLAG,
    "subaccount": SEGMENTS,
}
HEAD_FIELDS: Fields = {
    **dict.fromkeys(
        (
            "referenceNumber",
            "customerNumber",
            "childCustomerNumber",
            "currencyId",
            "customerRefNumber",
            "externalReference",
            "customerVatZoneId",
            "documentDate",
            "origInvoiceDate",
            "postPeriod",
            "financialPeriod",
            "invoiceText",
            "locationId",
            "salesperson",
            "note",
            "branchNumber",
            "cashAccount",
            "project",
        ),
        TEXT,
    ),
    **dict.fromkeys(
        ("hold", "dontPrint", "dontEmail", "sendToAutoInvoice", "consolidateInvoices", "overrideNumberSeries"), FLAG
    ),
    **dict.fromkeys(("contact", "salesPersonID"), WHOLE),
    "exchangeRate": NUMBER,
    "invoiceContact": CONTACT,
}
INVOICE_FIELDS: Fields = {
    **HEAD_FIELDS,
    **dict.fromkeys(
        (
            "paymentMethodId",
            "creditTermsId",
            "cashDiscountDate",
            "documentDueDate",
            "customerProject",
            "paymentReference",
            "startDate",
            "endDate",
            "accountingCostRef",
            "originatorDocRef",
            "contractDocRef",
            "directDebitMandateId",
            "debtCollectionCaseNbr",
            "debtCollectionCaseStatus",
            "debtCollectionCaseType",
            "debtCollectionCaseUrl",
        ),
        TEXT,
    ),
    **dict.fromkeys(("domesticServicesDeductibleDocument", "revoked", "excludeDebtCollection"), FLAG),
    "billingAddress": ADDRESS,
    "rotRutDetails": Nested(
        {
            "distributedAutomaticaly": FLAG,
            "type": Scalar(str, ("Rut", "Rot")),
            **dict.fromkeys(("appartment", "estate", "organizationNbr"), TEXT),
            "distribution": Rows(
                {"operation": OPERATION, "lineNbr": WHOLE, "personalId": TEXT, "amount": NUMBER, "extra": FLAG}
            ),
        },
        wrapped=False,
    ),
    "taxDetailLines": TAX_DETAILS,
    "invoiceLines": Rows(
        {
            **LINE_FIELDS,
            **dict.fromkeys(("typeOfWork", "startDate", "endDate"), TEXT),
            "domesticServicesDeductible": FLAG,
            "itemType": Scalar(str, ("Service", "MaterialCost", "OtherCost")),
        }
    ),
}
CREDIT_NOTE_FIELDS: Fields = {
    **HEAD_FIELDS,
    "invoiceAddress": ADDRESS,
    "taxDetails": TAX_DETAILS,
    "applicationLines": Rows(APPLICATION_FIELDS),
    "lines": Rows(LINE_FIELDS),
}


def exact(row: Record, names: Iterable[str]) -> Record:
    """Give a row with the numbers under these names as exact decimals; JSON's whole numbers are none."""
    return {**row, **{name: Decimal(row[name]) for name in names if row.get(name) is not None}}
