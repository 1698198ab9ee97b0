from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.effects import (
    EffectState,
    EffectType,
    ForbiddenMoveError,
    PlannedEffect,
    business_reference,
    canonical_json,
    idempotency_key,
    payload_of,
    payload_sha256,
    require_move,
)

CREDIT = PlannedEffect(
    seq=1,
    type=EffectType.CREATE_CREDIT_NOTE,
    target="INV-2025-00417",
    params={
        "amount": "2400.00",
        "currency": "USD",
        "invoice_no": "INV-2025-00417",
        "lines": [{"line_no": 1, "net": "2400.00", "tax": "0.00"}],
        "reason": "PRICE",
    },
    precondition={"open_amount": "22400.00"},
)
S = EffectState
ALLOWED = {
    (S.PLANNED, S.AUTHORISED),
    (S.PLANNED, S.VOID),
    (S.AUTHORISED, S.SUBMITTING),
    (S.AUTHORISED, S.VERIFIED),  # found in the ERP before it was submitted again
    (S.AUTHORISED, S.NEEDS_PERSON),
    (S.AUTHORISED, S.VOID),
    (S.SUBMITTING, S.VERIFIED),
    (S.SUBMITTING, S.IN_DOUBT),
    (S.SUBMITTING, S.NEEDS_PERSON),
    (S.IN_DOUBT, S.VERIFIED),
    (S.IN_DOUBT, S.AUTHORISED),
    (S.IN_DOUBT, S.NEEDS_PERSON),
    (S.NEEDS_PERSON, S.VERIFIED),
    (S.NEEDS_PERSON, S.AUTHORISED),
    (S.NEEDS_PERSON, S.VOID),
}


def payload(effect: PlannedEffect = CREDIT):
    return payload_of(case_no="CSR-2025-000101", decision_version=1, policy_version=7, effects=[effect])


def key(*, case_no: str = "CSR-2025-000101", version: int = 1, effect: PlannedEffect = CREDIT) -> str:
    return idempotency_key(case_no=case_no, decision_version=version, effect=effect)


def with_params(**params: object) -> PlannedEffect:
    return replace(CREDIT, params={**CREDIT.params, **params})


def test_the_payload_that_an_approval_signs_is_written_as_specified():
    assert canonical_json(payload()) == (
        '{"case_no":"CSR-2025-000101","decision_version":1,"effects":[{"amount":"2400.00","currency":"USD",'
        '"invoice_no":"INV-2025-00417","lines":[{"line_no":1,"net":"2400.00","tax":"0.00"}],"reason":"PRICE","seq":1,'
        '"type":"create_credit_note"}],"policy_version":7}'
    )


@pytest.mark.parametrize(
    ("amount", "digest"),
    [
        ("2400.00", "29e8e6cd46a45ccdec0c8152ad502f60016e33ca03d97ba3bf64a975167770d7"),
        ("2400.01", "8d8d7153dd8e7636b497a2da35ab84643b66bf6b65e766d49a2f4bc29661b2c0"),
    ],
)
def test_one_cent_more_is_another_payload(amount, digest):
    assert payload_sha256(payload(with_params(amount=amount))) == digest


def test_what_is_only_looked_at_before_is_not_signed():
    assert payload(replace(CREDIT, precondition={"open_amount": "1.00"})) == payload()


def test_equal_effects_have_one_key_whatever_the_order_of_their_fields():
    turned = replace(CREDIT, params=dict(reversed(CREDIT.params.items())))
    assert key(effect=turned) == key()


@pytest.mark.parametrize(
    "other",
    [
        key(case_no="CSR-2025-000102"),
        key(version=2),
        key(effect=replace(CREDIT, seq=2)),
        key(effect=replace(CREDIT, type=EffectType.SEND_REPLY)),
        key(effect=replace(CREDIT, target="INV-2025-00418")),
        key(effect=with_params(amount="2400.01")),
        key(effect=with_params(currency="EUR")),
        key(effect=with_params(reason="QUANTITY")),
        key(effect=with_params(lines=[{"line_no": 2, "net": "2400.00", "tax": "0.00"}])),
    ],
)
def test_any_change_of_an_effect_is_another_key(other):
    assert other != key()


def test_the_reference_typed_into_the_erp_is_short_and_made_of_the_key():
    assert business_reference(key()) == f"csr:{key()[:12]}"


@pytest.mark.parametrize(
    "value",
    [1.5, {"a": [1, (2, 0.1)]}, {1.5: "a"}, {1: "a"}, {None: "a"}, Decimal("1.50"), b"bytes", {1, 2}, float("nan")],
)
def test_what_cannot_be_written_in_one_exact_way_is_refused(value):
    with pytest.raises(TypeError):
        canonical_json(value)


EXACT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(EXACT)
def test_canonical_json_keeps_every_exact_value_and_is_its_own_canonical_form(value):
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@pytest.mark.parametrize("before", EffectState)
@pytest.mark.parametrize("after", EffectState)
def test_an_effect_makes_the_allowed_moves_and_no_other(before, after):
    if (before, after) in ALLOWED:
        require_move(before, after)
    else:
        with pytest.raises(ForbiddenMoveError, match=f"from {before} to {after}"):
            require_move(before, after)


@given(st.lists(st.sampled_from(EffectState)))
def test_no_walk_submits_an_unauthorised_effect_or_leaves_a_final_state(wishes):
    walk = [S.PLANNED]
    for wish in wishes:
        try:
            require_move(walk[-1], wish)
        except ForbiddenMoveError:
            continue
        walk.append(wish)
    for before, after in pairwise(walk):
        assert before not in (S.VERIFIED, S.VOID)
        assert after is not S.SUBMITTING or before is S.AUTHORISED
        assert after is not S.VOID or before not in (S.SUBMITTING, S.IN_DOUBT)
    assert S.VERIFIED not in walk or S.AUTHORISED in walk
