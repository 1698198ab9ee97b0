from __future__ import annotations

import pytest

from csr_bot.core.parsing.bank_accounts import iban_length
from csr_bot.core.parsing.dates import find_dates
from csr_bot.core.parsing.references import canonical_number, find_references


def find(text):
    return find_references(text, dates=tuple(found.span for found in find_dates(text)))


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("Invoice INV-2025-00417 is wrong", ["INV-2025-00417"]),
        ("see INV 2025/00417.", ["INV 2025/00417"]),
        ("from INV2025-00417, please", ["INV2025-00417"]),
        ("INV202500417", ["INV202500417"]),
        ("Rechnung 2025-417", ["2025-417"]),
        ("(invoice: 2025/00398)", ["2025/00398"]),
        ("zu RE 2025-00409 erstellen", ["RE 2025-00409"]),
        ("invoice 431", ["431"]),
        ("invoices 431, 432 and 440", ["431", "432", "440"]),
        ("factures 431, 432 et 440", ["431", "432", "440"]),
        ("Rechnungen 431 und 440", ["431", "440"]),
        ("invoices 431-433", ["431", "432", "433"]),
        ("invoices 00431 to 00433", ["00431", "00432", "00433"]),
        ("invoice no. 5567", ["5567"]),
        ("la facture n° 1188", ["1188"]),
        ("factuur nr 1188", ["1188"]),
        ("a copy of 431", ["431"]),
        ("wrong PO on 431: should", ["431"]),
        ("417 -> 12.500,00", ["417"]),
        ("unit price on 00402", ["00402"]),
        ("ref. 0O431 - we never", ["0O431"]),
        ("INV-2O25-OO417", ["INV-2O25-OO417"]),
        ("lNV-2025-00417", ["lNV-2025-00417"]),
        ("Rg.-Nr.: 90004711", ["90004711"]),
        ("Beleg: 1900441", ["1900441"]),
        ("what about #7718?", ["7718"]),
        ("the price on SI-88213-B is wrong", ["SI-88213-B"]),
        ("F-2291 is a duplicate of F-2305", ["F-2291", "F-2305"]),
        ("factura n\u00ba A-118", ["A-118"]),
        ("factuur 25/0417 en 25/0419", ["25/0417", "25/0419"]),
        ("bill 1108/25-26", ["1108/25-26"]),
        ("nos. 4310 & 4320", ["4310", "4320"]),
        ("invoices 55021/55022", ["55021", "55022"]),
        ("paid MNT-5518 and LTL-4408", ["MNT-5518", "LTL-4408"]),
        ("7701 (20 113,77), 7715 (18 100,00)", ["7701", "7715"]),
        ("INV-2025-\n00417 again", ["INV-2025-00417"]),
        ("INV 2025 - 00417", ["INV 2025 - 00417"]),
        ("the June one, 4417, is still wrong", ["4417"]),
        ("bills 101 and 104 please", ["101", "104"]),
        ("Rechnungen 88, 91 und 93 fehlen", ["88", "91", "93"]),
        ("bill nr. 14 is paid", ["14"]),
        ("run 48: 104, 105 and 109 are paid", ["104", "105", "109"]),
        ("paid for 771 u. 780, advice attached", ["771", "780"]),
        ("factures 811 812 et 815", ["811", "812", "815"]),
        ("Rechnungsnummer 11920 statt 11902", ["11920", "11902"]),
        ("le reste sur la 902", ["902"]),
        ("Bitte auf die 5009 buchen", ["5009"]),
        ("It ended. 3009 charges us for more", ["3009"]),
        ("unter der Nummer FA 20881 erneut", ["20881"]),
        ("Zu 801: kommt am Donnerstag", ["801"]),
        ("objet facture 33/ADM", ["33/ADM"]),
        ("INV-9 is not ours", ["INV-9"]),
        ("la factura FE 2209 no llega", ["2209"]),
        ("rechng 8819 bitte neu", ["8819"]),
    ],
)
def test_invoice_numbers_are_found_as_written(text, raw):
    found = find(text)
    assert [reference.raw for reference in found.invoices] == raw
    assert all(text[slice(*reference.span)] for reference in found.invoices)


