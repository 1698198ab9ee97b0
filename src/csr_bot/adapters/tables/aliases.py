"""The names that ledgers and ERP exports give to the columns of an invoice, in five languages.

``plain`` decides what counts as the same name: case, accents, blanks, punctuation and what stands in brackets do not.
A name may mean several fields; the first one that no better name claims is taken. The rank says how sure a name is:
``SURE`` names beat ``LOOSE`` ones silently, two of one rank for one field are shown to people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

OURS: Final = 0
SURE: Final = 1
LOOSE: Final = 2
LAST: Final = 3

CURRENCIES: Final = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
    HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG
    QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD
    TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL
    """.split()  # noqa: SIM905  # six lines instead of a hundred and sixty
)
"""ISO 4217, currencies in use."""
SYMBOLS: Final = {"€": "EUR", "£": "GBP", "₹": "INR", "US$": "USD", "C$": "CAD", "A$": "AUD", "SFR": "CHF", "FR.": "CHF",
    "EURO": "EUR", "EUROS": "EUR", "ZŁ": "PLN"}  # fmt: skip

_SURE: Final[Mapping[str, str]] = {
    "invoice_no": (
        "invoice no|invoice nr|invoice num|invoice number|invoice #|invoice id|invoice|inv no|inv nr|inv #|inv num"
        "|inv number|bill no|bill number|billing document|billing doc|bill #|tax invoice no|sales invoice|invoice ref"
        "|invoice reference|rechnungsnummer|rechnungsnr|rechnung nr|rechnungs-nr|rechnung|re-nr|renr|rg-nr|rgnr"
        "|rechnungs nr|belegfeld 1|n° facture|no facture|nº facture|numéro facture|numéro de facture|num facture|n° de facture"
        "|facture|réf facture|facture n°|nº factura|n° factura|no factura|número factura|número de factura|nº de factura"
        "|num factura|factura|factura nº|factuurnummer|factuurnr|factuur nr|factuur|fakturanummer|numero fattura"
    ),
    "customer_no": (
        "customer no|customer nr|customer num|customer number|customer #|customer code|customer id|customer account"
        "|customer account no|cust no|cust nr|cust #|cust num|cust id|cust code|client no|client number|client id"
        "|client code|account number|account no|account code|card id|debtor no|debtor number|debtor|debtor account"
        "|kundennummer|kundennr|kunden-nr|kd-nr|kdnr|debitor|debitorennummer|debitorennr|debitoren-nr|debitornr"
        "|debitorenkonto|sold-to|sold-to party|sold to|kunnr|payer|bill-to party|bill-to customer no|n° client|no client"
        "|nº client|numéro client|numéro de client|code client|compte client|compte tiers|nº cliente|n° cliente"
        "|no cliente|número cliente|número de cliente|cod cliente|código cliente|código de cliente|klantnummer|klantnr"
        "|klantcode|debiteurnummer|debiteurnr|debiteur|partner id|party id|customer ref"
    ),
    "customer_name": (
        "customer name|kontobezeichnung|kontoname|intitulé compte|contact name|client name|cust name|account name|debtor name|company name|bill-to name|bill to name"
        "|bill to|bill-to customer|sold-to name|kundenname|rechnungsempfänger|name kunde|name des kunden|debitorname"
        "|debitorenname|name debitor|kunde name|nom client|nom du client|raison sociale|nom du tiers|nombre cliente"
        "|nombre del cliente|razón social|klantnaam|naam klant|naam debiteur|debiteurnaam|name 1|partner name|invoice partner display name"
    ),
    "invoice_date": (
        "invoice date|invoice/bill date|bill/invoice date|inv date|document date|doc date|date of invoice|bill date|billing date|issue date|issued on|issued"
        "|date issued|belegdatum|rechnungsdatum|re-datum|rg-datum|rechnung vom|ausstellungsdatum|bldat|date facture"
        "|date de facture|date de la facture|date de facturation|date d'émission|date pièce|fecha factura"
        "|fecha de factura|fecha de la factura|fecha de emisión|fecha emisión|factuurdatum|invoice date date"
    ),
    "due_date": (
        "due date|net due date|net due dt|net due|due dt|payment is due|due on|due by|date due|payment due date|payment due|maturity date|maturity"
        "|fälligkeitsdatum|fälligkeit|fällig am|fällig|nettofälligkeit|zahlbar bis|échéance|date échéance"
        "|date d'échéance|date d’échéance|vencimiento|fecha vencimiento|fecha de vencimiento|vence|vervaldatum|vervaldag"
        "|uiterste betaaldatum|date maturity|invoice date due"
    ),
    "net": (
        "net|tax excluded|net amount|amount net|net value|net total|subtotal|sub total|amount excl vat|amount excl tax|amount untaxed"
        "|total excl vat|netto|nettobetrag|betrag netto|netto betrag|nettowert|montant ht|total ht|ht|base imponible|importe neto|neto|subtotaal"
        "|bedrag excl btw|netto bedrag|nettobedrag|untaxed amount|amount before tax"
    ),
    "tax": (
        "tax|tax amount|vat|vat amount|gst|sales tax|amount tax|mwst|ust|umsatzsteuer|mehrwertsteuer|steuer|steuerbetrag"
        "|mwst betrag|tva|montant tva|iva|importe iva|cuota iva|impuesto|btw|btw bedrag|btw-bedrag|total tax"
    ),
    "gross": (
        "gross|tax included|gross amount|amount gross|gross total|invoice total|invoice amount|inv amount|inv amt|invoice value|total invoice amount|total amount|amount total"
        "|amount incl tax|amount incl vat|total incl vat|grand total|original amount|orig amount|document amount|doc amount|total earnings|billed amount|amount billed"
        "|amount in doc curr|amt in doc curr|amt in doc cur|amount in document currency|amount in doc currency|amount doc curr|amount (doc)|wrbtr"
        "|rechnungsbetrag|rechnungsbetrag brutto|bruttobetrag|brutto|betrag brutto|belegbetrag|rechnungssumme|ursprungsbetrag|betrag in belegwährung"
        "|betrag in bw|montant ttc|total ttc|ttc|montant facture|montant de la facture|montant initial|importe factura|importe total|importe bruto"
        "|total factura|factuurbedrag|bedrag incl btw|brutobedrag|totaalbedrag|oorspronkelijk bedrag"
    ),
    "open_amount": (
        "open amount|amount open|open balance|open|open item amount|balance due|amount remaining|remaining amount|remaining"
        "|remaining balance|amount due|invoice amount due|outstanding|outstanding amount|amount outstanding|outstanding balance|unpaid"
        "|unpaid amount|unpaid balance|balance outstanding|amount residual|residual|open amt|net open|offener betrag|offen"
        "|offener posten|offene posten|restbetrag|rest|restsaldo|offener saldo|noch offen|betrag offen|solde|solde dû|reste à payer|reste dû|montant dû"
        "|montant restant|restant dû|solde restant|montant restant dû|solde ouvert|saldo pendiente|importe pendiente|pendiente|pendiente de pago|pendiente de cobro"
        "|openstaand|openstaand bedrag|openstaand saldo|resterend bedrag|restant|te betalen|due amount"
    ),
    "paid": (
        "paid|paid amount|amount paid|received|received amount|amount received|payments|payments received|invoice amount paid|paid to date|applied"
        "|bezahlt|gezahlt|bezahlter betrag|zahlung|zahlungen|payé|montant payé|réglé|montant réglé|déjà payé|pagado|importe pagado|cobrado|betaald"
        "|betaald bedrag|reeds betaald"
    ),
    "credited": (
        "credited|credit notes|credited amount|amount credited|credits|gutgeschrieben|gutschriften|gutschrift|avoirs|montant avoirs|abonado|abonos"
        "|gecrediteerd|creditnota's"
    ),
    "currency": (
        "currency|curr|currency code|ccy|cur|doc currency|doc curr|doc cur|document currency|currency key|invoice currency|trx currency"
        "|transaction currency|währung|whrg|wkz|wkz umsatz|belegwährung|währungsschlüssel|devise|monnaie|code devise|moneda|divisa"
        "|valuta|munt|waers|currency id"
    ),
    "po_no": (
        "po no|po nr|po number|po #|po|p.o. no|p.o. number|p.o.|purchase order|purchase order no|purchase order number"
        "|customer po|customer po no|customer po number|cust po|client order ref|order ref|order reference|order no|order number|your order"
        "|your reference|bestellnummer|bestellnr|bestell-nr|bestellung|kundenbestellnummer|ihre bestellung|ihr zeichen|bstkd|bstnk"
        "|n° commande|numéro de commande|n° de commande|bon de commande|commande|nº pedido|número de pedido|pedido|orden de compra|bestelnummer|inkooporder|po-nummer|ordernummer"
    ),
    "status": (
        "payment status|invoice status|payment state|rechnungsstatus|zahlungsstatus|statut facture|statut de paiement"
        "|estado factura|betaalstatus|betalingsstatus|factuurstatus"
    ),
    "contract_no": "contract|contract no|contract number|vertrag|vertragsnummer|contrat|n° contrat|contrato|nº contrato|contractnummer",
    "service_from": "service from|period from|leistung von|leistungszeitraum von|période du|servicio desde|periode van",
    "service_to": "service to|period to|leistung bis|leistungszeitraum bis|période au|servicio hasta|periode tot",
    "company_code": "company code|buchungskreis|bukrs|bkr|co code|cocd|société|sociedad|mandant|subsidiary|entity|legal entity|vennootschap",
    "doc_type": (
        "doc type|document type|transaction type|trans type|trx type|invoice type|belegart|blart|type de document|type document|type de pièce|type pièce"
        "|tipo documento|tipo de documento|documenttype|documentsoort|move type|voucher type"
    ),
    "sign": "debit/credit|d/c|dr/cr|d/c indicator|debit/credit ind|debit credit indicator|s/h|soll/haben|soll/haben-kennzeichen|sh-kennzeichen|soll haben kennzeichen|s h kennzeichen|shkzg|sens|débit/crédit|debe/haber|sign|vorzeichen",
    "debit": "debit|debit amount|debits|dr|soll|sollbetrag|betrag soll|débit|montant débit|debe|importe debe|debet",
    "credit": "credit|credit amount|cr|haben|habenbetrag|betrag haben|crédit|montant crédit|haber|importe haber",
    "terms": "terms|payment terms|terms of payment|pay terms|zahlungsbedingung|zahlungsbedingungen|zahlungsziel|conditions de paiement|condiciones de pago|betalingsconditie|betalingstermijn|zterm",
    "settled_on": "settled date|settled on|settlement date|paid date|date paid|paid on|payment date|clearing date|clearing|cleared on|ausgleich|ausgleichsdatum|bezahlt am|zahlungsdatum|date de paiement|date de règlement|payé le|fecha de pago|fecha pago|betaald op|betaaldatum|augdt",
    "dispute_flag": "disputed|dispute|dispute flag|in dispute|is disputed|strittig|in klärung|reklamation|litige|en litige|en disputa|disputada|betwist",
    "dispute_reason": "dispute reason|reason for dispute|klärungsgrund|motif du litige|motivo de la disputa",
    "dunning_level": "dunning level|reminder level|mahnstufe|niveau de relance|nivel de reclamación|aanmaanniveau",
    "last_payment_date": "last payment date|date of last payment|last payment on|letzte zahlung am|date du dernier paiement|fecha del último pago",
    "delivery_note": "delivery note|delivery note no|delivery note number|lieferschein|lieferscheinnummer|bon de livraison|albarán|pakbon",
    "invoice_email": "invoice email|customer email|billing email|email|e-mail|mail|e-mail kunde|courriel|correo|correo electrónico|email client",
    "country": "country|country code|customer country|land|länderschlüssel|pays|país|landcode",
    "days_overdue": "days late|days overdue|days outstanding|overdue days|days past due|aging days|age|tage überfällig|tage offen|verzugstage|jours de retard|retard|días vencidos|días de retraso|dagen te laat|dagen achterstallig",
    "local_gross": (
        "amount in local currency|amt in loc cur|amt in loc curr|amt in local currency|amount in local curr|amount in loc curr|amount in lc|lc amount|local amount|local currency amount|amount local|amount lc|dmbtr"
        "|home amount|amount in company code currency|company currency amount|amount in company currency|functional amount|base amount|amount base currency|base currency amount|amount (base)"
        "|betrag in hauswährung|betrag in hw|betrag hauswährung|hauswährungsbetrag|hausbetrag|montant en devise locale|montant devise société|importe en moneda local|importe moneda local|bedrag in lokale valuta"
    ),
    "local_open": (
        "open amount in local currency|open amount lc|open lc|balance in local currency|balance lc|balance lcy|remaining amount lcy|remaining amt lcy|open amount local|outstanding in base currency|offener betrag in hauswährung|offen hw"
        "|saldo hauswährung|solde en devise locale|saldo en moneda local"
    ),
    "local_currency": "local currency|loc curr|lc|local curr|lcurr|home currency|base currency|company currency|functional currency|company code currency|hauswährung|hwaer|hauswhrg|devise locale|moneda local|lokale valuta",
}  # fmt: skip

