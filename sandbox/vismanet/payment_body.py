"""What a program may send for payments of debtors ("Visma.net ERP API", PaymentUpdateDto)."""

from sandbox.vismanet.invoice_body import APPLICATION_FIELDS
from sandbox.vismanet.wrapped import FLAG, NUMBER, OPERATION, TEXT, WHOLE, Fields, Rows, Scalar

TYPES = ("Payment", "CreditNote", "Prepayment", "Refund", "VoidPayment", "SmallBalanceWo", "VoidRefund", "Undefined")
PAYMENT_FIELDS: Fields = {
    **dict.fromkeys(
        (
            "referenceNumber",
            "applicationDate",
            "applicationPeriod",
            "paymentRef",
            "customer",
            "location",
            "paymentMethod",
            "cashAccount",
            "currency",
            "invoiceText",
            "branch",
        ),
        TEXT,
    ),
    **dict.fromkeys(("hold", "overrideNumberSeries"), FLAG),
    "type": Scalar(str, TYPES),
    "paymentAmount": NUMBER,
    "paymentLines": Rows(
        {
            **APPLICATION_FIELDS,
            **dict.fromkeys(("cashDiscountTaken", "balanceWriteOff", "crossRate"), NUMBER),
            "writeOffReasonCode": TEXT,
        }
    ),
    "ordersToApply": Rows(
        {"operation": OPERATION, "appliedToOrder": NUMBER, **dict.fromkeys(("orderType", "orderNumber"), TEXT)}
    ),
    "financeCharges": Rows(
        {
            "operation": OPERATION,
            "amount": NUMBER,
            "lineNbr": WHOLE,
            **dict.fromkeys(("entryType", "offsetAccount", "offsetSubAccount", "description"), TEXT),
        }
    ),
}
