"""The same person twice: what speaks for it, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.list_twins import Known, likeness, name_key, same_name, spellings, twins

HERE = Known("Nguyễn Thị Hoà", "F", 1992, "+84900000101", 1)


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (HERE, ("phone", "unit", "birth")),
        (Known("Nguyễn Thị Hòa", "F", 1993, "", 1), ("unit", "birth")),
        (Known("NGUYEN THI HOA", "F", 1992, "+84900000101", 2), ("phone", "birth")),
        (Known("Nguyễn Thị Hoà", "F", 1970, "+84900000101", 2), ("phone",)),
        (Known("Nguyễn Thị Hoà", "", None, "", 1), ("unit",)),
        (Known("Nguyễn Thị Hoà", "F", 1992, "+84900000102", 2), ()),
        (Known("Nguyễn Thị Hoà", "F", 1980, "+84900000102", 1), ()),
        (Known("Nguyễn Thị Hoà", "M", 1992, "+84900000101", 1), ()),
        (Known("Nguyễn Thị Hoá", "F", 1992, "+84900000101", 1), ()),
        (Known("Trần Thị Hoà", "F", 1992, "+84900000101", 1), ()),  # A family shares a phone.
    ],
)
def test_what_speaks_for_one_person(other: Known, reasons: tuple[str, ...]) -> None:
    """Name first; then the number, or unit and age together."""
    assert likeness(HERE, other) == likeness(other, HERE) == reasons


def test_names_are_one_wherever_the_tone_stands() -> None:
    """And two where a mark differs; words without any marks are like all that they may be."""
    assert name_key("Lê Thuý Hoà") == name_key("LÊ Thúy Hòa")
    assert not same_name("Trần Ánh", "Trần Anh")
    assert same_name("Tran Anh", "Trần Ánh")
    assert set(spellings("Lê Thuý Hoà")) >= {"Lê Thuý Hoà", "Lê Thúy Hòa"}
    assert spellings("Đặng Quý") == ("Đặng Quý",)


@given(
    st.lists(
        st.sampled_from([HERE, Known("Nguyễn Thị Hòa", "F", 1991, "", 1), Known("Lê An", "M", 1990, "", 1)]),
        max_size=12,
    )
)
def test_every_row_is_like_an_earlier_one_at_most_once(rows: list[Known]) -> None:
    """Pairs go back in the list, and nobody is left who is like somebody before."""
    pairs = list(twins(list(enumerate(rows))))
    assert all(earlier < row for row, earlier, _ in pairs)
    assert len({row for row, *_ in pairs}) == len(pairs)
    firsts = [known for at, known in enumerate(rows) if at not in {row for row, *_ in pairs}]
    assert not any(likeness(one, other) for at, one in enumerate(firsts) for other in firsts[:at])
