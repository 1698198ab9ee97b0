"""Whether a tax number can be right: its form and check digits, by country. No register is asked."""

from __future__ import annotations

from typing import Final

from csr_bot.core.bank_details import Verdict

# Countries that write their VAT numbers with another prefix than their ISO 3166 code.
_PREFIXES: Final = {"GR": "EL"}
_US: Final = "US"


def judge_tax_id(text: str, *, country: str) -> Verdict:
    """Whether a text is a tax number of a country (ISO 3166), with or without its prefix.

    A number with the prefix of another member state may be right for a customer that is registered there: UNKNOWN, as
    for no number at all and for countries whose numbers have no known check.
    """
    # 40 ms that only changes of master data need.
    from stdnum.exceptions import ValidationError  # noqa: PLC0415
    from stdnum.util import clean, get_cc_module  # noqa: PLC0415

    code = country.strip().upper()
    try:
        number = clean(text, " -./").strip().upper()
    except ValidationError:
        return Verdict.INVALID
    if not number or _names_other_country(number, code):
        return Verdict.UNKNOWN
    module = get_cc_module(code, "ein" if code == _US else "vat") if len(code) == 2 and code.isalpha() else None
    if module is None:
        return Verdict.UNKNOWN
    return Verdict.VALID if module.is_valid(text.strip()) else Verdict.INVALID


def _names_other_country(number: str, code: str) -> bool:
    from stdnum.eu import vat  # noqa: PLC0415  # as above

    own = {code.lower(), _PREFIXES.get(code, code).lower()}
    prefix = number[:2].lower()
    members = vat.MEMBER_STATES | {"el"}
    return code.lower() in members and prefix in members - own and vat.is_valid(number)
