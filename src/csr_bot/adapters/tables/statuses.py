"""The words that ledgers use for the state and the kind of a document, in five languages, as our own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from csr_bot.adapters.tables.aliases import plain
from csr_bot.core.evidence import DocumentStatus

OPEN: Final = DocumentStatus.OPEN
"""Stands for every word that says nothing but "not settled": the amounts say whether a part is paid."""

_STATUSES: Final[Mapping[DocumentStatus, str]] = {
    DocumentStatus.PAID: "paid|fully paid|paid in full|settled|closed|cleared|complete|completed|reconciled|in payment|bezahlt|ausgeglichen|beglichen|erledigt|geschlossen"
    "|payé|payée|soldé|soldée|réglé|réglée|acquittée|lettré|pagado|pagada|cobrada|cobrado|liquidada|cerrada|betaald|voldaan|afgesloten|vereffend",
    DocumentStatus.PARTLY_PAID: "partly paid|partially paid|partial|part paid|part-paid|partial payment|partpaid|teilbezahlt|teilweise bezahlt|teilzahlung|anbezahlt"
    "|partiellement payé|partiellement payée|payée partiellement|partiel|parcialmente pagada|pagada parcialmente|parcial|pago parcial|deels betaald|gedeeltelijk betaald",
    DocumentStatus.OPEN: "open|unpaid|not paid|outstanding|overdue|past due|late|due|sent|posted|authorised|authorized|approved|submitted|pending|awaiting payment|issued|invoiced|viewed|current"
    "|disputed|in dispute|dispute|on hold|blocked|reminded|dunned|promised|promise to pay|in collection|collections|legal|escalated|not due"
    "|offen|überfällig|fällig|unbezahlt|nicht bezahlt|gebucht|versendet|gemahnt|angemahnt|in mahnung|strittig|in klärung|reklamiert|gesperrt|nicht fällig"
    "|ouvert|ouverte|impayé|impayée|non payé|non payée|échu|échue|en retard|en attente|envoyée|validée|en litige|litige|contesté|contestée|relancée|non échue|à payer"
    "|abierta|abierto|pendiente|pendiente de pago|vencida|vencido|impagada|no pagada|enviada|contabilizada|emitida|en disputa|disputada|reclamada|no vencida"
    "|openstaand|vervallen|onbetaald|niet betaald|verzonden|geboekt|te laat|betwist|in geschil|aangemaand|niet vervallen",
    DocumentStatus.CANCELLED: "cancelled|canceled|void|voided|deleted|rejected|storniert|storno|annulliert|ungültig|annulé|annulée|anulada|anulado|cancelada|cancelado|geannuleerd|vervalt",
    DocumentStatus.CREDITED: "credited|reversed|refunded|credit note issued|return|gutgeschrieben|erstattet|avoir émis|remboursé|remboursée|extournée|abonada|abonado|reembolsada|gecrediteerd|terugbetaald",
    DocumentStatus.WRITTEN_OFF: "written off|write off|write-off|writeoff|bad debt|uncollectible|irrecoverable|abgeschrieben|ausgebucht|uneinbringlich|passé en perte|irrécouvrable|créance irrécouvrable"
    "|incobrable|dada de baja|afgeschreven|oninbaar",
    DocumentStatus.DRAFT: "draft|parked|unposted|in preparation|entwurf|vorerfasst|brouillon|borrador|concept|proforma|pro forma",
}  # fmt: skip
_TYPES: Final[Mapping[str, str]] = {
    "invoice": "invoice|inv|iv|bill|tax invoice|sales invoice|customer invoice|standard invoice|in|ri|rv|dr|re|rg|si|ar|out_invoice|accrec|rechnung|ausgangsrechnung|debitorenrechnung|facture|fac|fact|factura"
    "|factura de venta|factura cliente|factuur|verkoopfactuur|fa|f",
    "credit_note": "credit note|credit memo|creditmemo|credit|credit adjustment|cn|cm|cr|crn|cred|dg|gs|gu|g2|rk|out_refund|accreccredit|refund|sales credit note|sales credit memo|return|gutschrift|gs|rechnungskorrektur"
    "|stornorechnung|avoir|av|note de crédit|nota de crédito|nc|abono|factura rectificativa|rectificativa|creditnota|creditfactuur|credit factuur",
    "debit_note": "debit note|debit memo|dn|dm|debit adjustment|belastung|lastschriftanzeige|note de débit|nota de débito|nota de cargo|debetnota",
    "payment": "payment|pmt|pymt|receipt|customer payment|cash|cash receipt|deposit|unapplied|unapplied payment|unapplied cash|dz|za|zp|ze|on account|zahlung|zahlungseingang|anzahlung a conto|akonto|paiement|règlement|encaissement|pago"
    "|cobro|recibo|betaling|ontvangst",
    "down_payment": "down payment|down_payment|prepayment|advance|deposit invoice|anzahlung|anzahlungsrechnung|acompte|facture d'acompte|anticipo|aanbetaling|vooruitbetaling",
}  # fmt: skip
_STATUS_WORDS: Final = {
    plain(word): status for status, words in _STATUSES.items() for word in (*words.split("|"), status.value)
}
_TYPE_WORDS: Final = {plain(word): kind for kind, words in _TYPES.items() for word in (*words.split("|"), kind)}
_DISPUTED: Final = frozenset(
    {
        "disputed", "indispute", "dispute", "strittig", "inklarung", "inklaerung", "reklamiert", "enlitige", "litige",
        "conteste", "contestee", "endisputa", "disputada", "reclamada", "betwist", "ingeschil",
    }
)  # fmt: skip
"""Plain words for "somebody objects"."""
_TAIL: Final = re.compile(r"\s+[-–—:]\s+|\s*[:;,(/]")
_YES: Final = frozenset(
    {"true", "yes", "y", "ja", "j", "oui", "o", "si", "sí", "s", "x", "1", "wahr", "vrai", "verdadero", "waar"}
)
_NO: Final = frozenset({"false", "no", "n", "nein", "non", "nee", "0", "falsch", "faux", "falso", "onwaar", "-"})
_CREDIT_SIGNS: Final = frozenset({"h", "c", "k", "cr", "credit", "haben", "crédit", "haber", "-", "-1"})
_DEBIT_SIGNS: Final = frozenset({"s", "d", "dr", "debit", "soll", "débit", "debe", "debet", "+", "1"})


@lru_cache(maxsize=4096)
def read_status(text: str) -> DocumentStatus | None:
    """Our word for a status such as ``DISPUTED - PO line fully invoiced``; None for an unknown one."""
    found = _STATUS_WORDS.get(plain(text))
    return found or _STATUS_WORDS.get(plain(_TAIL.split(text.strip(), maxsplit=1)[0]))


@lru_cache(maxsize=4096)
def says_disputed(text: str) -> bool:
    """Whether a status says that somebody objects to the document."""
    return plain(text) in _DISPUTED or plain(_TAIL.split(text.strip(), maxsplit=1)[0]) in _DISPUTED


@lru_cache(maxsize=4096)
def read_type(text: str) -> str | None:
    """``invoice``, ``credit_note``, ``debit_note``, ``payment`` or ``down_payment``; None for an unknown kind."""
    return _TYPE_WORDS.get(plain(text)) or _TYPE_WORDS.get(plain(_TAIL.split(text.strip(), maxsplit=1)[0]))


def read_yes(text: str) -> bool | None:
    """A yes or no; None for another word."""
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else None


def read_sign(text: str) -> int | None:
    """1 for a debit, -1 for a credit; None for another word."""
    word = text.strip().lower()
    return -1 if word in _CREDIT_SIGNS else 1 if word in _DEBIT_SIGNS else None
