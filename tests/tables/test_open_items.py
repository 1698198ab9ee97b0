"""Lists of open items as programs export them: no two alike, and each read without being told how."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from csr_bot.adapters.tables import open_ledger
from csr_bot.core.evidence import DocumentStatus
from csr_bot.ports import RefusedError
from tests.tables.conftest import read_file

HEADER = "Invoice No;Customer No;Customer Name;Invoice Date;Due Date;Currency;Amount;Open Amount\n"


@pytest.fixture
def read_text(tmp_path):
    """Reads a text as a file of that content."""

    def read(text, encoding="utf-8", **options):
        path = tmp_path / "open.csv"
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return read_file(path, **options)

    return read


@pytest.fixture
def read_sheet(tmp_path):
    """Reads rows as a sheet of that content."""

    def read(*rows, edit=lambda workbook: None, **options):
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append(row)
        edit(workbook)
        workbook.save(tmp_path / "open.xlsx")
        return read_file(tmp_path / "open.xlsx", **options)

    return read


def facts(invoice):
    return (
        invoice.invoice_no, invoice.customer_no, invoice.invoice_date, invoice.due_date, invoice.gross.amount,
        invoice.open_amount.amount, invoice.currency,
    )  # fmt: skip


EXPECTED = ("0000417", "C-100", date(2025, 10, 31), date(2025, 11, 30), Decimal("1234.56"), Decimal("1000.00"), "EUR")


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "0000417;C-100;Acme;2025-10-31;2025-11-30;EUR;1234.56;1000.00\n",
        ("Invoice #,Customer ID,Client Name,Date,Payment Due Date,Curr.,Total,Balance Due\n"
        '0000417,C-100,Acme,10/31/2025,11/30/2025,eur,"1,234.56","1,000.00"\n'),
        ("Belegnr.;Debitor;Kundenname;Belegdatum;Fällig am;Betrag in EUR;Offener Betrag (EUR)\n"
        "0000417;C-100;Acme;31.10.2025;30.11.2025;1.234,56;1.000,00\n"),
        ("Rechnungs-Nr.;Kd-Nr.;Rechnungsempfänger;Rechnungsdatum;Faelligkeit;Währung;Rechnungsbetrag;Restbetrag\n"
        "0000417;C-100;Acme;31.10.25;30.11.25;€;1.234,56 €;1.000,-\n"),
        ("N° facture;N° client;Raison sociale;Date de facture;Date d'échéance;Devise;Montant TTC;Reste à payer\n"
        "0000417;C-100;Acme;31/10/2025;30/11/2025;EUR;1 234,56;1\u00a0000,00\n"),
        ("Nº factura;Cód. cliente;Nombre cliente;Fecha factura;Vencimiento;Moneda;Importe total;Saldo pendiente\n"
        "0000417;C-100;Acme;31/10/2025;30/11/2025;EUR;1.234,56;1.000,00\n"),
        ("Factuurnummer\tDebiteurnr\tKlantnaam\tFactuurdatum\tVervaldatum\tValuta\tFactuurbedrag\tOpenstaand bedrag\n"
        "0000417\tC-100\tAcme\t31-10-2025\t30-11-2025\tEUR\t1.234,56\t1.000,00\n"),
        ("invoice_number|partner_id|partner_name|invoice_date|invoice_date_due|currency_id|amount_total|amount_residual\n"
        "0000417|C-100|Acme|2025-10-31 00:00:00|2025-11-30|EUR|1234.56|1000.0\n"),
        ("Billing Document|KUNNR|Name 1|BLDAT|Net due date|WAERS|Amount in doc. curr.|DMBTR|Open\n"
         "0000417|C-100|Acme|20251031|20251130|EUR|1234.56|1400.00|1000.00\n"),
        ("InvoiceNumber,ContactName,AccountNumber,InvoiceDate,DueDate,Total,InvoiceAmountPaid,InvoiceAmountDue,Currency\n"
        "0000417,Acme,C-100,31 Oct 2025,30 Nov 2025,1234.56,234.56,1000.00,EUR\n"),
        ("Invoice No;Customer No;Customer Name;Invoice Date;Terms;Currency;Amount;Paid\n"
        "0000417;C-100;Acme;2025-10-31;Net 30;EUR;1234.56;234.56\n"),
        ("Invoice;;Customer;;Days;;Amounts;;\nNo;Type;No;Name;Invoice Date;Due Date;Gross;Open;Currency\n"
        "0000417;INV;C-100;Acme;45961;45991;1234.56;1000;EUR\n"),
        (f"Report: open items\nCurrency:;EUR\n\n{HEADER.replace('Currency;', '')}"
        "0000417;C-100;Acme;2025-10-31;2025-11-30;1234.56;1000.00\n"),
        HEADER + '"=""0000417""";\'C-100;Acme;2025-10-31;2025-11-30;EUR;EUR 1234.56;1000.00\n',
    ],
    ids=[
        "plain", "american", "german", "german words", "french", "spanish", "dutch", "odoo", "sap", "xero", "terms",
        "two header lines", "currency above", "protected cells",
    ],
)  # fmt: skip
def test_lists_of_many_programs_say_the_same(read_text, text):
    reading = read_text(text)
    assert reading.refused == ()
    assert [facts(invoice) for invoice in reading.invoices] == [EXPECTED]
    assert [(customer.customer_no, customer.legal_name) for customer in reading.customers] == [("C-100", "Acme")]
    assert (reading.accepted, reading.reason) == (True, None)
    assert reading.read_totals == {"EUR": Decimal("1000.00")}


