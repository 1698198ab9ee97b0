"""Bot files are read, never run, and every mistake in them is named with its line and field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from csr_bot.adapters.tables.invoices import FIELDS
from csr_bot.bot import Bot, Mailbox, Secret
from csr_bot.core.document import Mistake, MistakesError
from csr_bot.desks import LEDGER_FIELDS, find_bot_name, load_bot

GOOD = '''"""A desk."""

from csr_bot.bot import Bot, Erp, Mailbox, Outgoing, Portal, Secret, Workbook

bot = Bot(
    name="billing",
    owner="ar@example.com",
    requests=("invoice_copy", "billing_dispute"),
    intake=(
        Mailbox("billing@example.com", host="imap.example.com", password=Secret("billing_imap")),
        Portal(
            name="acme",
            url="https://portal.example.com/ap",
            site="demo",
            customer_no="C-100",
            user="desk",
            password=Secret("acme"),
            columns={"external_id": "Ticket"},
        ),
    ),
    ledger=Workbook("ledgers/open.xlsx", columns={"invoice_no": "Document No.", "due_date": "Net due date"}),
    erp=Erp(url="https://erp.example.com", screens="demo", user="bot", password=Secret("erp")),
    outgoing=Outgoing(
        sender="billing@example.com",
        host="smtp.example.com",
        archive=Mailbox("sent@example.com", host="imap.example.com", password=Secret("sent_imap")),
    ),
    policy="policies/standard.yaml",
)
'''


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "bots").mkdir()
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "standard.yaml").write_text("version: 1\n")
    return tmp_path


def load(workspace: Path, text: str) -> Bot:
    path = workspace / "bots" / "billing.py"
    path.write_text(text, encoding="utf-8")
    return load_bot(path, screens=("demo",), sites=("demo",))


def mistakes_in(workspace: Path, text: str) -> tuple[Mistake, ...]:
    with pytest.raises(MistakesError) as caught:
        load(workspace, text)
    return caught.value.mistakes


def test_a_good_file_becomes_the_words_it_holds(workspace):
    bot = load(workspace, GOOD)
    assert bot.name == "billing"
    assert bot.intake[0] == Mailbox("billing@example.com", host="imap.example.com", password=Secret("billing_imap"))
    assert bot.ledger.columns == {"invoice_no": "Document No.", "due_date": "Net due date"}
    assert bot.mode == "shadow"


def test_reading_gives_what_python_would_give(workspace):
    namespace: dict[str, object] = {}
    exec(compile(GOOD, "good.py", "exec"), namespace)
    assert load(workspace, GOOD) == namespace["bot"]


def test_parts_may_be_named_first(workspace):
    named = GOOD.replace("bot = Bot(", 'HOST = "imap.example.com"\nbox = Secret("billing_imap")\n\nbot = Bot(')
    named = named.replace('host="imap.example.com", password=Secret("billing_imap")', "host=HOST, password=box")
    assert load(workspace, named) == load(workspace, GOOD)


def test_ten_mistakes_in_one_file_are_all_named_with_line_and_field(workspace):
    text = '''"""A desk with ten mistakes."""
import os
from csr_bot.bot import Bot, Erp, Mailbox, Outgoing, Secret, Workbook

bot = Bot(
    name="Billing EMEA",
    owner="ar-team",
    requests=("invoice_copy", "billing_disputes"),
    intake=(
        Mailbox("billing@example.com", host="imap_example", password=Secret("billing_imap"), port=70000),
    ),
    ledger=Workbook("ledgers/open.pdf"),
    erp=Erp(url="http://erp.example.com", screens="demo", user="bot", password=Secret("erp")),
    outgoing=Outgoing(
        sender="billing@example.com",
        host="smtp.example.com",
        security="plain",
        archive=Mailbox("sent@example.com", host="imap.example.com", pasword=Secret("sent_imap")),
    ),
    policy="policies/standard.yaml",
    mode="dry-run",
)
'''
    found = mistakes_in(workspace, text)
    assert {mistake.file for mistake in found} == {str(workspace / "bots" / "billing.py")}
    assert [(mistake.line, mistake.field) for mistake in found] == [
        (2, "(document)"),
        (6, "name"),
        (7, "owner"),
        (8, "requests[1]"),
        (10, "intake[0].host"),
        (10, "intake[0].port"),
        (12, "ledger.path"),
        (13, "erp.url"),
        (17, "outgoing.security"),
        (18, "outgoing.archive.password"),
        (18, "outgoing.archive.pasword"),
        (21, "mode"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        ('"billing@example.com", host', '"a@example.com", "h.example.com", host', "intake[0].host", "given twice"),
        ('owner="ar@example.com",', 'owner="ar@example.com", owner="b@example.com",', "owner", "given twice"),
        ('owner="ar@example.com",', "", "owner", "is missing"),
        ('owner="ar@example.com"', "owner=None", "owner", "a text in quotes is needed here, not None"),
        ('owner="ar@example.com"', 'owner=f"{1}@example.com"', "owner", "not an f-string"),
        ('owner="ar@example.com"', 'owner="ar" + "@example.com"', "owner", "not a calculation"),
        ('owner="ar@example.com"', 'owner=open("owner.txt").read()', "owner", "a text in quotes"),
        ('owner="ar@example.com"', "owner=OWNER", "owner", "the name 'OWNER' is not given above"),
        ('owner="ar@example.com"', 'owner="Desk <ar@example.com>"', "owner", "not an e-mail address"),
        ('owner="ar@example.com"', 'owner=" ar@example.com"', "owner", "blanks around"),
        ('owner="ar@example.com"', 'owner="ar@example.com", **{}', "?", "name each one"),
        ('name="billing"', 'name="all"', "name", "meaning of its own"),
        ('name="billing"', 'name="billing--emea"', "name", "not a name"),
        ('name="billing"', 'name=""', "name", "is empty"),
        ('("invoice_copy", "billing_dispute")', '("invoice_copy")', "requests", "ends with a comma"),
        ('("invoice_copy", "billing_dispute")', '["invoice_copy"]', "requests", "not a list in [ ]"),
        ('("invoice_copy", "billing_dispute")', '("invoice_copy", "invoice_copy")', "requests[1]", "stands here twice"),
        ('("invoice_copy", "billing_dispute")', '("INVOICE_COPY",)', "requests[0]", "no category"),
        ('("invoice_copy", "billing_dispute")', '("unknown",)', "requests[0]", "no category"),
        ('("invoice_copy", "billing_dispute")', "(x for x in ())", "requests", "not a comprehension"),
        ('password=Secret("billing_imap")', 'password="hunter2"', "intake[0].password", "Secret(...) is needed"),
        ('Secret("billing_imap")', 'Secret("Hunter 2!")', "intake[0].password.name", "never its value"),
        ('Secret("billing_imap")', 'Secret("a"), port=0', "intake[0].port", "from 1 to 65535"),
        ('Secret("billing_imap")', 'Secret("a"), port=True', "intake[0].port", "a whole number"),
        ('Secret("billing_imap")', 'Secret("a"), port="993"', "intake[0].port", "a whole number"),
        ('Secret("billing_imap")', 'Secret("a"), security="plain"', "intake[0].security", "on loopback only"),
        ('Secret("billing_imap")', 'Secret("a"), security="starttls"', "intake[0].port", "TLS from the first byte"),
        ('Secret("billing_imap")', 'Secret("a"), security="ssl"', "intake[0].security", "'tls', 'starttls', 'plain'"),
        ('Secret("billing_imap")', 'Secret("a"), trusts=("mx a",)', "intake[0].trusts[0]", "receiving server"),
        ('"https://portal.example.com/ap"', '"portal.example.com"', "intake[1].url", "write it like https://"),
        ('"https://portal.example.com/ap"', '"https://u:p@portal.example.com"', "intake[1].url", "name a Secret"),
        ('"https://portal.example.com/ap"', '"https://portal.example.com/?a=1"', "intake[1].url", "ends with its path"),
        ('"https://portal.example.com/ap"', '"https://portal.example.com:x"', "intake[1].url", "not a URL"),
        ('"https://portal.example.com/ap"', '"https:///ap"', "intake[1].url", "does not name a host"),
        ('site="demo"', 'site="ariba"', "intake[1].site", "no portal site 'ariba'; known are demo"),
        ('{"external_id": "Ticket"}', '{"external id": "Ticket"}', "intake[1].columns.external id", "name of a field"),
        ('screens="demo"', 'screens="sap"', "erp.screens", "no ERP screens 'sap'; known are demo"),
        ('"due_date": "Net due', '"due": "Net due', "ledger.columns.due", "no field 'due'"),
        ('"due_date": "Net due date"', '"invoice_no": "Nr"', "ledger.columns.invoice_no", "twice"),
        ('"due_date": "Net due date"', '"gross": "Document No."', "ledger.columns", "one column cannot be two"),
        ('"due_date": "Net due date"', "**{}", "ledger.columns.?", "nothing can be unpacked"),
        ('"due_date": "Net due date"', '"due_date": 3', "ledger.columns.due_date", "not a number"),
        ('Workbook("ledgers/open.xlsx",', 'Workbook("ledgers/open.pdf",', "ledger.path", "not a workbook"),
        ("Workbook(", "Erp(", "ledger", "Workbook(...) is needed here, not Erp(...)"),
        ('policy="policies/standard.yaml"', 'policy="policies/other.yaml"', "policy", "there is no file"),
        ('policy="policies/standard.yaml"', 'policy="../standard.yaml"', "policy", "inside the workspace"),
        ('policy="policies/standard.yaml"', 'policy="/etc/passwd"', "policy", "inside the workspace"),
        ('host="smtp.example.com"', 'host="smtp.example.com", user="x"', "outgoing.password", "is missing"),
        ('host="smtp.example.com"', 'host="256.1.1.1"', "outgoing.host", "not an IP address"),
        (", Portal, Secret", ", Secret", "intake[1]", "Portal is not imported"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_field(workspace, old, new, field, reason):
    assert GOOD.count(old) == 1
    text = GOOD.replace(old, new)
    found = mistakes_in(workspace, text)
    assert [mistake.field for mistake in found] == [field]
    assert reason in found[0].reason
    if new and "import" not in reason:
        assert found[0].line == GOOD[: GOOD.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("import os", "another import"),
        ("from os import system", "another import"),
        ("from .other import bot", "another import"),
        ("for i in range(3): pass", "a loop"),
        ("while True: pass", "a loop"),
        ("open('/tmp/x', 'w')", "a statement without a name"),
        ("def f(): pass", "a function"),
        ("class A: pass", "a class"),
        ("if True: pass", "a condition"),
        ("a = b = 1", "an assignment to several"),
        ("bot.name = 'x'", "an assignment to several"),
        ("del bot", "Delete"),
    ],
)
def test_anything_but_declarations_is_a_mistake_on_its_line(workspace, statement, reason):
    text = GOOD + statement + "\n"
    (found,) = mistakes_in(workspace, text)
    assert (found.line, found.field) == (len(text.splitlines()), "(document)")
    assert reason in found.reason


def test_nothing_in_a_file_is_run(workspace):
    trace = workspace / "trace"
    sly = f"__import__('pathlib').Path({str(trace)!r}).touch()"
    for text in (f"{sly}\n{GOOD}", f"x = {sly}\n{GOOD}", GOOD.replace('owner="ar@example.com"', f"owner={sly}")):
        assert mistakes_in(workspace, text)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("text", "line", "field", "reason"),
    [
        ("bot = Bot(\n", 1, "(document)", "not Python"),
        ("", 1, "bot", "declares nothing"),
        ("bot = 1\0", 1, "(document)", "not Python"),
        ("from csr_bot.bot import Bott\n", 1, "(import)", "no word 'Bott'"),
        ("from csr_bot.bot import *\n", 1, "(import)", "no word '*'"),
        ("from csr_bot.bot import Bot as B\n", 1, "(import)", "keeps its own name"),
    ],
)
def test_a_file_that_declares_no_bot_says_so(workspace, text, line, field, reason):
    found = mistakes_in(workspace, text)
    assert any((m.line, m.field) == (line, field) and reason in m.reason for m in found)


def test_what_is_named_and_never_used_is_a_mistake_because_it_has_no_effect(workspace):
    text = GOOD.replace("bot = Bot(", 'second = Mailbox("b@example.com", host="h", password=Secret("b"))\nbot = Bot(')
    (found,) = mistakes_in(workspace, text)
    assert (found.line, found.field) == (5, "second")


def test_a_name_may_not_be_used_before_it_is_given_nor_given_twice(workspace):
    late = GOOD.replace('owner="ar@example.com"', "owner=OWNER") + 'OWNER = "ar@example.com"\n'
    assert {"owner", "OWNER"} == {mistake.field for mistake in mistakes_in(workspace, late)}
    twice = GOOD + "bot = 1\n"
    assert [mistake.field for mistake in mistakes_in(workspace, twice)] == ["bot"]


def test_a_bot_takes_something_in(workspace):
    text = re.sub(r"intake=\(.*?\n    \),", "intake=(),", GOOD, flags=re.DOTALL)
    (found,) = mistakes_in(workspace, text)
    assert found.field == "intake"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.0.1"])
def test_plain_connections_and_http_are_accepted_on_loopback(workspace, host):
    url = f"http://[{host}]:8080" if ":" in host else f"http://{host}:8080"
    text = GOOD.replace('host="smtp.example.com"', f'host="{host}", port=2525, security="plain"')
    text = text.replace('"https://erp.example.com"', f'"{url}"')
    assert load(workspace, text).outgoing.host == host


def test_a_password_in_the_wrong_place_is_never_repeated(workspace):
    for wrong in ('"Hunter 2!"', 'Secret("Hunter 2!")', 'Secret(" Hunter 2!")', '("Hunter 2!",)'):
        text = GOOD.replace('Secret("billing_imap")', wrong)
        assert not any("Hunter" in str(mistake) for mistake in mistakes_in(workspace, text))


def test_without_a_list_of_screens_and_sites_any_name_is_taken(workspace):
    path = workspace / "bots" / "billing.py"
    path.write_text(GOOD.replace('"demo"', '"other"'))
    assert load_bot(path).erp.screens == "other"


def test_a_file_that_cannot_be_read_is_a_mistake(workspace):
    with pytest.raises(MistakesError, match="cannot be read"):
        load_bot(workspace / "bots" / "none.py")
    (workspace / "bots" / "latin.py").write_bytes(b'"""\xe4"""')
    with pytest.raises(MistakesError, match="cannot be read"):
        load_bot(workspace / "bots" / "latin.py")


def test_the_name_of_a_bot_is_found_in_a_file_with_mistakes():
    assert find_bot_name(GOOD.replace('owner="ar@example.com"', "owner=3")) == "billing"
    assert find_bot_name('p = Portal(name="acme")\n') is None
    assert find_bot_name("bot = Bot(") is None


def test_every_column_that_the_importer_reads_from_the_invoices_can_be_named_and_no_other():
    assert set(FIELDS) == LEDGER_FIELDS
