"""A list that is saved: once, wholly, with consent on paper, and nobody's own answer overwritten."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.file_kinds import read_file
from core.ages import Birth
from core.dialogue import FileRead
from core.joins import JoinState
from core.list_entries import People
from core.people import Role, Sex
from handlers.documents import xlsx
from handlers.documents.paper import Paper
from storage import joins, uploads
from tests import list_books as books
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.list_books import form, line
from tests.program import NOW, grant

AGREE = "[Đã có giấy đồng ý – lưu]"
ROUND = "[Đợt 11 năm 2026 – Thứ Sáu 04/12/2026]"
NO_ROUND = "[Không cho đợt nào, chỉ ghi người]"


@pytest.fixture
def office(house: House) -> Office:
    """Talks with the house."""
    return Office(house)


@pytest.fixture(autouse=True)
async def fresh(house: House) -> AsyncIterator[None]:
    """Nobody of an earlier test is on any list."""
    yield
    await house.app.database.write(
        lambda tx: tx.run("DELETE FROM people WHERE address LIKE 'paper:%' OR address LIKE 'terminal:%'")
    )


async def send(office: Office, address: str, body: bytes) -> str:
    """A file that was read; the text of the last message."""
    result = read_file("danh-sach.xlsx", body, NOW.date())

    async def keep(tx: Any) -> int:
        file = await uploads.hold(tx, address, "danh-sach.xlsx", body, at=office.house.app.clock.at())
        upload = await uploads.accept(tx, address, file, office.house.app.clock.at())
        assert upload
        await uploads.finish(tx, upload, result, failed=False)
        return upload

    upload = await office.house.app.database.write(keep)
    await office.house.do(address, [FileRead(upload)])
    return office.last(address)


def listed(office: Office, code: str = CODE) -> list[tuple[Any, ...]]:
    """Who is on the list of a round: name, state, by whom, unit."""
    return office.house.rows(
        "SELECT d.full_name, j.state, j.via, u.code FROM joins j JOIN donors d ON d.person_id = j.person_id"
        " JOIN rounds r ON r.id = j.round_id LEFT JOIN units u ON u.id = j.unit_id WHERE r.code = ? ORDER BY d.name_key",
        code,
    )


def people(office: Office) -> list[tuple[Any, ...]]:
    """Everybody from paper."""
    return office.house.rows(
        "SELECT d.full_name, d.sex, d.birth_year, d.donations, d.phone, d.note FROM donors d JOIN people p ON p.id = d.person_id"
        " WHERE p.address LIKE 'paper:%' ORDER BY d.name_key"
    )


def counts(office: Office) -> list[int]:
    """Rows of all tables that a list writes to."""
    return [
        office.house.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("people", "donors", "joins", "consents")
    ]


async def test_a_list_is_saved_with_the_consent_that_the_officer_confirms(office: Office) -> None:
    """People, answers for their units, and for each the proof of who wrote the consent down; nothing before that."""
    officer = await office.officer("YT")
    await send(office, officer, books.tidy())
    before = counts(office)
    assert "đồng ý bằng giấy" in await office.do(officer, ROUND)
    assert counts(office) == before
    await office.do(officer, AGREE)
    assert people(office) == [
        ("Lò Thị Ví Dụ", "F", 1998, 1, "+84900000103", ""),
        ("Nguyễn Thị Mẫu", "F", 1992, 3, "+84900000101", ""),
        ("Trần Văn Thử", "M", 1985, 0, "+84900000102", "Đi xe cơ quan"),
    ]
    assert listed(office) == [
        ("Lò Thị Ví Dụ", "certain", "list", "SYT"),
        ("Nguyễn Thị Mẫu", "certain", "list", "SYT"),
        ("Trần Văn Thử", "certain", "list", "BVDK"),
    ]
    found = office.house.rows(
        "SELECT subject, answer, channel, text_version FROM consents WHERE purpose = 'paper' AND recorded_by = ?",
        officer,
    )
    assert len({subject for subject, *_ in found}) == 3
    assert {(answer, channel, bool(version)) for _, answer, channel, version in found} == {("given", "paper", True)}
    assert office.house.rows("SELECT count(*) FROM people WHERE address LIKE 'paper:%' AND reachable = 1") == [(0,)]
    action, detail = next(entry for entry in office.audit(officer) if entry[0] == "import")
    assert (action, detail["round"], detail["unit"], detail["rows"], detail["added"], detail["joined"]) == (
        "import",
        CODE,
        "YT",
        3,
        3,
        3,
    )
    assert office.house.rows("SELECT state, result, draft, name FROM uploads WHERE address = ?", officer) == [
        ("done", "", "", "")
    ]


async def test_the_same_file_again_changes_nothing(office: Office) -> None:
    """And asks for no confirmation."""
    officer = await office.officer("YT")
    await send(office, officer, books.tidy())
    await office.do(officer, ROUND, AGREE)
    before = counts(office), people(office), listed(office)
    await send(office, officer, books.tidy())
    assert "Không có gì thay đổi" in await office.do(officer, ROUND)
    assert AGREE[1:-1] not in office.labels(officer)
    await office.do(officer, "[Xong]")
    assert (counts(office), people(office), listed(office)) == before


@pytest.mark.parametrize(("answer", "state"), [("[Giữ họ trong danh sách]", "certain"), ("[Rút họ khỏi đợt]", "left")])
async def test_a_corrected_file_updates_and_asks_about_who_is_missing(office: Office, answer: str, state: str) -> None:
    """Before and after are shown; an empty cell changes nothing; nobody goes unasked."""
    officer = await office.officer("YT")
    await send(office, officer, books.tidy())
    await office.do(officer, ROUND, AGREE)
    await send(office, officer, books.changed())
    assert "Lò Thị Ví Dụ" in await office.do(officer, ROUND)
    preview = await office.do(officer, answer)
    assert "Nguyễn Thị Mẫu: Số điện thoại: 090 *** 101 → 090 *** 111" in preview
    await office.do(officer, AGREE)
    assert ("Nguyễn Thị Mẫu", "F", 1992, 4, "+84900000111", "") in people(office)
    assert ("Trần Văn Thử", "M", 1985, 0, "+84900000102", "Đi cùng đoàn") in people(office)
    assert ("Lò Thị Ví Dụ", state, "list", "SYT") in listed(office)
    assert len(people(office)) == 4


async def test_who_registered_by_chat_is_proposed_and_never_overwritten(office: Office) -> None:
    """Their answer to the round is added, and they hear of it."""
    donor = await office.donor(
        "SYT", phone="+84900000101", name="Nguyễn Thị Mẫu", donations=7, birth=Birth("date", date(1992, 8, 15), 1992)
    )
    address = office.house.rows("SELECT address FROM people WHERE id = ?", donor)[0][0]
    officer = await office.officer("YT")
    await send(office, officer, books.tidy())
    question = await office.do(officer, ROUND)
    assert "Đã tự đăng ký: N. T. Mẫu" in question
    assert "cùng số điện thoại, cùng đơn vị, tuổi khớp" in question
    await office.do(officer, "[Cùng một người]", AGREE)
    assert office.house.rows("SELECT donations, birth_on FROM donors WHERE person_id = ?", donor) == [(7, "1992-08-15")]
    assert [name for name, *_ in people(office)] == ["Lò Thị Ví Dụ", "Trần Văn Thử"]
    assert office.house.rows("SELECT state, via FROM joins WHERE person_id = ?", donor) == [("certain", "list")]
    assert "Đợt 11 năm 2026" in office.last(address)


async def test_two_people_stay_two_where_the_officer_says_so(office: Office) -> None:
    """A shared number is no proof."""
    donor = await office.donor("SYT", phone="+84900000101", name="Nguyễn Thị Mẫu")
    officer = await office.officer("YT")
    await send(office, officer, books.tidy())
    await office.do(officer, ROUND, "[Hai người khác nhau]", AGREE)
    assert len(people(office)) == 3
    assert office.house.rows("SELECT count(*) FROM joins WHERE person_id = ?", donor) == [(0,)]


@pytest.mark.parametrize(
    ("state", "said"), [(JoinState.NO, "đã tự báo không tham gia"), (JoinState.MAYBE, "giữ nguyên thông tin")]
)
async def test_what_somebody_answered_by_chat_stays(office: Office, state: JoinState, said: str) -> None:
    """A list says nothing against it."""
    donor = await office.donor("SYT", phone="+84900000101", name="Nguyễn Thị Mẫu")
    await office.joins(donor, state)
    officer = await office.officer("YT")
    await send(office, officer, books.tidy())
    assert said in await office.do(officer, ROUND, "[Cùng một người]")
    await office.do(officer, AGREE)
    assert office.house.rows("SELECT state FROM joins WHERE person_id = ?", donor) == [(str(state),)]


async def test_nobody_learns_who_is_registered_elsewhere(office: Office) -> None:
    """The same name and number in another unit make no question, and no difference."""
    await office.donor("GD", phone="+84900000101", name="Nguyễn Thị Mẫu")
    officer = await office.officer("YT")
    await send(office, officer, books.tidy())
    assert "3 người mới" in await office.do(officer, ROUND)


async def test_the_same_person_twice_in_a_file_is_asked_about(office: Office) -> None:
    """One of the rows is left out where it is one person."""
    officer = await office.officer("YT")
    rows = [*books.THREE, line(4, "Nguyễn Thị Mẫu", female=34, times=3, phone="0900000101")]
    await send(office, officer, form(rows))
    assert "Dòng 12" in await office.do(officer, NO_ROUND)
    assert "3 người mới" in await office.do(officer, "[Cùng một người]")
    await office.do(officer, AGREE)
    assert len(people(office)) == 3


async def test_of_two_rows_of_one_person_each_says_what_the_other_leaves_out(office: Office) -> None:
    """A number that stands in the second row is not lost with it."""
    officer = await office.officer("YT")
    rows = [line(1, "Nguyễn Thị Mẫu", female=34, times=3, phone=None), line(2, "Nguyễn Thị Mẫu", female=34, times=None)]
    await send(office, officer, form(rows))
    await office.do(officer, NO_ROUND, "[Giữ hết các dòng còn lại]", "[Cùng một người]", AGREE)
    assert people(office) == [("Nguyễn Thị Mẫu", "F", 1992, 3, "+84900000001", "")]


async def test_an_officer_of_two_units_is_asked_whose_people_they_are(office: Office) -> None:
    """Where neither the titles nor the rows say so."""
    officer = await office.officer("SYT")
    await grant(office.house.app, officer, Role.OFFICER, unit="GD")
    await send(office, officer, form([line(1, "Nguyễn Thị Mẫu", None, female=34)], top=()))
    assert "thuộc đơn vị nào" in await office.do(officer, NO_ROUND)
    assert [label.partition(" (")[0] for label in office.labels(officer)] == ["Sở Y tế", "Công đoàn ngành Giáo dục"]
    await office.do(officer, "giao duc")
    assert "Công đoàn ngành Giáo dục: 1 người" in await office.do(officer, f"[{office.labels(officer)[0]}]")


async def test_a_long_report_comes_as_a_file_too(office: Office) -> None:
    """Every row with every reason, by the number that the program shows."""
    officer = await office.officer("YT")
    await send(
        office, officer, form([line(n, f"Nguyễn Thị {name}", male=30) for n, name in enumerate("ABCDEGHIKL", 1)])
    )
    sent = [message["document"] for message in office.house.said(officer) if "document" in message]
    lines = sent[-1]["params"]["lines"]
    assert sent[-1]["document"] == "plan-report.xlsx"
    assert [lines[0][:3], lines[-1][:3]] == [["asked", "Dòng 9", "Nguyễn Thị A"], ["asked", "Dòng 18", "Nguyễn Thị L"]]


async def test_a_unit_of_somebody_else_is_not_written_to(office: Office) -> None:
    """Rows that name it are put to a unit of the officer's own, or left out."""
    officer = await office.officer("SYT")
    rows = [line(1, "Nguyễn Thị Mẫu", female=34), line(2, "Trần Văn Thử", "Công an tỉnh", male=41, phone="0900000102")]
    await send(office, officer, form(rows, top=()))
    assert "không thuộc phạm vi của bạn" in await office.do(officer, NO_ROUND)
    assert "Công an tỉnh" not in " ".join(office.labels(officer))
    await office.do(officer, "[Bỏ các dòng này]", AGREE)
    assert [name for name, *_ in people(office)] == ["Nguyễn Thị Mẫu"]


