"""From the text of a message to what its sender wants: words, ideas, a trained model, and rules about both."""

from csr_bot.core.classification.judging import MIN_CONFIDENCE
from csr_bot.core.classification.model import Model, WrongModelError, parse_model
from csr_bot.core.classification.requests import classify_text, read_requests
from csr_bot.core.classification.rows import DisputeRow, RowReading, read_row, split_status, tell_decimal_comma

__all__ = [
    "MIN_CONFIDENCE",
    "DisputeRow",
    "Model",
    "RowReading",
    "WrongModelError",
    "classify_text",
    "parse_model",
    "read_requests",
    "read_row",
    "split_status",
    "tell_decimal_comma",
]
