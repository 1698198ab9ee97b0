"""Work on hostile bytes in a warm child process under limits, so that nothing in them can harm the caller."""

from csr_bot.sandbox.codec import Codec, make_codec
from csr_bot.sandbox.process import Failure, FailureCode, Limits, SandboxError
from csr_bot.sandbox.warm import Sandbox

__all__ = ["Codec", "Failure", "FailureCode", "Limits", "Sandbox", "SandboxError", "make_codec"]
