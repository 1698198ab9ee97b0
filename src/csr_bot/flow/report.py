"""The daily report of a desk: what came in, what became of it, and what waits for people, by mail to its owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from csr_bot.core.outgoing import compose_mail
from csr_bot.flow.desk import Desk
from csr_bot.ids import new_id


def send_report(desk: Desk) -> Mapping[str, int]:
    """Send the report to the desk's owner; returns the figures in it."""
    with desk.log.read() as records:
        cases = [
            case for case in records.cases.list(status=None, category=None, customer=None) if case.bot == desk.bot.name
        ]
        items = records.cases.open_items()
    figures = Counter(case.status.value for case in cases)
    waiting = Counter(item.queue for item in items)
    lines = [f"{count:6}  {status}" for status, count in sorted(figures.items())]
    lines += ["", "Waiting for people:", *(f"{count:6}  {queue}" for queue, count in sorted(waiting.items()))]
    raw = compose_mail(
        key=new_id().replace("-", ""),
        sender=desk.bot.outgoing.sender,
        to=desk.bot.owner,
        subject=f"{desk.bot.name}: {len(cases)} cases, {len(items)} waiting",
        body="Cases by state:\n" + "\n".join(lines) + "\n",
        thread=(),
        at=desk.clock.now(),
    )
    desk.mailer.send(raw, sender=desk.bot.outgoing.sender, recipients=[desk.bot.owner])
    return {"cases": len(cases), "waiting": len(items), "reports": 1}