@pytest.mark.parametrize(
    ("text", "numbers", "total"),
    [
        (
            (
                "A/R Aging Detail\nAs of December 15, 2025\n\n,Type,Date,Num,P.O. #,Name,Terms,Due Date,Aging,"
                "Open Balance (USD)\n"
                "Current,,,,,,,,,\n,Invoice,12/01/2025,1071,,Acme Inc,Net 30,12/31/2025,,1200.00\n"
                ",Invoice,12/13/2025,1072,,Beta LLC,Net 30,01/12/2026,,300.50\nTotal Current,,,,,,,,,"
                "1500.50\nTOTAL,,,,,,,,,1500.50\n"
            ),
            ["1071", "1072"],
            "1500.50",
        ),
        (
            (
                "Stand 15.12.2025\n\nSt\tAssignment\tDocument Number\tDocument Type\tDocument Date"
                "\tNet due dt\tAmount in doc. curr."
                "\tDoc. Curr.\tAmt in loc.cur.\tLCurr\tCustomer\n\t1\t1800000001\tRV\t01.12.2025\t31.12.2025"
                "\t1.190,00\tUSD"
                "\t1.000,00\tEUR\t100001\n\t1\t1400000001\tDZ\t02.12.2025\t02.12.2025\t500,00-\tUSD\t420,"
                "00-\tEUR\t100001\n"
            ),
            ["1800000001"],
            "690.00",
        ),
        (
            (
                "As at 2025-12-15\n\nInvoice Number,Contact,Invoice Date,Due Date,Invoice Total (USD),Paid,Due,Status\n"
                "INV-1,Acme,1 Dec 2025,31 Dec 2025,100.00,40.00,60.00,Awaiting Payment\n"
            ),
            ["INV-1"],
            "60.00",
        ),
    ],
    ids=["aging report", "line items", "invoice list"],
)
def test_reports_of_known_programs_are_read_as_they_come(read_text, text, numbers, total):
    reading = read_text(text)
    assert (reading.accepted, reading.refused) == (True, ())
    assert [invoice.invoice_no for invoice in reading.invoices] == numbers
    assert reading.read_totals == {"USD": Decimal(total)}
    assert (reading.as_of, reading.as_of_from) == (date(2025, 12, 15), "title")