# Names that mean something only where nothing better stands beside them: fields in order of preference.
_LOOSE: Final[Mapping[str, tuple[str, ...]]] = {
    "num|doc no|doc nr|doc #|document no|document number|document nr|document #|document|docno|belegnummer|belegnr|beleg-nr|beleg nr|beleg|n° pièce"
    "|numéro de pièce|pièce|n° document|nº documento|número de documento|documento|documentnummer|transaction no|transaction number|voucher no": ("invoice_no",),
    "customer|contact|kunde|client|cliente|klant|tiers|account|konto|compte|cuenta|relatie|party|partner": ("customer_no", "customer_name"),
    "name|nom|nombre|naam|display name": ("customer_name", "invoice_no"),
    "date|datum|fecha|transaction date|trx date|document dt": ("invoice_date",),
    "amount|betrag|montant|importe|bedrag|total|total amt|amt|value|wert|gesamt|gesamtbetrag|summe|totaal": ("gross",),
    "balance|saldo": ("open_amount",),
    "type|art|typ|tipo|soort": ("doc_type",),
    "company|firma|société émettrice": ("company_code", "customer_name"),
    "due": ("due_date", "open_amount"),
    "status|state|doc status|statut|état|estado": ("status",),
    "credit note amount": ("credited",),
}  # fmt: skip
_LAST: Final[Mapping[str, tuple[str, ...]]] = {
    "reference|ref|referenz|référence|réf|referencia|referentie|reference xblnr|xblnr|reference no|reference number|reference document|ref no|ref nr": ("invoice_no", "po_no"),
    "assignment|assignment zuonr|zuordnung|zuordnungsnummer|zuonr|affectation|asignación|toewijzing|id|number|nummer|numéro|número|no|nr|entry no|name odoo|belnr": ("invoice_no",),
    "posting date|pstng date|post date|buchungsdatum|date comptable|date de comptabilisation|fecha contable|fecha de contabilización|boekdatum|boekingsdatum|budat|gl date|entry date": ("invoice_date",),
}  # fmt: skip

