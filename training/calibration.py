"""Calibration: how often answers with such scores were right, measured on messages that their model had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

NONE: Final[dict[str, Any]] = {"height": 100, "lead": 100, "steps": [], "shares": [0]}
_PARTS: Final = 25
_MOST: Final = 990
"""Right in a thousand that is never exceeded: nothing read from a text is certain."""


def calibrate(scores: Sequence[tuple[int, int]], right: Sequence[bool]) -> dict[str, Any]:
    """Steps over first score and lead, from (first, second) scores and whether the first was right."""
    points = np.array([[first, first - second] for first, second in scores], dtype=float)
    truth = np.array(right, dtype=float)
    line = LogisticRegression(C=1e6, max_iter=1000).fit(points / 1000, truth)
    height, lead = (max(0, round(100 * weight)) for weight in line.coef_[0])
    places = np.array([(int(first) * height + int(ahead) * lead) // 100 for first, ahead in points])
    curve = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(places, truth)
    edges = np.unique(np.quantile(places, np.linspace(0, 1, _PARTS + 1)[1:-1]).astype(int)).tolist()
    bounds = [places.min() - 1, *edges, places.max() + 1]
    shares: list[int] = []
    for low, high in pairwise(bounds):
        inside = places[(places >= low) & (places < high)]
        share = round(1000 * float(curve.predict(inside).mean())) if len(inside) else (shares[-1] if shares else 0)
        shares.append(min(max([share, *shares[-1:]]), _MOST))
    return {"height": height, "lead": lead, "steps": edges, "shares": shares}
