"""The worst moment: the worker is killed after *Post* was pressed and before the number was read."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState
from csr_bot.demo.letters import Letter
from csr_bot.demo.world import DemoWorld
from csr_bot.flow.review import approve
from csr_bot.wiring import House
from tests.e2e.processes import started
from tests.services.process import wait_until
from tests.services.redis import RedisServer

pytestmark = [pytest.mark.browser, pytest.mark.service]


@pytest.mark.parametrize("is_booked", [True, False], ids=["booked", "not booked"])
def test_a_worker_killed_between_post_and_number_leaves_exactly_one_credit_note(
    world: DemoWorld,
    house: House,
    work: Callable[[], None],
    letters: dict[str, Letter],
    redis_server: RedisServer,
    tmp_path: Path,
    *,
    is_booked: bool,
) -> None:
    redis_server.flush()
    world.deliver([letters["s1-price"]])
    work()
    approve(house.desk("billing"), "101", login="luis")
    environ = {
        **world.environ,
        "CSR_BROKER_URL": redis_server.url,
        "CSR_LEASE_SECONDS": "3",
        "CSR_QUIET_SECONDS": "2",
    }
    worker = ["worker", "--queues", "mail,browser", "--concurrency", "1"]
    log = tmp_path / "processes.log"

    def state() -> EffectState:
        with house.log.read() as records:
            case = records.cases.by_no("101")
            assert case is not None
            return records.effects.of_case(case.id)[0].state

    with started(["beat"], environ=environ, output=log):
        if is_booked:
            world.erp.switches.hang_after_post = "once"
        else:
            world.erp.switches.hang_before_booking = "once"
        with started(worker, environ=environ, output=log) as doomed:
            wait_until(lambda: len(world.erp.post_requests) == 1, what="the POST to be read", within=60)
            assert state() is EffectState.SUBMITTING
            doomed.kill()
        world.erp.switches.reset()
        assert len(world.erp.credit_notes()) == int(is_booked)
        with started(worker, environ=environ, output=log):
            wait_until(lambda: state() is EffectState.VERIFIED, what="the effect to be verified", within=90)
            wait_until(lambda: _status(house) is CaseStatus.RESOLVED, what="the case to be resolved", within=60)
    (note,) = world.erp.credit_notes()
    assert note.amount == Decimal("2400.00")
    assert len(world.erp.post_requests) == (1 if is_booked else 2)
    assert len(world.mail.messages("dana.ortiz@northwind-analytics.example")) == 1


def _status(house: House) -> CaseStatus:
    with house.log.read() as records:
        case = records.cases.by_no("101")
        assert case is not None
        return case.status