@pytest.mark.parametrize(("text", "note"), [("BV Đa khoa", ""), ("Phòng Kế toán", "Phòng Kế toán")])
async def test_a_part_of_a_unit_stays_as_a_remark(office: Office, text: str, note: str) -> None:
    """Another way to write its name does not."""
    officer = await office.officer("YT")
    await send(office, officer, form([line(1, "Nguyễn Thị Mẫu", text, female=34)]))
    await office.do(officer, NO_ROUND, "Bệnh viện Đa khoa tỉnh", AGREE)
    assert people(office) == [("Nguyễn Thị Mẫu", "F", 1992, 0, "+84900000001", note)]


async def test_a_full_round_is_the_officer_s_decision(office: Office) -> None:
    """All of them over the limit, or as many as there are seats for; the others are kept without an answer."""
    round_ = await office.round()
    officer = await office.officer("YT")
    for answer, seated in (("[Ghi đến khi hết chỗ]", 2), ("[Ghi đủ, vượt số chỗ]", 3)):
        await office.add(replace(round_, capacity=2))
        await send(office, officer, books.tidy())
        assert "còn 2 chỗ" in await office.do(officer, ROUND) or seated == 3
        await office.do(officer, answer, AGREE)
        assert len([row for row in listed(office) if row[1] == "certain"]) == seated
        assert len(people(office)) == 3
    await office.add(round_)


