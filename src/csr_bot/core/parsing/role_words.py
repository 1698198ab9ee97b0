"""Words near an amount that tell what it stands for, in five languages, by how they begin.

How much a word counts at its distance is judged in ``roles``. Accents are folded ("ä" is "ae", "é" is "e").
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from csr_bot.core.parsing.role_weights import ROLES
from csr_bot.core.request import AmountRole

CORRECT, BILLED, DELTA, TOTAL, PAYMENT = (
    AmountRole.CORRECT_VALUE,
    AmountRole.BILLED_VALUE,
    AmountRole.CLAIMED_DELTA,
    AmountRole.INVOICE_TOTAL,
    AmountRole.PAYMENT,
)

# Strong words first: 3 counts three times as much as 1.
_STEMS: Final[dict[AmountRole, dict[int, str]]] = {
    CORRECT: {
        3: "agree\\w* contract\\w* quot\\w+ proposal offer\\w* supposed ought should framework approved? correct right actual\\w* instead rather signed vereinbar\\w+ vertrag\\w* "
        "rahmenvertrag\\w* angebot\\w* angeboten richtig\\w* korrekt\\w* gelten gilt statt anstatt sondern sollte\\w* muesste\\w* bestellpreis\\w* tatsaechlich\\w* convenu\\w* contrat\\w* devis "
        "offre\\w* avenant\\w* accord\\w* lieu devrai\\w+ contrato\\w* acordad\\w+ pactad\\w+ cotiza\\w+ presupuest\\w+ oferta\\w* lugar vez deberia\\w* convenid\\w+ afgesproken overeengekomen "
        "raamovereenkomst\\w* offerte\\w* raamcontract\\w* plaats zou\\w* moeten horen contractueel",
        2: "only just received delivered ordered used took lease[ds]? zugesagt\\w* mietvertrag\\w* locked wms timesheets? logs? records? driver counted fixed always flat previous\\w* reduced must laut gemaess nur lediglich "
        "erhalten geliefert\\w* bestellt\\w* bekommen quittiert aktiv\\w* angekommen seulement livre\\w* recu\\w* prevoi\\w+ fixe\\w* indiquent commande\\w* tarif\\w* bareme releves? devait solo recibi\\w+ entreg\\w+ "
        "dice\\w* pedi\\w+ lista tarifa\\w* slechts ontvangen geleverd gelost besteld prijslijst\\w* maar waren bestelbon catalogue katalog\\w* catalogus ratecard io stand zusage",
        1: "rate price preis prix precio prijs tarief have had got we wir nous tenemos wij",
    },
    BILLED: {
        3: "billed bills invoiced invoicing charged charging charges? carries gone printed calculated? berechnet\\w* abgerechnet\\w* fakturiert\\w* ausgewiesen\\w* verrechnet\\w* angesetzt verlangt factur[ez]\\w* valoris\\w+ compte[zs]? "
        "appliqu\\w+ affich\\w+ facturad\\w+ facturan facturaron cobr\\w+ gefactureerd\\w* aangerekend\\w* berekend\\w* vermeldt gehanteerd\\w* doorberekend\\w* rekent rekenen reclame[zs]?",
        2: "shows? says? states? lists? uses? stehen steht zeigt weist mentionne\\w* indique\\w* mis mettez reprend\\w* aparece\\w* figura\\w* viene\\w* pone muestra staat staan toont now suddenly jetzt ploetzlich maintenant ahora nu",
        1: "invoice bill rechnung facture factura factuur line position ligne regel item unit",
    },
    DELTA: {
        3: "difference\\w* variance discrepancy overcharg\\w* overbill\\w* overpa\\w+ deduct\\w* withh\\w+ short-?pa\\w+ shortpaid shortfall refund\\w* reimburs\\w* credit\\w* disput\\w+ surplus rebate\\w* excess reduction differenz\\w* "
        "gutschrift\\w* gutschreib\\w* gutgeschrieben\\w* kuerz\\w+ gekuerzt\\w* abzug\\w* abgezogen abziehen einbehalt\\w* minderung\\w* erstatt\\w+ rueckerstatt\\w* zuviel ueberzahl\\w* ueberzahlung "
        "avoir\\w* ecart\\w* difference dedui\\w+ deduction\\w* retenu\\w* retenons rembours\\w+ trop surfactur\\w+ ristourne\\w* penalite\\w* crediter\\w* remise\\w* diferencia\\w* descont\\w+ descuent\\w+ reembols\\w+ "
        "devol\\w+ devuel\\w+ abono bonificacion\\w* sobr[ae]\\w* retenid\\w+ retencion\\w* verschil\\w* inhoud\\w* ingehouden terugbetal\\w* teruggave\\w* creditnota\\w* creditering crediteren credit korting\\w* teveel aftrek\\w* afgetrokken retour\\w* bonus",
        2: "fees? surcharges? handling freight shipping carriage postage delivery-charge interest interests late-fee penalty penalties damages vat gst tax mwst ust umsatzsteuer steuer gebuehr\\w* zuschlag\\w* mindermengen\\w* pauschale versandkosten fracht\\w* "
        "frachtkosten spesen mahngebuehr\\w* verzugszinsen zinsen kosten zurueck wiederhaben streichen stornier\\w* fehlend\\w* frais transport interets? tva port majoration rendre retirer annuler creance recargo\\w* "
        "flete\\w* comision\\w* intereses gastos iva envio portes administratiekosten aanmaningskosten verzendkosten toeslag\\w* btw eraf mankement minder remove waive taking knock owes? missing gap extra favor faveur tegoed "
        "werbekosten\\w* kickback support protection demurrage detention contribution bijdrage aportacion aporte participation",
        1: "back off cancel storno annul\\w* anular",
    },
    TOTAL: {
        3: "total\\w* totaal amounts? amounting sum gesamtbetrag\\w* rechnungsbetrag\\w* summe betrag\\w* montant\\w* importes? bedrag\\w* gross brutto monto\\w* rechnungssumme jeweils ingesamt insgesamt",
        2: "each je over ueber outstanding due open balance saldo solde chacune cada unpaid offen\\w* openstaand\\w* relance\\w* forderung recognise charge owed impaye\\w* reclam\\w+ boleta recibo worth",
        1: "invoice bill rechnung facture factura factuur demand",
    },
    PAYMENT: {
        3: "paid payed pay pays paying payments? prepay\\w* transfer\\w* wire[ds]? wiring remit\\w* remittance rtgs neft eft ach chaps sepa cheques? checks? settl\\w+ deposit\\w* instal\\w+ t/t upi bacs monthly weekly bezahl\\w* gezahlt\\w* "
        "zahl\\w+ ueberw\\w+ ueberweis\\w* beglich\\w* begleichen dauerauftrag\\w* abgebucht\\w* abbuch\\w* lastschrift\\w* raten? einmalzahlung\\w* anzahlung\\w* teilzahlung\\w* sofortzahlung\\w* terminueberweisung\\w* abtragen payer\\w* payons paye[zrs]* paiement\\w* virement\\w* vire\\w* "
        "virons regl\\w+ vers\\w+ depot\\w* prelev\\w+ mensualit\\w+ acompte\\w* etalement echelonn\\w+ pag[aueo]\\w* pague\\w* transfer\\w+ deposit\\w* gir[aoe]\\w* ingres\\w+ consign\\w+ cuotas? anticipo\\w* domicili\\w+ abonamos abonad\\w+ "
        "betaal\\w* betal\\w+ overgemaakt\\w* overmak\\w+ overschrijv\\w* gestort\\w* storten termijn\\w* aflos\\w+ incasso\\w* geincasseerd afgeschreven voldoen voldaan vooruitbetal\\w* aanbetal\\w* afbetal\\w* instantbetaling afdragen",
        2: "sent send release[ds]? scheduled queue run offer promise afford remaining remainder rest vorschlag zusage ueberwiesen beglichen vergueten restlich\\w* monatlich\\w* woechentlich versprech\\w* geht raus restant\\w* mensuel\\w* mensuales mensual semaine "
        "promet\\w+ proponemos prometo mes maand week gestuurd toezegg\\w* beloofd ingepland rest allocate apply applied imputez aplique\\w* parvenir arriver llegaran",
        1: "bank today heute hoy aujourd'hui vandaag tomorrow morgen friday freitag",
    },
}
_PATTERNS: Final = tuple(
    (ROLES.index(role), weight, re.compile("|".join(stems.split())))
    for role, rows in _STEMS.items()
    for weight, stems in rows.items()
)


@lru_cache(maxsize=8192)
def read_cue(word: str) -> tuple[tuple[int, int], ...]:
    """The roles that a folded word in lower case speaks for, by their places in ``ROLES``, each with its weight."""
    if len(word) > 30:
        return ()
    found: dict[int, int] = {}
    for place, weight, pattern in _PATTERNS:
        if place not in found and pattern.fullmatch(word):
            found[place] = weight
    return tuple(found.items())
