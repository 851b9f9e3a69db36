"""The picture of a ticket: its QR holds the code alone, with the light border that scanners need."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from struct import unpack

import pytest
import segno

from core.joins import JoinState
from handlers.documents import DOCUMENTS
from storage import joins, people, rounds
from storage.database import Database, Tx, open_database
from storage.joins import Wish
from storage.migrate import migrate
from tests.handlers.test_documents import PAPER
from tests.storage.test_joins import ROUND


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A round, and one person who comes."""
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    await migrate(database, 1)

    async def work(tx: Tx) -> None:
        id_ = await rounds.write(tx, ROUND)
        person = await people.keep(tx, "web:1", "vi", 0)
        await joins.answer(tx, replace(ROUND, id=id_), person, Wish(JoinState.CERTAIN), at=1)

    await database.write(work)
    yield database
    await database.close()


def pixels(png: bytes) -> list[list[int]]:
    """The rows of a black and white PNG; 1 is dark. (One bit a pixel: what segno writes.)"""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed, width = 8, b"", 0
    while at < len(png):
        (length,) = unpack(">I", png[at : at + 4])
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, height, depth, colour = unpack(">IIBB", body[:10])
            assert (depth, colour) == (1, 0) and width == height
        packed += body if name == b"IDAT" else b""
        at += 12 + length
    line = (width + 7) // 8 + 1
    raw = zlib.decompress(packed)
    rows, above = [], bytes(line - 1)
    for start in range(0, len(raw), line):
        kind, *row = raw[start : start + line]
        assert kind in (0, 2)  # as it is, or what was added to the row above
        above = bytes((now + before) % 256 for now, before in zip(row, above, strict=True)) if kind else bytes(row)
        rows.append(above)
    return [[1 - (row[x // 8] >> (7 - x % 8) & 1) for x in range(width)] for row in rows]


async def test_the_qr_holds_the_code_and_nothing_else(database: Database, tmp_path: Path) -> None:
    """Module by module the code of "GH:" and six signs; four light modules around; large enough for a worn scanner."""
    async with database.read() as tx:
        ((code,),) = await tx.all("SELECT code FROM joins")
        await DOCUMENTS["ticket.png"].write(tx, PAPER, {"ticket": code, "round": "LS-11"}, tmp_path / "t.png")
    picture = pixels((tmp_path / "t.png").read_bytes())
    expected = [list(row) for row in segno.make_qr(f"GH:{code}", error="m").matrix]
    modules = len(expected) + 8
    scale = len(picture) // modules
    assert len(picture) == modules * scale >= 500
    seen = [[picture[y * scale + scale // 2][x * scale + scale // 2] for x in range(modules)] for y in range(modules)]
    assert [row[4:-4] for row in seen[4:-4]] == expected
    border = [*seen[:4], *seen[-4:], *(row[:4] + row[-4:] for row in seen)]
    assert not any(any(row) for row in border)


async def test_a_ticket_of_somebody_who_was_erased_is_not_made(database: Database, tmp_path: Path) -> None:
    """Between the answer and the sending of its picture they may have gone."""
    async with database.read() as tx:
        ((code,),) = await tx.all("SELECT code FROM joins")
    await database.write(lambda tx: people.forget(tx, "web:1"))
    async with database.read() as tx:
        with pytest.raises(LookupError):
            await DOCUMENTS["ticket.png"].write(tx, PAPER, {"ticket": code, "round": "LS-11"}, tmp_path / "t.png")
