"""Whatever is done in whatever order: the conversation stays a valid row, no turn fails, and each offered choice is understood."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import load_words
from core.dialogue import Blocked, Command, Contact, Expired, Input, Other, Press, Start, Text
from core.people import Grant, Role
from handlers.answers import meanings
from handlers.engine import _FORMS, ACTIONS
from handlers.form import REVIEW
from storage import people, roles
from tests.handlers.conversations import House, inputs

CATALOGUES = load_words("vi")
WORDS = st.sampled_from(
    (
        "đồng ý|không|1|2|3|99|0|00031|Nguyễn Văn An|so y te|TTYT|zzzz|34|2008|17|60|1992|15/8/1992|nam|nữ|O|AB-|rh+"
        "|chưa biết|chưa lần nào|3 lần|8/2026|không nhớ|0912 345 678|lưu|huỷ|quay lại|help|English|Dừng phiếu đang làm"
        "|xoá tất cả|giữ lại|tất cả|csv|xin chào|chắc chắn|có thể|không lần này|tôi đến|vé của tôi|xem đợt khác"
    ).split("|")
)
NAMES = st.sampled_from([name for action in ACTIONS for name in action.names] + ["xyz", ""])
INPUTS = st.one_of(
    WORDS.map(Text),
    st.text(max_size=60).map(Text),
    st.integers(0, 12).map(lambda place: ("press", place)),
    st.text(max_size=64).map(Press),
    st.builds(Command, NAMES, st.sampled_from(["", "en", "vi", "all", "LS-2026-11", "\x00"])),
    st.sampled_from(["", "u_SYT", "u_nowhere", "r_LS-2026-11", "r_nowhere", "register", "x" * 64]).map(Start),
    st.builds(Contact, st.sampled_from(["+84912345678", "", "abc"]), st.booleans()),
    st.sampled_from(["sticker", "edited", "no such kind"]).map(Other),
    st.booleans().map(Blocked),
    st.just(Expired()),
)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("role", ["donor", "admin"])
async def test_any_sequence_of_inputs_leaves_a_valid_conversation(house: House, role: str) -> None:
    """No turn fails; what is open is a known form at a known step, with answers and choices that can be read."""
    loop = asyncio.get_running_loop()

    @settings(max_examples=60)
    @given(st.lists(INPUTS, max_size=20))
    def holds(steps: list[Any]) -> None:
        asyncio.run_coroutine_threadsafe(_check_play(house, role, steps), loop).result(60)

    await asyncio.to_thread(holds)


async def _check_play(house: House, role: str, steps: list[Any]) -> None:
    address = house.newcomer()
    if role == "admin":
        await house.app.database.write(lambda tx: _grant(tx, address))
    for what in steps:
        if isinstance(what, tuple):  # a button that is really there
            tokens = house.tokens(address)
            what = Press(tokens[what[1] % len(tokens)] if tokens else "")
        await house.do(address, [what])
        _check(house, address)
    assert not house.rows("SELECT * FROM inbox WHERE state <> 'done' OR attempts > 0")


async def _grant(tx: Any, address: str) -> None:
    await people.keep(tx, address, "vi", 1)
    await roles.grant(tx, address, Grant(Role.ADMIN), by="test", at=1)


def _check(house: House, address: str) -> None:
    talk = house.conversation(address)
    if talk is None:
        return
    form = _FORMS[talk["form"]]
    known = {question.key for question in form.questions} | ({REVIEW} if form.card else set())
    assert talk["step"] in known
    due = {question.key for question in form.due(talk["answers"])} | {REVIEW}
    assert talk["step"] in due
    assert {key for key in talk["answers"] if not key.startswith("_")} <= due
    values = [option[0] for option in talk["options"]]
    assert len(values) == len(set(values))
    assert talk["version"] > 0


# The way to each question that offers choices.
_TO_UNIT = ["/dangky", "đồng ý", "Nguyễn Văn An"]
QUESTIONS = {
    "consent": ["/dangky"],
    "unit": _TO_UNIT,
    "unit found": [*_TO_UNIT, "TTYT"],
    "unit roots": [*_TO_UNIT, "Duyệt danh sách"],
    "unit branch": [*_TO_UNIT, "Duyệt danh sách", "1"],
    "unit page 2": [*_TO_UNIT, "Duyệt danh sách", "1", "Trang sau"],
    "sex": [*_TO_UNIT, "so y te", "34"],
    "abo": [*_TO_UNIT, "so y te", "34", "nam"],
    "rh": [*_TO_UNIT, "so y te", "34", "nam", "O"],
    "count": [*_TO_UNIT, "so y te", "34", "nam", "chưa biết"],
    "last": [*_TO_UNIT, "so y te", "34", "nam", "chưa biết", "3"],
    "phone": [*_TO_UNIT, "so y te", "34", "nam", "chưa biết", "0"],
    "review": [*_TO_UNIT, "so y te", "34", "nam", "O+", "3", "8/2026", "0912345678"],
    "forget": ["/dangky", "/xoa"],
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("question", QUESTIONS)
async def test_every_offered_choice_is_understood(house: House, question: str) -> None:
    """By its button, its number, its label and each of its other words, all lead to the same."""
    way = inputs(QUESTIONS[question])
    asked = house.newcomer()
    await house.do(asked, way)
    talk = house.conversation(asked)
    assert talk
    assert talk["options"]
    plain = [option for option in talk["options"] if not option[0].startswith("_")]
    free = next((q.free for q in _FORMS[talk["form"]].questions if q.key == talk["step"]), False)
    words = {option[0]: meanings(CATALOGUES, tuple(option)) for option in talk["options"]}
    for place, (value, *_) in enumerate(talk["options"]):
        label, *aliases = words[value]
        outcomes = set()
        numbered = [] if free or value.startswith("_") else [Text(str(plain.index(talk["options"][place]) + 1))]
        others = {word for other, ways in words.items() if other != value for word in ways}
        ways: list[Input] = [*numbered, Text(label), *(Text(alias) for alias in aliases if alias not in others)]
        for said in [None, *ways]:
            person = house.newcomer()
            await house.do(person, way)
            tokens = house.tokens(person)
            await house.do(person, [said or Press(tokens[place])])
            after = house.conversation(person)
            outcomes.add(
                json.dumps([after and (after["form"], after["step"], _plain(after["answers"]))], sort_keys=True)
            )
        assert len(outcomes) == 1, (value, label, outcomes)


def _plain(answers: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if key != "_below"}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_word_that_two_choices_share_chooses_neither(house: House) -> None:
    """Two units of the same name: typing it asks again, it never picks the first."""
    person = house.newcomer()
    await house.do(person, [*inputs(QUESTIONS["unit found"]), Text("Trung tâm Y tế")])
    talk = house.conversation(person)
    assert talk
    assert talk["step"] == "unit"
    assert [option[0] for option in talk["options"]][:2] == ["u7", "u9"]
