"""Measured on real material that is not part of the project: set CSR_CORPUS to the folder that holds it."""

from __future__ import annotations

import os

import pytest
from benchmarks.understanding import corpora

pytestmark = pytest.mark.skipif("CSR_CORPUS" not in os.environ, reason="CSR_CORPUS is not set")


@pytest.mark.parametrize(
    "measure",
    [
        corpora.measure_mails,
        corpora.measure_replies,
        corpora.measure_forwards,
        corpora.measure_automatic,
        corpora.measure_robustness,
    ],
)
def test_real_mails_are_read_as_well_as_the_goals_ask(measure):
    missed = [f"{figure.name}: {figure.hits} of {figure.cases}" for figure in measure() if not figure.met]
    assert missed == []
