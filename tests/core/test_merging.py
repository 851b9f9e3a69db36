"""Two records of one person become one: nobody loses a seat, a word of their own, or what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ages import Birth
from core.blood import Abo, Rh
from core.joins import Join, JoinState
from core.merging import merge_answers, merge_donors
from core.people import Donor, Sex

OWN, PAPER = 1, 2
STATES = st.sampled_from(JoinState)
OUTCOMES = st.sampled_from([None, None, "gave", "deferred", "absent"])


def join(id_: int, round_id: int, person: int, state: JoinState, outcome: str | None = None) -> Join:
    """An answer as the table allows it."""
    queued, until = (1 if state is JoinState.WAITING else None), (9 if state is JoinState.OFFERED else None)
    return Join(id_, round_id, person, state, "", f"C{id_}", 1, None, outcome, 1, 1, queued, until)


@st.composite
def records(draw: st.DrawFn) -> tuple[list[Join], list[Join]]:
    """The answers of two records, to some of the same rounds."""
    made: list[list[Join]] = []
    for person in (OWN, PAPER):
        chosen = draw(st.lists(st.integers(1, 6), unique=True))
        made.append([join(person * 10 + r, r, person, draw(STATES), draw(OUTCOMES)) for r in chosen])
    return made[0], made[1]


@given(records())
def test_one_answer_a_round_and_none_made_up(both: tuple[list[Join], list[Join]]) -> None:
    """Every answer stays or goes, each round that was answered has exactly one, and only the other record's move."""
    own, other = both
    merged = merge_answers(own, other)
    gone = {one.id for one in merged.dropped}
    stays = [one for one in (*own, *other) if one.id not in gone]
    assert sorted(one.round_id for one in stays) == sorted({one.round_id for one in (*own, *other)})
    assert {one.id for one in merged.moved} == {one.id for one in stays if one.person_id == PAPER}


@given(records())
def test_nobody_loses_what_happened_or_a_seat_they_want(both: tuple[list[Join], list[Join]]) -> None:
    """An outcome stays; who said that they come keeps a seat that either record has; a plain word of one's own stays."""
    own, other = both
    gone = {one.id for one in merge_answers(own, other).dropped}
    left = {one.round_id: one for one in (*own, *other) if one.id not in gone}
    for mine in own:
        theirs = next((one for one in other if one.round_id == mine.round_id), None)
        if theirs is None:
            continue
        if mine.outcome or theirs.outcome:
            assert left[mine.round_id].outcome == (mine.outcome or theirs.outcome)
        elif mine.state in (JoinState.WAITING, JoinState.OFFERED) and theirs.state is JoinState.CERTAIN:
            assert left[mine.round_id] is theirs
        else:
            assert left[mine.round_id] is mine


@given(records())
def test_merging_again_changes_nothing(both: tuple[list[Join], list[Join]]) -> None:
    """What is left is one person's."""
    own, other = both
    merged = merge_answers(own, other)
    gone = {one.id for one in merged.dropped}
    stays = [replace(one, person_id=OWN) for one in (*own, *other) if one.id not in gone]
    assert merge_answers(stays, []) == merge_answers([], [])


DONOR = Donor(
    full_name="Nguyễn Thị Ánh", unit_id=None, unit_text="Trạm y tế", birth=Birth("year", None, 1992), sex=Sex.FEMALE,
    abo=Abo.UNKNOWN, rh=Rh.UNKNOWN, donations=3, last_donation="2026-05", phone="+84900000001",
)  # fmt: skip
LISTED = replace(
    DONOR, full_name="NGUYỄN THỊ ÁNH", unit_id=7, unit_text="", birth=Birth("date", date(1992, 8, 15), 1992), abo=Abo.A,
    rh=Rh.POSITIVE, donations=5, last_donation="2026-05-20", phone="+84900000002", note="tổ 3",
)  # fmt: skip


def test_ones_own_word_stays_and_is_filled_up() -> None:
    """Name and phone as they typed them; unit, group, birthday and note as far as they said none; the last is the later."""
    merged = merge_donors(DONOR, LISTED, 5)
    assert (merged.full_name, merged.phone, merged.donations) == ("Nguyễn Thị Ánh", "+84900000001", 5)
    assert (merged.unit_id, merged.unit_text, merged.birth.date) == (7, "", date(1992, 8, 15))
    assert (merged.abo, merged.rh, merged.last_donation, merged.note) == (Abo.A, Rh.POSITIVE, "2026-05-20", "tổ 3")


@pytest.mark.parametrize(
    ("own", "own_source", "other", "other_source", "expected"),
    [
        ("O?", "declared", "A+", "declared", "O?"),
        ("A?", "declared", "A+", "declared", "A+"),
        ("??", "declared", "A+", "declared", "A+"),
        ("O+", "declared", "A+", "facility", "A+"),
        ("O+", "certificate", "A+", "facility", "O+"),
        ("O+", "certificate", "A+", "declared", "O+"),
        ("O+", "declared", "??", "declared", "O+"),
    ],
)
def test_a_group_on_a_certificate_counts_for_more_than_a_said_one(
    own: str, own_source: str, other: str, other_source: str, expected: str
) -> None:
    """And of two that are alike one's own."""
    mine = replace(DONOR, abo=Abo(own[0]), rh=Rh(own[1]), group_source=own_source)
    theirs = replace(LISTED, abo=Abo(other[0]), rh=Rh(other[1]), group_source=other_source)
    merged = merge_donors(mine, theirs, 3)
    assert merged.abo + merged.rh == expected


def test_a_birthday_that_contradicts_is_not_taken() -> None:
    """The person knows their own year."""
    assert merge_donors(replace(DONOR, birth=Birth("year", None, 1990)), LISTED, 3).birth.year == 1990


def test_nobody_has_a_last_donation_without_one() -> None:
    """The table refuses it."""
    assert merge_donors(replace(DONOR, donations=0, last_donation=None), LISTED, 0).last_donation is None
