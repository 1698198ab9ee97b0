"""How much each trait of an amount speaks for each role, in thousandths; fitted to the labelled messages of the project.

Made by ``python -m benchmarks.understanding.fit_roles``; not to be edited by hand. What the traits are is in ``roles``.
"""

from __future__ import annotations

from typing import Final

from csr_bot.core.request import AmountRole

ROLES: Final = (
    AmountRole.CORRECT_VALUE, AmountRole.BILLED_VALUE, AmountRole.CLAIMED_DELTA, AmountRole.INVOICE_TOTAL, AmountRole.PAYMENT,
)  # fmt: skip
"""The roles in the order in which the traits name them: before the amount, behind it, in the whole text."""

WEIGHTS: Final[dict[AmountRole, tuple[int, ...]]] = {
    AmountRole.CLAIMED_DELTA: (-12, -4, 30, -5, -11, -11, 10, 35, -11, -10, 147, 6, 196, -11, 79, -1172, -517, 136, 1661, -1008, 33, -350, 1174, 949, -1598, 71, -1083),
    AmountRole.CORRECT_VALUE: (40, -14, -18, -15, -7, 18, -19, -13, -3, 0, -2, 294, -11, 70, -203, -310, -738, 898, -298, -800, 27, 380, -60, -2003, 760, 366, -495),
    AmountRole.BILLED_VALUE: (-15, 36, 1, 4, 1, -5, 19, -8, -8, -4, 275, 10, 29, -36, -202, 1508, 66, 24, -490, -363, 628, -294, -944, -396, 974, 15, -134),
    AmountRole.INVOICE_TOTAL: (-19, 9, -15, 21, -5, 2, 5, -6, 6, -16, -53, -27, -121, -25, 121, 2071, -491, -333, -374, 1946, -318, 420, 274, 124, -1757, 40, -895),
    AmountRole.PAYMENT: (-6, -24, -20, 2, 28, -3, -7, -20, 7, 32, -306, -68, -74, 77, 173, -1558, 1624, -626, -1578, 644, -39, -86, -32, 480, -1553, -129, 1026),
    AmountRole.OTHER: (10, -4, 22, -6, -6, -1, -8, 12, 9, -2, -61, -214, -19, -75, 32, -539, 57, -100, 1079, -419, -330, -71, -413, 846, 3174, -364, 1579),
}  # fmt: skip