@pytest.mark.parametrize(
    ("encoding", "prefix"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("utf-16-le", "\ufeff"), ("utf-16-le", ""), ("utf-16-be", ""),
     ("cp1252", ""), ("latin-1", "")],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_every_encoding_and_delimiter_is_told_from_the_content(read_text, encoding, prefix, delimiter):
    text = HEADER.replace("Customer Name", "Kundenname Währung").replace("Kundenname Währung", "Name des Kunden")
    rows = text + "0000417;C-100;Müller & Söhne;2025-10-31;2025-11-30;EUR;1234.56;1000.00\n"
    reading = read_text(prefix + rows.replace(";", delimiter), encoding)
    assert [facts(invoice) for invoice in reading.invoices] == [EXPECTED]
    assert reading.customers[0].legal_name == "Müller & Söhne"


def test_a_line_that_names_the_separator_is_no_header(read_text):
    reading = read_text("sep=|\n" + (HEADER + "A-1;C-1;a;2025-10-31;2025-11-30;EUR;5;5\n").replace(";", "|"))
    assert reading.invoices[0].locator == "open.csv!3"


def test_a_cell_may_hold_line_breaks_and_quotation_marks(read_text):
    reading = read_text(
        HEADER + 'A-1;C-1;"Acme ""North""\nUnit 4";2025-10-31;2025-11-30;EUR;5;5\nA-2;C-1;x;2025-10-31;;EUR;5;5\n'
    )
    assert reading.customers[0].legal_name == 'Acme "North"\nUnit 4'
    assert [invoice.locator for invoice in reading.invoices] == ["open.csv!2", "open.csv!4"]


@pytest.mark.parametrize("opened", ['A-1;"Acme;C;2025-10-31;2025-11-30;EUR;5;5\n', 'A-1;C;"' + "x\n" * 200])
def test_a_quotation_mark_that_is_never_closed_is_named(read_text, opened):
    rest = "".join(f"B-{number};C-1;a;2025-10-31;2025-11-30;EUR;5;5\n" for number in range(20))
    with pytest.raises(RefusedError, match=r"open\.csv: a quotation mark in line 2 is not closed"):
        read_text(HEADER + opened + rest)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("A-1;C-1;a;2025-10-31;2025-11-30;EUR;1,234,56;5", "Amount", "NOT_A_NUMBER"),
        ("A-1;C-1;a;03/04/2025;2025-11-30;EUR;5;5", "Invoice Date", "DATE_AMBIGUOUS"),
        ("A-1;C-1;a;31.02.2025;2025-11-30;EUR;5;5", "Invoice Date", "NOT_A_DATE"),
        ("4,5E+09;C-1;a;2025-10-31;2025-11-30;EUR;5;5", "Invoice No", "ID_SCIENTIFIC"),
        ("A-1;C-1;a;2025-10-31;2025-11-30;EUR;5;", "Open Amount", "EMPTY"),
        ("A-1;;;2025-10-31;2025-11-30;EUR;5;5", "Customer No", "EMPTY"),
        (";C-1;a;2025-10-31;2025-11-30;EUR;5;5", "Invoice No", "EMPTY"),
        ("A-1;C-1;a;2025-10-31;2025-11-30;$;5;5", "Currency", "CURRENCY_AMBIGUOUS"),
        ("A-1;C-1;a;2025-10-31;2025-11-30;EUR;USD 5;5", "Amount", "CURRENCY_CONTRADICTS_ROW"),
        ("A-1;C-1;a;2025-10-31;2025-11-30;EUR;#REF!;5", "Amount", "CELL_ERROR"),
        ("A-1;C-1;a;2025-10-31;2025-11-30;EUR;5;6.5k", "Open Amount", "AMOUNT_AMBIGUOUS"),
        ("A-1;C-1;a;2025-10-31;2025-11-30;EUR;5;5;and more", None, "TOO_MANY_CELLS"),
        ('A-1;"C"1;a;2025-10-31;2025-11-30;EUR;5;5', None, "BAD_QUOTATION"),
        ("A-1;C\0-1;a;2025-10-31;2025-11-30;EUR;5;5", "Customer No", "NUL_CHARACTER"),
        ("A-1;C-1;a\0b;2025-10-31;2025-11-30;EUR;5;5", "Customer Name", "NUL_CHARACTER"),
    ],
)
def test_a_row_that_says_nothing_certain_is_refused_with_its_place(read_text, row, column, reason):
    reading = read_text(
        HEADER + "B-1;C-1;a;2025-10-31;2025-11-30;EUR;5.00;5.00\n" + row + "\nB-2;C-1;a;2025-10-31;;EUR;7;7\n"
    )
    note = reading.refused[0]
    assert (note.row, note.column or None, note.reason) == (3, column, reason)
    assert [invoice.invoice_no for invoice in reading.invoices] == ["B-1", "B-2"]
    assert (reading.accepted, reading.refused_count) == (True, 1)