_FOLDED: Final = {ord("ß"): "ss", ord("ø"): "o", ord("ł"): "l", ord("#"): " no ", ord("№"): " no ", ord("’"): "'"}
_BRACKETS: Final = re.compile(r"[(\[{][^)\]}]*[)\]}]")
_UMLAUTS: Final = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}


@cache
def plain(title: str) -> str:
    """A header reduced to what is compared: letters and digits only, lower case, without accents."""
    text = unicodedata.normalize("NFKC", title).lower().translate(_FOLDED)
    text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return re.sub(r"[^\w]|_", "", text)


def without_brackets(title: str) -> str:
    """A header without what stands in brackets: units, currencies, technical names."""
    return _BRACKETS.sub(" ", title)


@cache
def known_names(*, ours_first: bool) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Plain name to (field, rank) in order of preference; ``ours_first`` where a table claims to use our own names."""
    names: dict[str, tuple[tuple[str, int], ...]] = {}
    for rank, table in ((LAST, _LAST), (LOOSE, _LOOSE)):
        for words, fields in table.items():
            for word in words.split("|"):
                names |= dict.fromkeys(_forms(word), tuple((name, rank) for name in fields))
    for name, words in _SURE.items():
        for word in (*words.split("|"), *([name] if ours_first or name != "status" else [])):
            names |= dict.fromkeys(_forms(word), ((name, OURS if ours_first and word == name else SURE),))
    return names


def _forms(word: str) -> set[str]:
    """With and without umlauts: both are written."""
    return {plain(word), plain(word.lower().translate(_UMLAUTS))}
