from __future__ import annotations

import pytest

from csr_bot.core.bank_details import Verdict
from csr_bot.core.tax_ids import judge_tax_id

V = Verdict


@pytest.mark.parametrize(
    ("text", "country", "verdict"),
    [
        ("NL004495445B01", "NL", V.VALID),
        ("NL 0044.95.445.B01", "nl", V.VALID),
        ("004495445B01", "NL", V.VALID),
        ("NL004495446B01", "NL", V.INVALID),
        ("DE136695976", "DE", V.VALID),
        ("DE136695978", "DE", V.INVALID),
        ("EL094259216", "GR", V.VALID),
        ("GR094259216", "GR", V.VALID),
        ("FR40303265045", "FR", V.VALID),
        ("ESB58378431", "ES", V.VALID),
        ("GB980780684", "GB", V.VALID),
        ("CHE-107.787.577 IVA", "CH", V.VALID),
        ("91-1144442", "US", V.VALID),
        ("91-114444", "US", V.INVALID),
        ("DE136695976", "NL", V.UNKNOWN),  # right, but of another member state
        ("DE136695978", "NL", V.INVALID),
        ("100123456700003", "AE", V.UNKNOWN),
        ("1", "??", V.UNKNOWN),
        ("1", "", V.UNKNOWN),
        ("1", "../DE", V.UNKNOWN),
        ("", "NL", V.UNKNOWN),
        (" - ", "NL", V.UNKNOWN),
    ],
)
def test_a_tax_number_is_judged_by_the_rules_of_its_country(text, country, verdict):
    assert judge_tax_id(text, country=country) is verdict
