"""Comments in a customer's portal, found by the reference that they end with.

``portal_comment`` acts on ``ticket``, written ``PORTAL:NUMBER``. Params: ``ticket``, ``template``, ``language`` and
``values``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from csr_bot.caselog import Records
from csr_bot.flow.desk import Desk
from csr_bot.flow.performing.answers import render_text
from csr_bot.flow.performing.performer import Before, Proof, Sighting
from csr_bot.ports import Portal
from csr_bot.records import EffectRecord


@dataclass(frozen=True, slots=True)
class PortalComments:
    """Comments in a customer's portal, found by the reference that they end with."""

    desk: Desk

    def look(self, effect: EffectRecord) -> Sequence[Sighting]:
        portal, number = self._portal(effect)
        found = [comment for comment in portal.comments(number) if effect.reference in comment]
        return [Sighting(f"{effect.target}#{effect.reference}", Proof({"comment": comment}), None) for comment in found]

    def check_before(self, effect: EffectRecord) -> Before:
        return Before(Proof({"ticket": effect.target}), None)

    def prepare(self, effect: EffectRecord) -> bytes | None:
        _, body = render_text(self.desk, effect)
        return f"{body}\n[{effect.reference}]".encode()

    def submit(self, effect: EffectRecord, frozen: bytes | None, *, before_submit: Callable[[], None]) -> None:
        assert frozen is not None
        portal, number = self._portal(effect)
        portal.post_comment(number, frozen.decode(), before_submit=before_submit)

    def keep(self, records: Records, effect: EffectRecord, *, at: datetime) -> None:
        """Nothing."""

    def _portal(self, effect: EffectRecord) -> tuple[Portal, str]:
        """The portal, and the number that the ticket has there."""
        key, _, number = effect.target.partition(":")
        return self.desk.portals[key], number
