"""What the words and letters before a number say that it is: an invoice, an order, or something else that has numbers.

Five languages with their abbreviations. How far a word may stand from its number is judged in ``references``.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import Final

from csr_bot.core.parsing.language import FOLDING


class Says(IntEnum):
    """What a word says about the number behind it."""

    NOTHING = 0
    INVOICE = 1
    ORDER = 2
    OTHER = 3
    """Numbers of yet another kind: customers, tickets, deliveries, accounts, telephones."""
    PLACE = 4
    """A place in a document, which short numbers have: "line 3"."""
    FILLER = 5
    """Belongs to a number and says nothing: "no.", "number", "is"."""
    LINK = 6
    """Joins a number to what it belongs to: "the PO for 431" is not number 431 itself."""
    PHONE = 7
    ENDING = 8
    """The end of a number that is not told: "the account ending in 4471"."""
    REFERENCE = 9
    """Introduces a number, mostly of an invoice: "our ref."."""


_WORDS: Final = {
    Says.NOTHING: "ordered ordering bestellt besteld bestelde bestellen commander pedir",
    Says.INVOICE: "invoice invoices inv invs invoicing bill bills billing rechnung rechnungen rechnungs rg rgs rgnr re-nr rnr rech renr facture "
    "factures factura facturas fact fac facs fra fras ft factuur facturen fakt faktura fakturen doc docs document documents documento "
    "documentos dokument dokumente beleg belege belegnr boleta boletas recibo recibos comprobante cuenta-de-cobro ncf cfdi folio stuk "
    "nota pieza piece pieces copy copies kopie kopien kopieen copie copies copia copias duplikat zweitschrift pdf pdfs xml ubl reminder mahnung "
    "zahlungserinnerung erinnerung relance rappel aanmaning herinnering recordatorio statement dispute allocate rate price cobro "
    "rechng rechn rchg rechnug rechnug rechung fctura invioce invoce inovice invocie invice facutre facure fatura factuut factur duplicate resend redo reissue rekening rekeningen note-no ehfaktura invoice-no eindfactuur slotfactuur voorschotfactuur schlussrechnung "
    "abschlagsrechnung teilrechnung proforma original",
    Says.ORDER: "po pos p.o p.o.s po-nr po-no po-number ponr pono purchase order orders ordernr bestellung bestellungen bestell best bestell-nr "
    "bestellnr bestellnummer bestnr auftrag auftraege auftragsnr auftragsnummer commande commandes bdc bc bon-de-commande pedido pedidos ped oc o.c orden "
    "ordenes compra bestelnummer bestelnr bestelling bestellingen bestelbon bestelbonnr inkooporder inkoopordernr inkoopordernummer "
    "inkoopnummer ordernummer ordernr bpo blanket achat achats aankoop einkauf abruf abrufbestellung rahmenbestellung b.-nr b-nr req engagement ej e-j abrufe abrufen solped o/c p/o cde cmde opdracht opdrachtnummer inkoopopdracht verplichting verplichtingsnummer call-off calloff afroepen bestelorder requisition requisicion bedarf banf bst purchase-order",
    Says.ENDING: "iban bic swift ending ends endet ende endziffern iban-ende terminada terminado acaba eindigend eindigt terminant finissant last-digits",
    Says.OTHER: "tracking trace track rma cheque cheques check checks ticket tickets tkt routing vendor supplier lieferant lieferantennr lieferschein "
    "lieferscheine ls account acct acc a/c konto kontonummer kontonr kundennummer kundennr kd kdnr kunde kunden kundin debitor debitoren kreditor "
    "customer customers client clients cliente clientes klant klantnr contract contracts kontrakt vertrag vertraege contrat contrato "
    "raamcontract servicecontract contractnr clause clausula klausel article art artikel sku vat ust ust-id ustid ust-idnr uid mwst tva btw iva nif cif "
    "nit rfc rut cuit siret siren kvk gstin pan tin ein blz bsb sort "
    "payment payments pmt zahlung pago paiement betaling zahlungsavis zahlavis avis advice remittance "
    "remadv avise transaction transaktion trn utr eft wire ach transfer virement ueberweisung transferencia overschrijving credit-note "
    "credit gutschrift gutschriften gs avoir avoirs creditnota cn cm credit-memo memo debit debit-note nota-credito delivery dn "
    "bl bon albaran albaranes remision remisiones packslip pakbon leverbon vrachtbrief cmr awb bol lading shipment consignment sendung "
    "sendungsnummer zending zendingnummer colis envio guia suivi lr challan container asn lc l/c akkreditief accreditief documentary documentaire documentario documentair akkreditiv akkreditivnr credoc case fall "
    "fallnummer dossier caso expediente zaak vorgang vorgangsnr geschaeftszeichen aktenzeichen az csr claim claims reklamation "
    "schaden sinistre siniestro klacht reclamo serial seriennummer sn charge lot batch lote model modell modelo modele type typ ral form formular "
    "formulaire formulier clause project projekt project-no projet proyecto kostenstelle cost-center meter zaehler zaehlerstand zaehlernummer compteur medidor "
    "meterstand room zimmer policy police poliza polis licence license permit hrb fn registered registro register registry room unit suite apt plot "
    "street strasse str road rd ave avenue rue calle postfach postbus box bp cp plz zip pbx ext extension poste durchwahl dw tender "
    "licitacion marche mandat mandate mandaat mandato job employee personal-nr order-confirmation error code status rfc smtp juror juror-no wo "
    "work-order werkorder werfnummer hes field feld champ campo "
    "offer offerte quote quotation angebot angebotsnr devis cotizacion presupuesto oferta slip off-hire auth authorisation authorization "
    "deal entity gesellschaft buchungskreis seg rastreo cus clave mpesa release-no innenauftrag cust livraison lieferung cuenta cuentas compte comptes demande anfrage request aanvraag solicitud notice arrangement lease leasing e-cheq cheq echeq code codigo identification mst serie series ley law gesetz kenmerk kennzeichen "
    "leveranciersnummer leveranciersnr proveedor fournisseur aba standby drawing address adresse direccion adres postal registration registre bank banque banco transit institution edi idoc agreement vereinbarung accord acuerdo overeenkomst membership member mitglied zeichen zahlungsreferenz zahlungsref betalingskenmerk bankreferenz flight vol vlucht vuelo reading readings fehler erreur fout offre voucher docket receipt receipts confirmation recu quittance ncr rnc student rccm transit cout coste kostenplaats kostendrager centre center centro chantier obra baustelle machine maschine drawing zeichnung reklamations retoure return returns bestand",
    Says.REFERENCE: "betreff betrifft betr betreft onderwerp asunto objet concerne concerning regarding re wegen bezueglich bzgl aangaande inzake ref refs reference references referenz referentie referencia reference-no",
    Says.PLACE: "line lines position positionen pos. item items zeile zeilen posten ligne lignes linea lineas regel regels poste page seite pagina "
    "clause section abschnitt step level stufe niveau version kw week woche semaine semana",
    Says.FILLER: "correct correcta correcto correcte juiste richtige richtiger korrekte right actual aktuelle huidige actuelle you ihnen ustedes jullie no nos n.º n.° n.o moet nr nrn nrs num nums number numbers nummer nummern numero numeros n n° nº º № # id ids note notes jetzt now nu ahora maintenant with mit bei chez us uns nous new neu neue neuen nouveau nouvelle nuevo nueva nieuw nieuwe concernees elektronische electronique electronica following folgende folgenden suivante suivantes siguiente siguientes volgende open offene offenen overdue unpaid pending respective is are lautet gilt ist sind reads read namely following "
    "es son est sont zijn called marked numbered dated listed nro nros",
    Says.LINK: "for on to of our your my the this that these those from against and under about towards in by fuer auf zu zur zum von vom und der die "
    "das den dem des ihre ihrer ihren ihr unsere unserer unser meine eure euren diese dieser ueber pour sur de du des la le les l' votre vos notre nos cette ces au aux et por "
    "para sobre en el los las del su sus vuestra nuestra nuestro esta estas al y voor op van uw onze jullie deze die tot over het een naar aan",
    Says.PHONE: "tel phone telefon telf fax mobile mobil gsm cell call ext handy t m f telephone telefono telefoon did whatsapp zalo hotline anruf direct durchwahl",
}  # fmt: skip
_BY_WORD: Final = {word: says for says in reversed(Says) if says in _WORDS for word in _WORDS[says].split()}

# Words of languages that put words together, by what they begin or end with; the first that fits counts.
_COMPOUNDS: Final = (
    (re.compile(r"(?:kunden|klant|client|customer|lieferschein|liefer|leverings?|levering|vertrags|contract|ticket|sendungs|tracking|lieferanten|"
                r"leverancier|debitor|zahlungs|zahlbeleg|betalings|belastung|wbs|psp|konto|steuer|ust|btw|vat|artikel|auftragsbest|akkreditiv|charge|serien|zaehler|vorgangs|gutschrifts?|credit|"
                r"creditnota|avis|schadens|reklamations|bank|mandats|projekt|project|personal|vers|polis|police|mitglieds|kassen|werf|afroep|aufmass).*"),
     Says.OTHER),
    (re.compile(r".*(?:schein|vertrag|konto|avis|gutschrift|akkreditiv|nota|specificatie)(?:s?(?:nr|nummer|no))?"), Says.OTHER),
    (re.compile(r"(?:rechnung|invoice|faktu|factu|beleg|rg-|rgnr|re-n).*|.*(?:rechnung|rechnungen|factuur|facturen|invoice|mahnung|nota|beleg|belege)"),
     Says.INVOICE),
    (re.compile(r"(?:bestell?|inkoop|einkaufs|purchase|order|po-|auftrags).*|.*(?:bestellung|bestelling|bestelbon)"), Says.ORDER),
)  # fmt: skip

TOPICS: Final = frozenset({Says.INVOICE, Says.ORDER, Says.OTHER})
"""What a sentence may speak of."""
REGISTERS: Final = frozenset(
    "registration register registro registre registered hrb siret siren kvk routing aba transit sort blz bic swift iban licence license permit policy "
    "police poliza polis lc l/c akkreditiv akkreditief accreditief documentary documentaire documentario documentair credoc field feld champ campo drawing meter zaehler compteur medidor serial seriennummer plot"
    " flight vlucht vol vuelo lease fehler erreur fout".split()
)
"""Words whose numbers are no documents, wherever in a sentence they stand."""

ORDER_PREFIXES: Final = frozenset("PO POS BPO BLK OC BC BEST EK BB BDC PURCH BE REQ BANF PED EJ".split())
"""Letters that orders of customers begin with."""
OTHER_PREFIXES: Final = frozenset(
    "SO CT CTR RMA DN LC ILC CDI LCI AKK MT RAL SKU C KD CUST CS CSR TKT TCK TICKET CASE WO LS BL OSD MDF NC EAN GTIN VAT UTR TRX-REF HES DC RMD CN CM GSTIN NIF "
    "CIF REG ISO DIN RFC SN ART ITEM HRB FN FY SWIFT BIC IBAN UBL EDI NET KW WK VIR PMT TRN CHK EFT ACH OH ANG ASN PBX EIN AKZ "
    "CO VO ORD ND NCR PRJ PROJ JOB QUO QT UTC GMT CET ID APP CR RA CH-ID WBS NB CLAIM".split()
)
"""Letters that numbers of other kinds begin with."""


_NUMBER_ENDING: Final = re.compile(r"(?:[-.](?:nr|no|nummer|number|num|id|code)|(?<=....)(?:nr|nummer))$")


@lru_cache(maxsize=4096)
def read_word(word: str) -> Says:
    """What a word in lower case says of the number behind it."""
    bare = word.rstrip(".:")
    if not bare.isascii():
        bare = bare.translate(FOLDING)
    known = _BY_WORD.get(bare)
    if known is not None:
        return known
    if bare[:2] in {"d'", "l'"}:
        return read_word(bare[2:])
    if (shorter := _NUMBER_ENDING.sub("", bare)) != bare:
        return read_word(shorter) or Says.OTHER
    if len(bare) > 30:
        return Says.NOTHING
    return next((says for pattern, says in _COMPOUNDS if pattern.fullmatch(bare)), Says.NOTHING)
