"""The audit pack: everything about one case in a ZIP that can be read and verified without this program."""

from csr_bot.auditpack.packing import Pack, build_pack

__all__ = ["Pack", "build_pack"]
