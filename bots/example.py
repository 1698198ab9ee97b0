"""The example desk: invoice copies, billing disputes and payment questions.

This file declares a desk and does nothing else. Copy it for another desk, then run `csr-bot check`: it names every
mistake with file, line and field. `csr-bot try example letter.eml` shows what it would decide, and touches nothing.
"""

from csr_bot.bot import Bot, Erp, Mailbox, Outgoing, Secret, Workbook

bot = Bot(
    name="example",
    owner="ar-team@example.com",  # who is asked when something is wrong with this desk
    # The categories it may resolve; everything else goes to a person.
    requests=("invoice_copy", "billing_dispute", "payment_status"),
    # Where requests come in. Passwords are named here and kept in secrets/, see secrets/README.
    intake=(
        Mailbox(
            "billing@example.com",
            host="imap.example.com",
            password=Secret("example_imap"),
            trusts=("mx.example.com",),  # the server whose verdict on a sender (DKIM, SPF, DMARC) is believed
        ),
    ),
    # The receivables workbook. `columns` names headers that are not known yet: our name first, the header second.
    ledger=Workbook("ledgers/open-items.xlsx", columns={"invoice_no": "Document No.", "due_date": "Net due date"}),
    erp=Erp(url="https://erp.example.com", screens="demo", user="csr-bot", password=Secret("example_erp")),
    # How answers leave, and the mailbox that gets a blind copy of each, to prove what was sent.
    outgoing=Outgoing(
        sender="billing@example.com",
        host="smtp.example.com",
        user="billing@example.com",
        password=Secret("example_smtp"),
        archive=Mailbox("billing-sent@example.com", host="imap.example.com", password=Secret("example_archive")),
    ),
    policy="policies/standard.yaml",
    mode="shadow",  # decides and records, touches nothing; a second person changes it to "live"
)
