"""A worker may die anywhere. Whoever takes over ends the case as if nothing had happened: one credit, one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from csr_bot.core.effects import EffectState, EffectType
from csr_bot.flow import running
from csr_bot.flow.act import _go_on
from csr_bot.flow.desk import Desk, Source
from csr_bot.flow.performing import performer_for
from csr_bot.flow.running import Workshop
from csr_bot.ports import UncertainError
from tests.flow.desks import LEASE, QUIET, Office, WatchedLog, ask_for_credit, find_problems


class CrashedError(BaseException):
    """The process is gone."""


class Fate:
    """Counts every place at which a worker can die, and lets it die at one of them."""

    def __init__(self, crash_at: int | None) -> None:
        self.crash_at = crash_at
        self.places: list[str] = []

    def at(self, place: str) -> None:
        self.places.append(place)
        if len(self.places) == self.crash_at:
            raise CrashedError(place)


class Mortal:
    """A port whose caller can die before and after each call, and around what it does right before the click."""

    def __init__(self, inner: Any, fate: Fate) -> None:
        self._inner = inner
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            if "before_submit" in kwargs:
                kwargs["before_submit"] = self._around_the_click(kwargs["before_submit"])
            self._fate.at(f"before {name}")
            result = found(*args, **kwargs)
            self._fate.at(f"after {name}")
            return result

        return call

    def _around_the_click(self, before_submit: Callable[[], None]) -> Callable[[], None]:
        def commit_then_click() -> None:
            self._fate.at("right before the intent")
            before_submit()
            self._fate.at("right before the click")

        return commit_then_click


class MortalMailbox:
    """A mailbox whose reader can die around each of its calls."""

    def __init__(self, inner: Any, fate: Fate) -> None:
        self.key = inner.key
        self._inner = inner
        self._fate = fate

    @contextmanager
    def open(self) -> Iterator[Any]:
        with self._inner.open() as session:
            yield Mortal(session, self._fate)


def mortal_worker(office: Office, fate: Fate) -> Workshop:
    """A worker of the office whose every contact with the world is a place to die at."""
    office.doorbell.answer = lambda: fate.at("a ring")
    desk = replace(
        office.desk,
        log=WatchedLog(office.log, fate.at),
        sources=[Source(MortalMailbox(source.mailbox, fate), source.trusts) for source in office.desk.sources],
        erp=Mortal(office.erp, fate),
        mailer=Mortal(office.mailer, fate),
    )
    return office.workshop("mortal", desk=desk)


def live_and_take_over(office: Office, crash_at: int | None) -> Fate:
    """Let one worker do everything until it dies; then let another one do the rest."""
    fate = Fate(crash_at)
    office.deliver(ask_for_credit())
    worker = mortal_worker(office, fate)
    try:
        office.poll(worker)
        office.settle(shop=worker)
    except CrashedError:
        office.doorbell.answer = lambda: None
        office.clock.advance(LEASE + QUIET + timedelta(seconds=1))
        office.poll(office.workshop("heir"))
        office.settle(shop=office.workshop("heir"))
    return fate


def test_a_worker_that_dies_at_any_place_leaves_a_case_that_another_one_ends(new_office):
    whole = live_and_take_over(new_office(), None)
    assert {"right before the click", "after post_credit_note", "after send", "a ring", "after mark"} <= set(
        whole.places
    )
    wrong = {}
    for number in range(1, len(whole.places) + 1):
        office = new_office()
        fate = live_and_take_over(office, number)
        if problems := find_problems(office):
            wrong[number, fate.places[-1]] = problems
        office.close()
    assert wrong == {}


def test_two_deaths_in_a_row_around_the_click_change_nothing(new_office):
    whole = live_and_take_over(new_office(), None).places
    click = whole.index("right before the click") + 1
    for second in range(1, 25):
        office = new_office()
        live_and_die(office, click)
        heir = Fate(second)
        office.clock.advance(LEASE + QUIET)
        try:
            office.settle(shop=mortal_worker(office, heir))
        except CrashedError:
            office.doorbell.answer = lambda: None
            office.clock.advance(LEASE + QUIET)
            office.settle(shop=office.workshop("third"))
        assert find_problems(office) == [], (second, heir.places[-1])
        office.close()


def live_and_die(office: Office, crash_at: int) -> None:
    office.deliver(ask_for_credit())
    worker = mortal_worker(office, Fate(crash_at))
    office.poll(worker)
    with pytest.raises(CrashedError):
        office.settle(shop=worker)


def test_a_task_that_kills_every_worker_is_given_up(new_office):
    office = new_office()
    office.deliver(ask_for_credit())
    office.poll()
    deaths = 0
    for _ in range(9):
        office.erp.read_invoice = Mortal(office.erp, Fate(1)).find_by_reference
        try:
            office.settle()
        except CrashedError:
            deaths += 1
            office.clock.advance(LEASE * 2)
    assert deaths == 4
    assert office.reasons() == {"GIVEN_UP"}
    assert office.rows("SELECT state FROM task") == [{"state": "dead"}]


class TestTheCheckItself:
    """Negative controls: an ``act`` that is careless in one way must be caught by the very same check."""

    @staticmethod
    def act_without_looking(desk: Desk, effect_id: str) -> None:
        """Act on whatever the page shows, then record: what most scripts do."""
        with desk.log.read() as records:
            effect = records.effects.get(effect_id)
        if effect.state is EffectState.VERIFIED:
            return
        shown = effect
        if effect.type is EffectType.CREATE_CREDIT_NOTE:
            open_now = desk.erp.read_invoice(effect.target).open_amount.text()
            shown = replace(effect, precondition={**effect.precondition, "open_amount": open_now})
        performer = performer_for(desk, shown.type)
        performer.submit(shown, performer.prepare(shown), before_submit=lambda: None)
        with desk.log.begin() as records:
            now = desk.clock.now()
            done = replace(effect, state=EffectState.VERIFIED, external_ref="unread", verified_at=now)
            records.effects.update(effect, done, at=now)
            _go_on(records, done, at=now)

    def test_acting_without_looking_first_is_caught(self, new_office, monkeypatch):
        monkeypatch.setattr(running, "act", self.act_without_looking)
        office = new_office()
        whole = live_and_take_over(office, None)
        assert find_problems(office) == []
        caught = []
        for number, place in enumerate(whole.places, start=1):
            if place in {"after post_credit_note", "after send"}:
                unlucky = new_office()
                live_and_take_over(unlucky, number)
                caught.append(find_problems(unlucky))
        assert len(caught) == 2
        assert "2 credit notes" in " ".join(caught[0])
        assert "2 mails were sent" in " ".join(caught[1])

    def test_taking_a_lost_answer_for_a_failure_is_caught(self, new_office, monkeypatch):
        monkeypatch.setattr(running, "act", self.act_without_looking)
        office = new_office()
        office.erp.fail_next("submit", UncertainError("no answer"), happens=True)
        live_and_take_over(office, None)
        assert "2 credit notes" in " ".join(find_problems(office))
