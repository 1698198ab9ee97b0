"""What a file cannot say of itself, as named profiles: data, for where automatic reading stays in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Profile:
    """A way of reading: headers that beat the known names, and the order of day and month where it stays open."""

    name: str
    what: str
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    month_first: bool | None = None
    decimal_comma: bool | None = None


PROFILES: Final[Mapping[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile("generic", "everything is told from the file"),
        Profile("us", "03/04/2025 is in March, 1.234 is 1.234", month_first=True, decimal_comma=False),
        Profile("uk", "03/04/2025 is in April, 1.234 is 1.234", month_first=False, decimal_comma=False),
        Profile("continental", "03/04/2025 is in April, 1.234 is 1234", month_first=False, decimal_comma=True),
        Profile(
            "sap-reference",
            "line items whose Reference is the number that customers know",
            columns={"invoice_no": ("Reference", "Referenz", "Référence", "Referencia", "Referentie", "XBLNR")},
        ),
    )
}  # fmt: skip
