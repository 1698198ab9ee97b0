"""The frames that parent and child exchange: a fixed head, then bytes whose meaning is the target's.

A request is a ticket, two lengths, the head that all items of a call share, and the item. An answer is a status, the
ticket, a length and that many bytes. What a child says is believed no further than this: the parent checks the length
before it waits for the bytes, and the target's own codec checks what is in them. Tickets begin anywhere, so that a
child which an item of one call took over cannot have answers ready for the next call.
"""

from __future__ import annotations

import struct
from typing import Final

REQUEST: Final = struct.Struct(">QII")
ANSWER: Final = struct.Struct(">BQI")

READY: Final = 0
"""The child has started and is under its limits; sent once, with ticket 0 and without bytes."""
DONE: Final = 1
FAILED: Final = 2
"""The target raised; the bytes are what it said."""
NO_MEMORY: Final = 3
WORN: Final = 0x80
"""Added to the status by a child that wants to be replaced: its memory has grown, or it has served long enough."""
