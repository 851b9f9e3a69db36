"""Officers and admins send the plan of the year from the page; a donor's page has no button for it."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests.browser.stage import Desk, Program, Talk


def _send(talk: Talk, path: Path) -> None:
    """Choose a file, as the button beside the message box does."""
    talk.root.locator("input[name=file]").set_input_files(path)


def test_an_admin_sends_the_form_that_the_bot_handed_out(desk: Desk, demo: Program, tmp_path: Path) -> None:
    """By the button: the bytes arrive, the preview comes, and saving it makes three rounds; again, and nothing changes."""
    page = desk.open(demo.url)
    admin, donor = Talk(page, "admin"), Talk(page, "donor")
    admin.ready()
    expect(donor.root.locator("button.attach")).to_be_hidden()
    expect(admin.root.locator("button.attach")).to_be_visible()
    admin.say("/kehoach", "Mẫu kế hoạch")
    with page.expect_download() as download:
        admin.root.locator("a.file[download]").click()
    form = tmp_path / "plan.xlsx"
    download.value.save_as(form)
    _send(admin, form)
    expect(admin.mine.last).to_contain_text("plan.xlsx")
    expect(admin.answers.last).to_contain_text("thêm 3 đợt")
    expect(admin.root.locator(".working")).to_be_hidden()
    admin.tap("Lưu kế hoạch", "Đã lưu: thêm 3 đợt")
    _send(admin, form)
    expect(admin.answers.last).to_contain_text("Không có gì thay đổi")


def test_a_file_that_is_too_large_never_leaves_the_page(desk: Desk, demo: Program, tmp_path: Path) -> None:
    """The page says so at the top; nothing stands in the chat."""
    page = desk.open(demo.url)
    officer = Talk(page, "officer")
    officer.ready()
    huge = tmp_path / "plan.xlsx"
    huge.write_bytes(b"PK" + b"\0" * (5 * 1024 * 1024))
    before = officer.bubbles.count()
    _send(officer, huge)
    expect(officer.root.locator(".banner")).to_contain_text("Tệp quá lớn")
    assert officer.bubbles.count() == before


def test_a_form_opens_in_other_programs_too(desk: Desk, demo: Program, tmp_path: Path) -> None:
    """What is downloaded is a whole workbook of two sheets."""
    page = desk.open(demo.url)
    officer = Talk(page, "officer")
    officer.ready()
    officer.say("/kehoach", "Mẫu kế hoạch")
    with page.expect_download() as download:
        officer.root.locator("a.file[download]").click()
    download.value.save_as(tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "form.xlsx").read_bytes()))
    assert book.sheetnames == ["Kế hoạch", "Giải thích"]
