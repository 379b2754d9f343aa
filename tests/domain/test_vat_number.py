"""A VAT number that cannot be right is told by its country's own check digits."""

import pytest

from visma_sync.domain.vat_number import is_possible_vat_number


@pytest.mark.parametrize(
    "number",
    [
        "NL004495445B01",
        "SE556036079301",
        "se 556036-0793 01",
        "DE136695976",
        "BE0428759497",
        "EL094259216",
        "XI980780684",
        "GB980780684",
        "NO988077917MVA",
        "CHE-107.787.577 IVA",
        "CHE-116.281.710 MWST",
        "CHE-116.281.710",
        "CHE116281710",
        "US123456789",
    ],
)
def test_a_number_with_right_check_digits_or_of_a_country_without_rules_can_be_right(number: str) -> None:
    assert is_possible_vat_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "NL12.34B",
        "NL004495445B02X",
        "DE000000000",
        "DE136695977",
        "556036079301",
        "SE",
        "N1004495445B01",
        "NL 0044",
        "CHE116281711",
        "CHE116281711MWST",
        "CHE116281710BTW",
    ],
)
def test_a_number_with_wrong_check_digits_or_without_its_country_cannot_be_right(number: str) -> None:
    assert not is_possible_vat_number(number)
