"""Mails come out the same every time, commands are counted, kills and verdicts are judged rightly."""

from __future__ import annotations

import email
import hashlib
import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pypdf
import pytest
from benchmarks.intake import goals
from benchmarks.intake.celery_queue import time_one_ring
from benchmarks.intake.contenders import CSR_BOT, Run
from benchmarks.intake.crash import Crash
from benchmarks.intake.figures import Measurement
from benchmarks.intake.mails import list_invoices, make_mails
from benchmarks.intake.processes import Command, CommandError, Usage, run_measured
from benchmarks.intake.proxy import counting_proxy
from benchmarks.intake.runners import Held

from csr_bot.flow.queues import MAIL_QUEUE
from csr_bot.tasks import TASK, make_app

COUNT = 300


@pytest.fixture(scope="module")
def mails() -> list[bytes]:
    return list(make_mails(COUNT, invoices=list_invoices()))


def test_the_same_seed_makes_the_same_mails_and_another_seed_others(mails: list[bytes]):
    invoices = list_invoices()
    again = hashlib.sha256(b"".join(make_mails(COUNT, invoices=invoices))).hexdigest()
    assert again == hashlib.sha256(b"".join(mails)).hexdigest()
    assert next(make_mails(1, invoices=invoices, seed=8)) != mails[0]


def test_fewer_mails_are_the_first_of_more(mails: list[bytes]):
    assert list(make_mails(20, invoices=list_invoices())) == mails[:20]


def test_the_mix_is_the_one_that_is_promised(mails: list[bytes]):
    read = [email.message_from_bytes(mail) for mail in mails]
    kinds = {
        "plain": [mail for mail in read if mail.get_content_type() == "text/plain" and not mail["In-Reply-To"]],
        "html alone": [mail for mail in read if mail.get_content_type() == "text/html"],
        "text and html": [mail for mail in read if mail.get_content_type() == "multipart/alternative"],
        "attachment": [mail for mail in read if mail.get_content_type() == "multipart/mixed"],
        "reply": [mail for mail in read if mail["In-Reply-To"]],
    }
    promised = {"plain": 0.4, "html alone": 0.1, "text and html": 0.3, "attachment": 0.1, "reply": 0.1}
    assert sum(map(len, kinds.values())) == COUNT
    for kind, share in promised.items():
        assert len(kinds[kind]) / COUNT == pytest.approx(share, abs=0.07), kind


def test_every_reply_answers_an_earlier_mail_and_no_id_repeats(mails: list[bytes]):
    seen: set[str] = set()
    for mail in map(email.message_from_bytes, mails):
        assert mail["In-Reply-To"] is None or mail["In-Reply-To"] in seen
        assert mail["Message-ID"] not in seen
        seen.add(mail["Message-ID"])


def test_attachments_open_in_programs_that_read_them(mails: list[bytes]):
    opened = set()
    for mail in map(email.message_from_bytes, mails):
        for part in mail.walk():
            name, content = part.get_filename() or "", part.get_payload(decode=True)
            if name.endswith(".pdf"):
                assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1
                opened.add("pdf")
            elif name.endswith(".xlsx"):
                sheet = openpyxl.load_workbook(io.BytesIO(content))["Invoices"]
                assert sheet["A1"].value == name.removesuffix(".xlsx")
                opened.add("xlsx")
    assert opened == {"pdf", "xlsx"}


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that sends back what it gets, once."""

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            while block := connection.recv(4096):
                connection.sendall(block)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=answer)
        server.start()
        yield listener.getsockname()[1]
        server.join(10)


def test_the_proxy_passes_bytes_on_and_counts_commands_however_they_are_cut(echo_port: int):
    sent = (
        b"a1 LOGIN user fetch\r\na2 UID FETCH 1:50 (RFC822.SIZE)\r\na3 UID FETCH 1,2 (BODY.PEEK[])\r\n"
        b"a4 fetch 3 RFC822\r\na5 UID STORE 1,2 +FLAGS (\\Seen)\r\na6 LOGOUT\r\n"
    )
    received = b""
    with counting_proxy(echo_port) as seen, socket.create_connection(("127.0.0.1", seen.port), timeout=10) as client:
        for byte in sent:
            client.sendall(bytes([byte]))
        while len(received) < len(sent):
            received += client.recv(4096)
    assert received == sent
    assert seen.commands == {"LOGIN": 1, "FETCH": 3, "STORE": 1, "LOGOUT": 1}
    assert seen.body_fetches == 2


def test_a_measured_command_is_charged_with_its_children(tmp_path: Path):
    child = "x = bytearray(60 << 20); sum(range(3_000_000))"
    parent = f"import subprocess, sys; print('done'); subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    usage, output = run_measured(Command(["python3", "-c", parent]), tmp_path)
    assert output == "done\n"
    assert usage.largest_process_mb > 60
    assert usage.cpu_s > 0


def test_a_measured_command_that_fails_says_why(tmp_path: Path):
    with pytest.raises(CommandError, match="no such store"):
        run_measured(Command(["python3", "-c", "import sys; sys.exit('no such store')"]), tmp_path)


def test_one_ring_is_answered_once_and_a_failure_is_raised():
    app = make_app("memory://")
    app.finalize()
    answered: list[str] = []

    def work(*, queue: str, task_id: str) -> None:
        answered.append({"known": queue}[task_id])

    app.task(name=TASK)(work)

    def ring(task_id: str) -> None:
        app.send_task(TASK, kwargs={"queue": MAIL_QUEUE, "task_id": task_id}, queue=MAIL_QUEUE)

    assert time_one_ring(app, name=TASK, ring=lambda: ring("known")) > 0
    assert answered == [MAIL_QUEUE]
    with pytest.raises(KeyError):
        time_one_ring(app, name=TASK, ring=lambda: ring("unknown"))


def run_of(contender: str, size: int, wall_s: float, **figures: int) -> Run:
    return Run(contender, size, 0, Usage(wall_s, cpu_s=wall_s, largest_process_mb=50, all_processes_mb=None), **figures)


def test_goals_are_judged_without_the_time_of_starting():
    timed = [
        run_of(CSR_BOT, 0, 1.0),
        run_of(CSR_BOT, 500, 1.5),
        run_of(goals.PEER, 0, 1.0),
        run_of(goals.PEER, 500, 11.0),
    ]
    counted = [run_of(CSR_BOT, 500, 1.5, commits=10, fetches=11, body_fetches=10, stores=10)]
    crashes = [Crash(500, 1.2, at_the_kill=Held(50, 50), at_the_end=Held(501, 500))]
    measurement = Measurement({}, timed=timed, counted=counted, crashes=crashes)
    verdicts = goals.judge(measurement, sizes=[500], stored=1000)
    met = {(verdict.goal, verdict.text.partition(" ")[0]): verdict.met for verdict in verdicts}
    assert next(verdict.figure for verdict in verdicts if verdict.goal == "G1") == "20.0x"
    assert met["G6", "commits"] is True
    assert met["G6", "FETCHes"] is False
    assert met["G11", "killed"] is False
    assert met["G2", "mails/s"] is None
