"""VAT numbers: whether one can be right, by the check digits of its country."""

import re

from stdnum import get_cc_module
from stdnum.ch import uid

# The longest is Swiss: CHE, nine digits and MWST.
_SHAPE = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,14}")
# VAT numbers of these begin otherwise than the ISO code of their country.
_RULES_OF = {"EL": "gr", "XI": "gb"}


def is_possible_vat_number(number: str) -> bool:
    """Whether a VAT number, with its country's letters before it, can be right; blanks, dots and hyphens do not count.

    Of a country whose rules nobody has written down, any number of the usual shape can be. A Swiss number is right
    with the letters for VAT of any of the country's languages behind it, and without.
    """
    compact = re.sub(r"[\s.-]", "", number).upper()
    if not _SHAPE.fullmatch(compact):
        return False
    if uid.is_valid(compact):
        return True
    rules = get_cc_module(_RULES_OF.get(compact[:2], compact[:2].lower()), "vat")
    return rules is None or bool(rules.is_valid(compact))