@pytest.mark.parametrize(("other", "day"), [("25/03/2025", date(2025, 4, 3)), ("03/25/2025", date(2025, 3, 4))])
def test_one_clear_day_decides_for_the_file(read_text, other, day):
    reading = read_text(HEADER + f"A-1;C-1;a;03/04/2025;04/05/2025;EUR;5;5\nA-2;C-1;a;{other};01/06/2025;EUR;5;5\n")
    assert reading.invoices[0].invoice_date == day
    assert reading.refused == ()


def test_a_profile_decides_where_no_day_is_clear(read_text):
    text = HEADER + "A-1;C-1;a;03/04/2025;04/05/2025;EUR;5;5\n"
    assert read_text(text, profile="us").invoices[0].invoice_date == date(2025, 3, 4)
    assert read_text(text, profile="uk").invoices[0].invoice_date == date(2025, 4, 3)


def test_a_file_that_writes_days_both_ways_keeps_the_open_ones_out(read_text):
    rows = ("25/03/2025", "03/25/2025", "03/04/2025")
    reading = read_text(HEADER + "".join(f"A-{n};C-1;a;{day};;EUR;5;5\n" for n, day in enumerate(rows)))
    assert [(note.row, note.reason) for note in reading.refused] == [(4, "DATE_AMBIGUOUS")]


