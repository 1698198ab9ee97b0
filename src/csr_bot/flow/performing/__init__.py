"""How each kind of effect is looked up, checked, submitted and proved. When to do which is for ``act``.

What the params and the precondition of an effect must hold is written at the top of the module of its kind. All values
are text in the forms of payloads: amounts as plain decimals, days in ISO 8601. An effect acts on the first that its
params name of: ``to``, ``ticket``, ``lc_no``, ``payment_no``, ``invoice_no``, ``customer_no``.
"""

from __future__ import annotations

from csr_bot.core.effects import EffectType
from csr_bot.flow.desk import Desk
from csr_bot.flow.performing.answers import Answers
from csr_bot.flow.performing.credit_notes import CreditNotes
from csr_bot.flow.performing.documents import KIND_OF, Documents
from csr_bot.flow.performing.fields import FIELDS_OF, Fields
from csr_bot.flow.performing.performer import Before, Performer, Proof, Sighting
from csr_bot.flow.performing.portal_comments import PortalComments
from csr_bot.flow.performing.registers import REGISTER_OF, Registers

__all__ = ["Before", "Performer", "Proof", "Sighting", "performer_for"]


def performer_for(desk: Desk, effect_type: EffectType) -> Performer:
    """The performer of an effect's type."""
    if effect_type is EffectType.CREATE_CREDIT_NOTE:
        return CreditNotes(desk)
    if effect_type is EffectType.PORTAL_COMMENT:
        return PortalComments(desk)
    if effect_type in KIND_OF:
        return Documents(desk)
    if effect_type in FIELDS_OF:
        return Fields(desk)
    if effect_type in REGISTER_OF:
        return Registers(desk)
    return Answers(desk)
