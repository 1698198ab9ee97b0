"""How a bot file says that a mailbox is opened with tokens, and what of it is a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from csr_bot.bot import Mailbox, OAuth, Secret
from csr_bot.ports import RefusedError
from csr_bot.settings import Settings
from csr_bot.wiring import House
from tests.ops.test_desks import GOOD, load, mistakes_in, workspace  # noqa: F401 - the workspace is a fixture

PASSWORD = 'host="imap.example.com", password=Secret("billing_imap")'
TOKENS = 'OAuth(token_url="https://login.example.com/token", client_id="desk", client_secret=Secret("client"))'


def declare(login: str) -> str:
    return GOOD.replace("Mailbox, Outgoing", "Mailbox, OAuth, Outgoing").replace(
        PASSWORD, f'host="imap.example.com", {login}'
    )


def test_a_mailbox_may_be_opened_with_tokens_and_be_watched(workspace):  # noqa: F811
    bot = load(workspace, declare(f"oauth={TOKENS}, idle=True"))
    oauth = OAuth("https://login.example.com/token", "desk", client_secret=Secret("client"))
    assert bot.intake[0] == Mailbox("billing@example.com", host="imap.example.com", oauth=oauth, idle=True)


@pytest.mark.parametrize(
    ("login", "field", "reason"),
    [
        ("port=993", "intake[0].password", "is missing"),
        (f'password=Secret("a"), oauth={TOKENS}', "intake[0].password", "exclude each other"),
        (f"oauth={TOKENS.replace('https', 'http')}", "intake[0].oauth.token_url", "http sends passwords"),
        (
            'oauth=OAuth(token_url="https://login.example.com/token", client_id="desk")',
            "intake[0].oauth.client_secret",
            "is missing",
        ),
        ('password=Secret("a"), idle="yes"', "intake[0].idle", "True or False"),
        ('password=Secret("a"), idle=1', "intake[0].idle", "True or False"),
    ],
)
def test_what_is_wrong_with_a_login_is_named(workspace, login, field, reason):  # noqa: F811
    (mistake,) = mistakes_in(workspace, declare(login))
    assert mistake.field == field
    assert reason in mistake.reason


def test_the_secrets_of_a_client_are_read_by_name(tmp_path: Path):
    house = House(Settings.from_env({"CSR_WORKSPACE": str(tmp_path)}), environ={})
    word = Mailbox(
        "a@example.com", host="127.0.0.1", oauth=OAuth("https://x.example/t", "c", client_secret=Secret("the_client"))
    )
    with pytest.raises(RefusedError, match="the_client"):
        house.mailbox(word)
    known = House(Settings.from_env({"CSR_WORKSPACE": str(tmp_path)}), environ={"CSR_SECRET_THE_CLIENT": "value"})
    assert "value" not in repr(known.mailbox(word))
    assert known.mailbox(word)._login is known.mailbox(word)._login
