"""The trained model that is shipped: made by ``python -m training.train`` from the labelled messages of the project."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from csr_bot.core.classification import Model, parse_model


@cache
def load_model() -> Model:
    """The model, read once in a process."""
    return parse_model(files(__name__).joinpath("requests.bin").read_bytes())
