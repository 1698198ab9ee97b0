"""``python -m tests.services`` prints the Debian package of each server that is not installed."""

from __future__ import annotations

import sys

from tests.services.inventory import PROGRAMS

sys.stdout.writelines(f"{program.package}\n" for program in PROGRAMS if program.find() is None)
