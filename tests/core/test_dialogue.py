"""What channels hand in and hand out survives the tables, and reads well as text alone."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialogue import (
    Blocked,
    Button,
    Command,
    Contact,
    DocumentRef,
    Expired,
    Inbound,
    Moved,
    Other,
    Place,
    Press,
    Reply,
    Start,
    Text,
    numbered_text,
    typed,
)

words = st.text(max_size=40)
inputs = st.one_of(
    st.builds(Text, words),
    st.builds(Press, words, words),
    st.builds(Command, words, words),
    st.builds(Start, words),
    st.builds(Contact, words, st.booleans()),
    st.builds(Other, words),
    st.builds(Blocked, st.booleans()),
    st.just(Expired()),
    st.builds(Moved, words),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | words, lambda v: st.lists(v, max_size=3), max_leaves=5
)
degrees = st.floats(-90, 90)
replies = st.builds(
    Reply,
    text=words,
    buttons=st.lists(st.builds(Button, words, words, st.booleans()), max_size=5).map(tuple),
    numbered=st.booleans(),
    contact=words,
    tidy=st.booleans(),
    place=st.none() | st.builds(Place, words, words, degrees, degrees),
    document=st.none() | st.builds(DocumentRef, words, st.dictionaries(words, json_values, max_size=3)),
)


@given(inputs, words, st.booleans())
def test_what_came_in_comes_back_from_its_row(input_: object, language: str, private: bool) -> None:
    """Through JSON as the inbox keeps it."""
    inbound = Inbound("web:a", input_, language, private)  # type: ignore[arg-type]
    assert Inbound.from_json("web:a", json.loads(json.dumps(inbound.to_json()))) == inbound


@given(replies)
def test_a_reply_comes_back_from_its_row(reply: Reply) -> None:
    """Through JSON as the outbox keeps it."""
    assert Reply.from_json(json.loads(json.dumps(reply.to_json()))) == reply


def test_an_empty_reply_takes_no_room() -> None:
    """What is empty is left out of the row."""
    assert Reply().to_json() == {}
    assert Reply("Chào bạn").to_json() == {"text": "Chào bạn"}


@pytest.mark.parametrize(
    ("address", "channel"), [("telegram:1001", "telegram"), ("web:a:b", "web"), ("terminal:donor", "terminal")]
)
def test_the_channel_stands_in_the_address(address: str, channel: str) -> None:
    """Before the first colon."""
    assert Inbound(address, Text("a")).channel == channel


YES, NO, BACK = Button("Có", "1.a:yes"), Button("Không", "1.a:no"), Button("← Quay lại", "1.a:_back", nav=True)


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (Reply("Chào"), "Chào"),
        (Reply("Bạn đồng ý?", (YES, NO)), "Bạn đồng ý?\n1. Có\n2. Không"),
        (Reply("Bạn đồng ý?", (YES, NO, BACK)), "Bạn đồng ý?\n1. Có\n2. Không\n[← Quay lại]"),
        (Reply("Mấy lần?", (YES, BACK), numbered=False), "Mấy lần?\n[Có] · [← Quay lại]"),
        (Reply("Tên?", (BACK,)), "Tên?\n[← Quay lại]"),
        (Reply("", (YES,)), "1. Có"),
        (Reply(), ""),
    ],
)
def test_a_message_reads_well_without_buttons(reply: Reply, shown: str) -> None:
    """Choices are numbered, back and cancel are words; where a number may be the answer, nothing is numbered."""
    assert numbered_text(reply) == shown


@given(replies)
def test_the_numbers_are_those_of_the_choices(reply: Reply) -> None:
    """The n-th line of the list is the n-th choice that is not back or cancel."""
    plain = [button for button in reply.buttons if not button.nav]
    clean = replace(
        reply, text="Câu hỏi", buttons=tuple(b._replace(label=f"L{n}") for n, b in enumerate(reply.buttons))
    )
    lines = numbered_text(clean).splitlines()
    numbered = [line for line in lines[1:] if line[0].isdigit()]
    assert len(numbered) == (len(plain) if reply.numbered else 0)
    assert [line.partition(". ")[0] for line in numbered] == [str(n) for n in range(1, len(numbered) + 1)]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("Lò Thị Ý", Text("Lò Thị Ý")),
        ("/dangky", Command("dangky")),
        ("/DangKy@GiotHongBot", Command("dangky")),
        ("/xuat so y te", Command("xuat", "so y te")),
        ("/huy\nthôi", Command("huy", "thôi")),
        ("/start u_SYT", Start("u_SYT")),
        ("/started", Command("started")),
        ("/", Command("")),
        ("a" * 5000, Text("a" * 4096)),
    ],
)
def test_a_typed_line_means_the_same_on_every_channel(line: str, meant: object) -> None:
    """Words, a command with what follows it, or the beginning."""
    assert typed(line) == meant