@pytest.mark.parametrize(
    ("amounts", "read"),
    [
        (("1.234", "1.234,50"), "1234"), (("1.234", "12,5"), "1234"), (("1,234", "1,234.50"), "1234"),
        (("1.234", "5"), "1234"), (("1.234", "12.50"), None), (("1,234", "12,50"), None),
        (("(1.234,56)", "1,00"), "-1234.56"), (("1234,56-", "1,00"), "-1234.56"), (("1'234.50", "1.00"), "1234.50"),
        (("12,34,567.89", "1.00"), "1234567.89"), (("\u22121.234,56", "1,00"), "-1234.56"),
        (("1.234,56 CR", "1,00"), "-1234.56"),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_the_form_of_its_column(read_text, amounts, read):
    first, second = amounts
    reading = read_text(
        HEADER + f"A-1;C-1;a;2025-10-31;;EUR;{first};{first}\nA-2;C-1;a;2025-10-31;;EUR;{second};{second}\n"
    )
    if read is None:
        assert [note.reason for note in reading.refused] == ["AMOUNT_AMBIGUOUS"]
    else:
        assert reading.invoices[0].gross.amount == Decimal(read)


def test_negative_rows_are_credit_notes_and_payments_are_payments(read_text):
    header = HEADER.replace("Currency", "Currency;Document Type")
    rows = ("R-1;C-1;a;2025-10-31;;EUR;RV;100;100", "G-1;C-1;a;2025-10-31;;EUR;Credit Memo;-30;-30",
            "G-2;C-1;a;2025-10-31;;EUR;;-5;-5", "Z-1;C-1;a;2025-10-31;;EUR;DZ;-20;-20")  # fmt: skip
    reading = read_text(header + "\n".join(rows) + "\n")
    assert [(row.invoice_no, row.doc_type) for row in reading.invoices] == [
        ("R-1", "invoice"), ("G-1", "credit_note"), ("G-2", "credit_note"),
    ]  # fmt: skip
    assert [(row.payment_no, row.unapplied.amount) for row in reading.payments] == [("Z-1", Decimal(20))]
    assert reading.read_totals == {"EUR": Decimal(45)}


@pytest.mark.parametrize(
    ("header", "row", "amount"),
    [
        ("Invoice No;Customer;Date;Currency;Debit;Credit", "A-1;x;2025-01-31;EUR;50.00;", "50.00"),
        ("Invoice No;Customer;Date;Currency;Debit;Credit;Balance", "A-1;x;2025-01-31;EUR;;50.00;910.00", "-50.00"),
        ("Belegnr;Kunde;Datum;Währung;Betrag;S/H", "A-1;x;2025-01-31;EUR;50,00;H", "-50.00"),
        ("Belegnr;Kunde;Datum;Währung;Betrag;S/H", "A-1;x;2025-01-31;EUR;50,00;S", "50.00"),
        ("Invoice No;Customer;Date;Amount (EUR);D/C", "A-1;x;2025-01-31;-50.00;C", "-50.00"),
    ],
)
def test_debit_and_credit_may_be_columns_or_signs(read_text, header, row, amount):
    assert read_text(f"{header}\n{row}\n").invoices[0].open_amount.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("word", "amounts", "status", "left"),
    [
        ("Paid", "100;", DocumentStatus.PAID, 0),
        ("DISPUTED - PO line fully invoiced", "100;60", DocumentStatus.PARTLY_PAID, 60),
        ("überfällig", "100;100", DocumentStatus.OPEN, 100), ("Storniert", "100;0", DocumentStatus.CANCELLED, 0),
        ("payée partiellement", "100;40", DocumentStatus.PARTLY_PAID, 40),
        ("written-off", "100;0", DocumentStatus.WRITTEN_OFF, 0),
        ("", "100;0", DocumentStatus.PAID, 0), ("vencida", "100;100", DocumentStatus.OPEN, 100),
        ("Void", "100;0", DocumentStatus.CANCELLED, 0), ("Awaiting Payment", "100;100", DocumentStatus.OPEN, 100),
        ("geannuleerd", "100;0", DocumentStatus.CANCELLED, 0), ("in klärung", "100;100", DocumentStatus.OPEN, 100),
    ],
)  # fmt: skip
def test_states_have_many_words(read_text, word, amounts, status, left):
    header = HEADER.replace("Currency", "Currency;Status")
    invoice = read_text(f"{header}A-1;C-1;a;2025-10-31;;EUR;{word};{amounts}\n").invoices[0]
    assert (invoice.status, invoice.open_amount.amount) == (status, left)


def test_an_unknown_state_follows_the_amounts_with_a_warning(read_text):
    reading = read_text(HEADER.replace("Currency", "Currency;Status") + "A-1;C-1;a;2025-10-31;;EUR;fnord;9;9\n")
    assert reading.invoices[0].status is DocumentStatus.OPEN
    assert "UNKNOWN_STATUS" in {note.reason for note in reading.warnings}


def test_groups_name_their_customer_once_and_end_with_a_total(read_text):
    reading = read_text(
        "Open items\nStichtag: 31.10.2025\n\nKunde;Name;Rechnung;Datum;Betrag EUR\n"
        "4711;Acme;A-1;01.10.2025;100,00\n;;A-2;02.10.2025;50,00\n;;Summe;;150,00\n\n"
        "4712;Beta;B-1;03.10.2025;7,00\nSumme Beta;;;;7,00\nGesamtsumme;;;;157,00\n"
    )
    assert [(row.invoice_no, row.customer_no) for row in reading.invoices] == [
        ("A-1", "4711"), ("A-2", "4711"), ("B-1", "4712"),
    ]  # fmt: skip
    assert (reading.as_of, reading.as_of_from) == (date(2025, 10, 31), "title")
    assert reading.control_totals == reading.read_totals == {"EUR": Decimal("157.00")}
    assert reading.accepted


def test_a_line_above_a_group_names_the_customer(read_text):
    reading = read_text(
        "Num,Date,Due Date,Amount (USD),Open Balance\nAcme Ltd,,,,\nA-1,10/31/2025,11/30/2025,100.00,100.00\n"
        "Total for Acme Ltd,,,100.00,100.00\nCustomer: 4712 Beta Inc.,,,,\n"
        "B-1,10/30/2025,11/29/2025,7.00,7.00\nTOTAL,,,107.00,107.00\n"
    )
    assert [(row.customer_no, row.legal_name) for row in reading.customers] == [
        ("Acme Ltd", "Acme Ltd"),
        ("4712", "Beta Inc."),
    ]
    assert [row.customer_no for row in reading.invoices] == ["Acme Ltd", "4712"]
    assert reading.control_totals == {"USD": Decimal("107.00")}


def test_a_customer_missing_from_one_row_is_not_taken_from_the_row_above(read_text):
    rows = "".join(f"A-{n};{'' if n == 3 else 'C-1'};;2025-10-31;;EUR;5;5\n" for n in range(6))
    assert [(note.row, note.reason) for note in read_text(HEADER + rows).refused] == [(5, "EMPTY")]


def test_a_last_total_that_does_not_add_up_keeps_the_list_out(read_text):
    reading = read_text(HEADER + "A-1;C-1;a;2025-10-31;;EUR;5;5\nTotal;;;;;;6.00;6.00\n")
    assert not reading.accepted
    assert reading.reason == "the total in row 3 is 6.00, its rows add up to 5 EUR"


def test_totals_in_two_currencies_are_not_compared_with_their_sum(read_text):
    reading = read_text(HEADER + "A-1;C-1;a;2025-10-31;;EUR;5;5\nA-2;C-1;a;2025-10-31;;USD;7;7\nTotal;;;;;;12;12\n")
    assert reading.accepted
    assert reading.read_totals == {"EUR": Decimal(5), "USD": Decimal(7)}
    assert reading.control_totals == {}


def test_duplicates_are_reported_with_both_places_and_counted_nowhere(read_text):
    rows = ("inv/25-1;C-1;a;2025-10-31;;EUR;5;5", "B;C-1;a;2025-10-31;;EUR;7;7", "INV 25 1;C-2;b;2025-10-31;;EUR;5;5")
    reading = read_text(HEADER + "\n".join(rows) + "\n")
    assert [(note.row, note.reason, note.detail) for note in reading.refused] == [
        (2, "NOT_UNIQUE", "also in row 4"), (4, "NOT_UNIQUE", "also in row 2"),
    ]  # fmt: skip
    assert (reading.duplicates, reading.read_totals) == (2, {"EUR": Decimal(7)})


def test_a_list_without_any_currency_is_shown_and_not_accepted(read_text):
    text = HEADER.replace("Currency;", "") + "A-1;C-1;a;2025-10-31;;5;5\n"
    reading = read_text(text)
    assert "names a currency" in reading.reason
    assert reading.read_totals == {"XXX": Decimal(5)}
    assert read_text(text, currency="EUR").accepted


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Invoice No;Customer;Date;Amount;Total;Currency", "'Amount' and 'Total' both look like gross"),
        (
            "Invoice No;Invoice Number;Customer;Date;Amount;Currency",
            "'Invoice No' and 'Invoice Number' both look like invoice_no",
        ),
        ("Invoice No;Customer;Date;Due Date;Betrag (TEUR);Currency", "rounded amounts"),
        ("Invoice No;Customer;Status;Amount;Currency", "no column for invoice_date"),
    ],
)
def test_columns_that_cannot_be_told_apart_are_named(read_text, header, said):
    with pytest.raises(RefusedError, match=said.replace("(", r"\(")):
        read_text(header + "\nA-1;x;y;1;2;3\n")