@pytest.mark.parametrize(
    "text",
    [
        "we have 431 users",
        "invoice of 12 boxes",
        "all invoices from 2025",
        "invoice says 30 days",
        "invoice 140.00 EUR",
        "invoice 100 EUR",
        "mail ap-431@fabrikam.example or https://x.example/invoice/431",
        "tel. 030 123456 or +49 30 123456",
        "tracking 1Z999AA10123456784, trace 0912-7781",
        "check 10447 and RMA 20931 and delivery note 88213",
        "on 31.10.2025 and 2025-10-31",
        "customer C-1002, contract CT-802",
        "Re: 417 seats",
        "ticket #558213, claim 118-25 and case CSR-2025-0017",
        "Kundennummer 88213, Lieferschein 55120, Kd.-Nr. 20771",
        "num\u00e9ro client 88213 et bon de livraison 66120",
        "the account ending in 4471, IBAN endet auf 0918",
        "cheque no. 000418, UTR SBINR52025110712",
        "LC 2025/IM/00431 and MT700",
        "customer no. 7001 and 7002",
        "VAT DE123456789, tel. 614-555-0177",
        "Calle Mayor 14, 28029 Madrid",
        "invoice over 780 EUR, factura de 980 euros",
        "net 30, page 2, line 10",
        "my student number is 20118834",
        "receipt no. 0098, confirmation # 7718820",
        "bon de reprise n\u00b0 4471, centre de co\u00fbt 61240",
        "le num\u00e9ro de transit 20411",
        "votre compte finit toujours par 0189",
        "article 30-118 is fine, but then 30-121 is not",
        "340 pi\u00e8ces sur 1 000 sont l\u00e0",
        "Acier inc. | 819 555-0144",
        "Fehler E-04",
        ":31C:251103",
        "invoice date 20251031",
        "payment ref 4417",
        "update our routing number to 026009593",
        "credit note 4471, Gutschrift 4472, avoir 4473, delivery note 4474",
    ],
)
def test_other_numbers_are_never_taken_for_an_invoice(text):
    assert [reference.raw for reference in find(text).invoices] == []


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("for PO 4500017731.", ["4500017731"]),
        ("should read 4500017731 not 4500017713", ["4500017731", "4500017713"]),
        ("PO BLK-2026-014 applies", ["BLK-2026-014"]),
        ("our P.O. number 88123", ["88123"]),
        ("PO4512345678", ["4512345678"]),
        ("Bestellnummer: 77123-A", ["77123-A"]),
        ("bon de commande n° 99120", ["99120"]),
        ("Order SO-7712 is blocked", []),
        ("PO line fully invoiced", []),
    ],
)
def test_purchase_orders_are_found(text, raw):
    assert [reference.raw for reference in find(text).purchase_orders] == raw


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("purchase order BPO-7731", ["BPO-7731"]),
        ("orden de compra 7710033821", ["7710033821"]),
        ("inkoopordernummer 4500019331", ["4500019331"]),
        ("bestelbon 77-2025-0221", ["77-2025-0221"]),
        ("pedido 700981", ["700981"]),
        ("Best. 4500090011", ["4500090011"]),
        ("It quotes no purchase order. The right one is 7700034415", ["7700034415"]),
        ("votre commande internet n\u00b0 W-55190", ["W-55190"]),
        ("pedido n.\u00ba 88123", ["88123"]),
        ("nuestra OC es la 4500-88", ["4500-88"]),
        ("Notre num\u00e9ro de commande est le 88123", ["88123"]),
        ("Le BC 7710-25 est vide. On en a un autre, 7744-25", ["7710-25", "7744-25"]),
        ("la commande 81002, l'autre sur 81003", ["81002", "81003"]),
        ("mauvais BC. c'est le 88123 pas le 88132", ["88123", "88132"]),
        ("BC erron\u00e9 : 12-4410 remplace 12-4401", ["12-4410", "12-4401"]),
        ("Bestelnummer 7001199 i.p.v. 7001200", ["7001199", "7001200"]),
        ("unsere Bestellung vom 3.11., Nr. 77120", ["77120"]),
        ("B.-Nr. 4500012345", ["4500012345"]),
        ("OC: 2025-OC-771", ["2025-OC-771"]),
        ("BE-2025-3310", ["BE-2025-3310"]),
        ("PO 1000462/1000457", ["1000462", "1000457"]),
        ("Pongan la referencia RC-2025-118 en todas las facturas", ["RC-2025-118"]),
        ("Alte Abrufe sind weg, es gilt nun 31-000455", ["31-000455"]),
        ("PO#88190", ["88190"]),
        ("POs 4500017731 and 4500017732", ["4500017731", "4500017732"]),
    ],
)
def test_purchase_orders_are_found_in_five_languages(text, raw):
    found = find(text)
    assert ([reference.raw for reference in found.purchase_orders], found.invoices) == (raw, ())


@pytest.mark.parametrize(
    ("text", "invoices", "orders"),
    [
        ("mauvais BC sur la 5561. c'est le 88123", ["5561"], ["88123"]),
        ("Nos falta la OC en la factura 118: es la 55-771", ["118"], ["55-771"]),
        ("Bitte PO 4500012345 statt 4500012354 auf RE 4471", ["4471"], ["4500012345", "4500012354"]),
        ("Rechnung zu PO 4711, das ist die 4417", ["4417"], ["4711"]),
        ("Gutschrift 4471 zu Rechnung 4470", ["4470"], []),
        ("please add PO 231145 to F-2291", ["F-2291"], ["231145"]),
    ],
)
def test_orders_and_the_invoices_they_belong_on_are_told_apart(text, invoices, orders):
    found = find(text)
    assert [reference.raw for reference in found.invoices] == invoices
    assert [reference.raw for reference in found.purchase_orders] == orders


def test_the_canonical_form_keeps_letters_and_digits_only():
    assert canonical_number("inv 2025/00417") == "INV202500417"
    assert canonical_number("\uff29\uff2e\uff36-\uff11") == "INV1"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("DE89 3704 0044 0532 0130 00 effective", 27),
        ("NL91ABNA0417164300", 18),
        ("DE88 3704 0044 0532 0130 00", 0),
        ("INV2025004170000000000", 0),
        ("XX89370400440532013000", 0),
    ],
)
def test_only_an_iban_with_a_right_checksum_is_one(text, length):
    assert iban_length(text) == length


def test_a_bank_account_is_noticed_and_leaves_no_number_behind():
    found = find("use IBAN DE89 3704 0044 0532 0130 00 from now on, invoice 431")
    assert found.has_bank_account
    assert [reference.raw for reference in found.invoices] == ["431"]
    assert not any(letter.isdigit() for letter in found.rest)


def test_an_iban_is_known_through_hidden_marks_and_wide_letters():
    assert find("IBAN \uff24\uff25\uff18\uff1937040044 0532013000").has_bank_account
    assert find("IBAN DE89 3704 00\u00ad44 0532 0130 00").has_bank_account


def test_a_list_without_end_is_cut():
    assert len(find("invoices " + "431, " * 5000).invoices) == 60