async def test_who_may_not_give_yet_carries_the_mark(office: Office) -> None:
    """The officer may put them on the list all the same."""
    officer = await office.officer("YT")
    await send(office, officer, books.years())
    assert "dự kiến hiến lại được từ 23/12/2026" in office.last(officer)
    await office.do(officer, "[Giữ như đọc được]", AGREE)
    assert office.house.rows("SELECT not_yet FROM joins WHERE not_yet IS NOT NULL") == [("2026-12-23",)]


async def test_a_proposal_that_moved_is_shown_again(office: Office) -> None:
    """Who agreed to one must not get another."""
    officer, other = await office.officer("YT"), await office.officer("YT")
    for address in (officer, other):
        await send(office, address, books.tidy())
        await office.do(address, ROUND)
    await office.do(other, AGREE)
    assert "Không có gì thay đổi" in await office.do(officer, AGREE)
    assert len(people(office)) == 3


async def test_a_turn_that_dies_in_the_middle_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither people without answers nor answers without proof; the list waits to be agreed to again."""
    officer = await office.officer("YT")
    await send(office, officer, books.tidy())
    await office.do(officer, ROUND)
    before = counts(office)

    async def die(*_: Any, **__: Any) -> None:
        raise RuntimeError("the machine stops here")

    with monkeypatch.context() as broken:
        broken.setattr("storage.lists.seat", die)
        await office.do(officer, AGREE)
    assert counts(office) == before
    assert office.house.rows("SELECT state FROM uploads WHERE address = ?", officer) == [("read",)]
    assert "3 người mới" in await office.do(officer, "/danhsach")


async def test_what_was_decided_stays_until_the_list_is_taken_up_again(office: Office) -> None:
    """In the row of the upload, which goes after a week."""
    officer = await office.officer("YT")
    await send(office, officer, books.messy())
    await office.do(officer, NO_ROUND, "[Thuộc Công đoàn ngành Y tế]", "[Nữ]", "/huy")
    draft = json.loads(office.house.rows("SELECT draft FROM uploads WHERE address = ?", officer)[0][0])
    assert draft["rows"] == {"0": {"facts": {"sex": "F"}}}
    assert "Dòng 10" in await office.do(officer, "/danhsach")
    week = 8 * 86_400_000
    await office.house.app.database.write(lambda tx: uploads.prune(tx, office.house.app.clock.at() + week))
    assert office.house.rows("SELECT count(*) FROM uploads WHERE address = ?", officer) == [(0,)]


async def test_a_list_is_not_for_everybody(office: Office) -> None:
    """Donors, officers without a unit, and officers whose role went in the middle; every refusal is on record."""
    donor = office.house.newcomer()
    assert "chỉ dành cho cán bộ" in await office.do(donor, "/danhsach")
    assert office.audit(donor) == [("refused", {"command": "list"})]
    lost = await office.officer("")
    assert "chưa được giao đơn vị" in await office.do(lost, "/danhsach")
    officer = await office.officer("YT")
    await send(office, officer, books.tidy())
    await office.do(officer, ROUND)
    await office.house.app.database.write(lambda tx: tx.run("DELETE FROM roles WHERE address = ?", (officer,)))
    assert "chỉ dành cho cán bộ" in await office.do(officer, AGREE)
    assert people(office) == []


async def test_the_list_of_a_round_is_handed_out_within_one_s_units(office: Office) -> None:
    """On record with its rows; a round of others is refused like one that there is not."""
    await office.joins(await office.donor("SYT"))
    await office.joins(await office.donor("GD", phone="+84900000199"))
    officer, other = await office.officer("YT"), await office.officer("GD")
    assert "hiện có 1 người" in await office.do(officer, f"/danhsach {CODE}")
    assert office.audit(officer)[-1] == (
        "export",
        {"list": "registration", "unit": "YT", "round": CODE, "format": "xlsx", "rows": 1},
    )
    refused = await office.do(other, f"/danhsach {CODE}")
    assert await office.do(other, "/danhsach KHONG-CO") == refused
    assert office.audit(other)[-1] == ("refused", {"command": "list"})
    assert "hiện có 2 người" in await office.do(await office.admin(), f"/danhsach {CODE}")


_NAMES = ("Nguyễn Thị Mẫu", "Trần Văn Thử", "Lò Ý", "Hoàng Minh Hoạ", "Y Bli Niê", "H'Hen Mẫu")
_ROWS = st.tuples(
    st.sampled_from(_NAMES),
    st.sampled_from(["M", "F"]),
    st.integers(18, 60),
    st.integers(0, 120),
    st.integers(0, 99_999_999),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(_ROWS, min_size=1, max_size=8))
async def test_our_own_form_filled_in_is_read_back(
    rows: Sequence[tuple[str, str, int, int, int]], house: House, tmp_path: Path
) -> None:
    """Names, units, ages, counts and numbers come back as they were printed."""
    office = Office(house)
    await house.app.database.write(lambda tx: tx.run("DELETE FROM donors"))
    said = set()
    for name, sex, age, times, number in rows:
        phone, year = f"+849{number:08}", 2026 - age
        await office.donor(
            "SYT",
            phone=phone,
            name=name,
            sex=Sex(sex),
            donations=times,
            birth=Birth("year", None, year),
            note="Đi xe cơ quan",
        )
        said.add((name, "Sở Y tế", sex, year, times, phone, "Đi xe cơ quan"))
    app, path = house.app, tmp_path / "list.xlsx"
    paper = Paper(app.words, "vi", NOW.date(), NOW, "LĐLĐ tỉnh Lạng Sơn", "Lạng Sơn", app.house.settings.zone)
    async with app.database.read() as tx:
        await xlsx.write(tx, paper, {"units": None, "unit": "Công đoàn ngành Y tế", "rows": len(rows)}, path)
    read = People.from_json(read_file("list.xlsx", path.read_bytes(), NOW.date()))
    keys = ("name", "unit", "sex", "birth", "donations", "phone", "note")
    back = {tuple(e.facts["birth"]["y"] if key == "birth" else e.facts.get(key) for key in keys) for e in read.entries}
    assert back == said
    assert not any(entry.grave for entry in read.entries)


async def test_joins_of_a_list_count_for_the_board_like_any_other(office: Office) -> None:
    """Written all at once, they are what single answers are."""
    officer = await office.officer("YT")
    await send(office, officer, books.tidy())
    await office.do(officer, ROUND, AGREE)
    round_ = await office.round()
    async with office.house.app.database.read() as tx:
        assert (await joins.counts(tx, round_.id, [await office.unit("SYT")])).certain == 2
    codes = [code for (code,) in office.house.rows("SELECT code FROM joins")]
    assert len(set(codes)) == len(codes)


async def test_who_signs_is_nobody_on_the_list_and_a_forgotten_name_is_told(office: Office) -> None:
    """The signatures stand in the columns of names and counts; a row with an age and a phone has no name."""
    officer = await office.officer("YT")
    signed = ((None, "NGƯỜI LẬP BIỂU", None, None, None, "TM. BAN THƯỜNG VỤ"), (), (None, "Người Ký Mẫu"))
    said = await send(office, officer, form([*books.THREE, line(4, None, male=30)], signed=signed))
    everything = "\n".join(message.get("text", "") for message in office.house.said(officer)) + said
    assert "Lập Biểu" not in everything
    assert "không có tên, tôi bỏ qua (dòng 12)" in everything
    await office.do(officer, NO_ROUND, AGREE)
    assert len(people(office)) == 3


@pytest.mark.parametrize(("age", "said"), [(14, "chưa đủ 18 tuổi"), (17, "có thể chưa đủ 18 tuổi")])
async def test_nobody_is_kept_who_may_be_too_young(office: Office, age: int, said: str) -> None:
    """The row is left out, or their date of birth says that they are old enough."""
    officer = await office.officer("YT")
    await send(office, officer, form([*books.THREE, line(4, "Phan Thị Trẻ", female=age, phone="0900000104")]))
    assert said in await office.do(officer, NO_ROUND)
    assert "Giữ như đọc được" not in office.labels(officer)
    assert "4 người mới" in await office.do(officer, "1/2/2008")
    await send(office, officer, form([*books.THREE, line(4, "Phan Thị Trẻ", female=age, phone="0900000104")]))
    assert "3 người mới" in await office.do(officer, NO_ROUND, "[Bỏ dòng này]")