def test_the_surer_name_wins_and_the_rest_is_reported(read_text):
    reading = read_text(
        "Document Number;Reference;Customer;Document Date;Posting Date;Amount in doc. curr.;Document currency;"
        "Amount in local currency;Text\n90001;4711;C-1;2025-10-31;2025-11-01;5.00;USD;4.60;hello\n"
    )
    invoice = reading.invoices[0]
    assert (invoice.invoice_no, invoice.po_no, invoice.invoice_date, invoice.currency) == (
        "90001", "4711", date(2025, 10, 31), "USD",
    )  # fmt: skip
    assert set(reading.sheets[0].unused) == {"Posting Date", "Text"}


def test_a_profile_names_the_number_that_customers_know(read_text):
    text = "Document Number;Reference;Customer;Document Date;Amount;Currency\n90001;R-4711;C-1;2025-10-31;5.00;USD\n"
    assert read_text(text, profile="sap-reference").invoices[0].invoice_no == "R-4711"


def test_a_typed_sheet_says_the_same_as_a_text(read_sheet):
    reading = read_sheet(
        ("Aged receivables",), ("As of", datetime(2025, 11, 3)), (),  # noqa: DTZ001  # as in Excel
        ("Invoice No", "Customer No", "Customer", "Invoice Date", "Due Date", "Currency", "Amount", "Open Amount"),
        ("0000417", "C-100", "Acme", date(2025, 10, 31), date(2025, 11, 30), "EUR", 1234.56, 1000),
        (4500017731, "C-100", "Acme", date(2025, 10, 31), 45991, "EUR", 22400.1, 22400.1),
    )  # fmt: skip
    assert facts(reading.invoices[0]) == EXPECTED
    assert (reading.invoices[1].invoice_no, reading.invoices[1].gross.amount) == ("4500017731", Decimal("22400.1"))
    assert reading.invoices[1].due_date == date(2025, 11, 30)
    assert {"ID_NUMERIC_CELL", "DATE_AS_NUMBER"} <= {note.reason for note in reading.warnings}
    assert (reading.as_of, reading.as_of_from) == (date(2025, 11, 3), "title")


