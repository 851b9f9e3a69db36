"""Codes that are handed over: made to be read out, read as people type them, kept so that nobody can find them again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.codes import LENGTH, digest, new_code, read_handed, show_handed
from core.joins import ALPHABET


def test_a_code_is_read_back_however_it_is_written() -> None:
    """With and without spaces, in small letters, with a dash or full stops."""
    code = new_code()
    assert len(code) == LENGTH and set(code) <= set(ALPHABET)
    for typed in (code, code.lower(), show_handed(code), f" {code[:4]}-{code[4:]} ", ".".join(code)):
        assert read_handed(typed) == code


@pytest.mark.parametrize("typed", ["", "ABC 234", "ABCD 234O", "ABCD2345X", "0912345678", "mã của tôi"])
def test_what_can_be_no_code_is_none(typed: str) -> None:
    """Too short, too long, with letters that no code has."""
    assert read_handed(typed) == ""


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_none(typed: str) -> None:
    """What is read is a code, and reads as itself."""
    read = read_handed(typed)
    assert read in ("", read_handed(read))
    assert not set(read) - set(ALPHABET)


def test_what_is_kept_depends_on_the_key() -> None:
    """A stolen table alone gives no code."""
    assert digest(b"a" * 32, "ABCD2345") == digest(b"a" * 32, "ABCD2345") != digest(b"b" * 32, "ABCD2345")
    assert digest(b"a" * 32, "ABCD2345") != digest(b"a" * 32, "ABCD2346")


def test_no_two_codes_are_alike() -> None:
    """Drawn from the system's own randomness."""
    assert len({new_code() for _ in range(2_000)}) == 2_000
