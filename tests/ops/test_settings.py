"""Settings come from the environment; a wrong value is named with its variable."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from csr_bot.core.document import MistakesError
from csr_bot.settings import Settings
from csr_bot.workspace import write_workspace


def test_without_variables_everything_is_in_the_current_folder():
    found = Settings.from_env({})
    assert found == Settings(
        workspace=Path(),
        database_url="sqlite:///var/csr_bot.sqlite3",
        broker_url="memory://",
        secrets_dir=Path("secrets"),
        browser=None,
        clock_offset=timedelta(),
        lease=timedelta(seconds=120),
        quiet=timedelta(seconds=60),
        console_host="127.0.0.1",
        console_port=8080,
    )


def test_every_variable_is_read():
    found = Settings.from_env(
        {
            "CSR_WORKSPACE": "/srv/csr",
            "CSR_DATABASE_URL": "postgresql+psycopg://csr:pw@db/csr",
            "CSR_BROKER_URL": "rediss://redis:6379/0",
            "CSR_SECRETS_DIR": "/run/secrets",
            "CSR_BROWSER": "/usr/bin/chromium",
            "CSR_CLOCK_OFFSET_SECONDS": "-86400",
            "CSR_LEASE_SECONDS": "0.5",
            "CSR_QUIET_SECONDS": "0",
            "CSR_CONSOLE_HOST": "::1",
            "CSR_CONSOLE_PORT": "0",
        }
    )
    assert found.database_url == "postgresql+psycopg://csr:pw@db/csr"
    assert found.broker_url == "rediss://redis:6379/0"
    assert (found.secrets_dir, found.browser) == (Path("/run/secrets"), Path("/usr/bin/chromium"))
    assert (found.clock_offset, found.lease) == (timedelta(days=-1), timedelta(milliseconds=500))
    assert (found.quiet, found.console_host, found.console_port) == (timedelta(), "::1", 0)


def test_database_and_secrets_follow_the_workspace():
    found = Settings.from_env({"CSR_WORKSPACE": "/srv/csr"})
    assert found.database_url == "sqlite:////srv/csr/var/csr_bot.sqlite3"
    assert found.secrets_dir == Path("/srv/csr/secrets")


def test_an_empty_variable_counts_as_not_set():
    assert Settings.from_env({"CSR_BROKER_URL": "", "CSR_BROWSER": ""}) == Settings.from_env({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("CSR_DATABASE_URL", value) for value in ("var/x.sqlite3", "mysql://h/x", "postgres://h/x", "sqlite")),
        *(("CSR_BROKER_URL", value) for value in ("amqp://h", "redis", "redis://h:port/0", "redis://h:70000")),
        *(("CSR_CLOCK_OFFSET_SECONDS", value) for value in ("1h", "nan", "inf", "1e9", "", "99999999999")[:4]),
        *(("CSR_LEASE_SECONDS", value) for value in ("0", "-1", "two")),
        *(("CSR_QUIET_SECONDS", value) for value in ("-1", "one minute")),
        *(("CSR_CONSOLE_PORT", value) for value in ("65536", "-1", "http")),
        ("CSR_CONSOLE_HOST", "my host"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(name, value):
    with pytest.raises(MistakesError) as caught:
        Settings.from_env({name: value})
    assert [(m.file, m.line, m.field) for m in caught.value.mistakes] == [("(environment)", 0, name)]


def test_all_wrong_values_are_named_at_once():
    wrong = {"CSR_LEASE_SECONDS": "0", "CSR_CONSOLE_PORT": "x", "CSR_BROKER_URL": "y"}
    with pytest.raises(MistakesError) as caught:
        Settings.from_env(wrong)
    assert {mistake.field for mistake in caught.value.mistakes} == wrong.keys()


def test_passwords_in_urls_are_shown_nowhere():
    with pytest.raises(MistakesError) as caught:
        Settings.from_env({"CSR_BROKER_URL": "amqp://u:hunter2@h", "CSR_DATABASE_URL": "postgresql://u:hunter2@h:x/d"})
    assert "hunter2" not in str(caught.value)
    good = Settings.from_env({"CSR_BROKER_URL": "redis://:hunter2@h", "CSR_DATABASE_URL": "postgresql://u:hunter2@h/d"})
    assert "hunter2" not in repr(good)


def test_the_example_of_settings_names_every_variable_with_what_holds_without_it(tmp_path):
    write_workspace(tmp_path)
    text = (tmp_path / ".env.example").read_text()
    shown = dict(re.findall(r"^#(CSR_\w+)=(.*)$", text, flags=re.MULTILINE))
    source = Path(Settings.from_env.__func__.__code__.co_filename).read_text()
    assert shown.keys() == set(re.findall(r"CSR_\w+", source))
    without_browser = {name: value for name, value in shown.items() if name != "CSR_BROWSER"}
    assert Settings.from_env(without_browser) == Settings.from_env({})