def test_the_sheet_with_the_best_header_is_read_and_others_are_named(read_sheet):
    header = ("Invoice No", "Customer", "Date", "Currency", "Amount")

    def edit(workbook):
        workbook.active.title = "Open items"
        notes, old = workbook.create_sheet("Notes", 0), workbook.create_sheet("Last month")
        notes.append(("please ask Maria",))
        old.append(header)
        old.append(("B-1", "Acme", date(2025, 9, 30), "EUR", 9))
        workbook.create_sheet("Secret").append((*header, "Due date"))
        workbook["Secret"].sheet_state = "hidden"
        workbook["Open items"].row_dimensions[3].hidden = True

    rows = [(f"A-{n}", "Acme", date(2025, 10, 31), "EUR", 5) for n in (1, 2)]
    reading = read_sheet(header, *rows, edit=edit)
    assert [row.locator for row in reading.invoices] == ["Open items!2", "Open items!3"]
    assert {(note.sheet, note.reason) for note in reading.warnings} >= {
        ("Last month", "SHEET_NOT_READ"), ("Secret", "SHEET_NOT_READ"), ("Open items", "HIDDEN_ROWS"),
    }  # fmt: skip
    assert [(sheet.name, sheet.header_row) for sheet in reading.sheets if sheet.header_row] == [("Open items", 1)]


def test_a_missing_file_time_is_not_needed_where_the_day_is_given(read_text):
    reading = read_text(HEADER + "A-1;C-1;a;2025-10-31;;EUR;5;5\n", as_of=date(2025, 11, 1))
    assert (reading.as_of, reading.as_of_from) == (date(2025, 11, 1), "option")


def test_a_thousand_notes_are_kept_and_all_are_counted(read_text):
    reading = read_text(HEADER + "".join(f"A-{n};C-1;a;soon;;EUR;5;5\n" for n in range(2500)))
    assert (len(reading.refused), reading.refused_count, reading.accepted) == (1000, 2500, False)


def test_rows_come_in_chunks_and_customers_before_their_invoices(tmp_path):
    path = tmp_path / "open.csv"
    path.write_text(HEADER + "".join(f"A-{n};C-{n % 700};a;2025-10-31;;EUR;5;5\n" for n in range(3500)))
    known = set()
    for chunk in open_ledger(path, columns={}).rows():
        if hasattr(chunk[0], "legal_name"):
            known |= {row.customer_no for row in chunk}
        else:
            assert known.issuperset(row.customer_no for row in chunk)
            assert len(chunk) <= 1000
