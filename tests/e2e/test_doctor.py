"""What the doctor says of a world in which something is wrong."""

from __future__ import annotations

import json

import pytest

from csr_bot.demo.world import DemoWorld
from tests.e2e.processes import run

pytestmark = [pytest.mark.browser, pytest.mark.service]


def test_the_doctor_names_the_erp_that_is_down_and_nothing_else(world: DemoWorld) -> None:
    healthy = run("doctor", "--json", environ=world.environ)
    assert healthy.returncode == 0, healthy.stdout
    world.erp.stop()
    done = run("doctor", "--json", environ=world.environ)
    (wrong,) = [line for line in json.loads(done.stdout) if not line["ok"]]
    assert done.returncode == 1
    assert "ERP" in wrong["system"]
    assert world.erp.url.removeprefix("http://") in wrong["detail"]
    assert wrong["cure"]
