"""A photo that goes with a message to many: taken in, stripped, shown before, sent to everybody, uploaded once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from bot.picture_files import read_picture
from core.people import Role
from core.unclear import Unclear
from storage import people, pictures
from tests.program import AtTelegram, grant, quiet, rows, until
from tests.servers.telegram import Person

_PLACE = b"LS-21.853"


def photo(wide: int = 1600, high: int = 900, kind: str = "JPEG") -> bytes:
    """A picture as a telephone makes it: with a note of where it was taken."""
    picture, note = Image.new("RGB", (wide, high), (200, 40, 60)), Image.Exif()
    note[0x010E] = _PLACE.decode()
    file = io.BytesIO()
    picture.save(file, kind, exif=note)
    return file.getvalue()


def calls(telegram: AtTelegram, method: str) -> list[Any]:
    """What the bot asked for by this method."""
    return [call for call in telegram.server.calls if call.method == method]


async def heard(telegram: AtTelegram, person: Person, words: str) -> Any:
    """The first message with these words, once the bot has nothing more to say."""
    await until(lambda: any(words in seen.text for seen in person.messages), words)
    await until(lambda: quiet(telegram.app, f"telegram:{person.id}"))
    return next(seen for seen in person.messages if words in seen.text)


async def test_a_photo_goes_to_everybody_with_words_and_button(telegram: AtTelegram) -> None:
    """The officer sends it while writing; each person sees it above the words; Telegram gets its bytes once for all of them."""
    donors = [telegram.server.person(f"Mai {number}") for number in range(3)]
    for donor in donors:
        donor.say("/start")
        await heard(telegram, donor, "LĐLĐ")
        await telegram.app.database.write(lambda tx, d=donor: people.keep(tx, f"telegram:{d.id}", "vi", 1))
    await telegram.app.database.write(
        lambda tx: tx.run(
            "INSERT INTO donors (person_id, full_name, name_key, unit_id, birth_year, birth_precision, sex, abo, rh, donations, phone,"
            " created_at, updated_at) SELECT p.id, 'Lò Thị Mai', 'mai', u.id, 1990, 'year', 'F', '?', '?', 0, '+84900000001', 1, 1"
            " FROM people p, units u WHERE u.code = 'YT'"
        )
    )
    officer = telegram.server.person("Lan")
    await grant(telegram.app, f"telegram:{officer.id}", Role.OFFICER, unit="YT")
    for said in ("/thongbao", "Tiếp: soạn lời tin", "Tự viết", "Chào {ten}, mời bạn tới * ngày hội < _ nhé"):
        officer.say(said)
    await heard(telegram, officer, "Sẽ nhận được: 3")
    officer.photo(content=photo())
    preview = await heard(telegram, officer, "Chào Nguyễn Văn A, mời bạn tới * ngày hội < _ nhé")
    await until(lambda: any(seen.photo for seen in officer.messages), "the preview shows the photo")
    before = len(calls(telegram, "sendPhoto"))
    for said in ("Gửi…", "Gửi ngay", "Gửi"):
        officer.say(said)
    for donor in donors:
        seen = await heard(telegram, donor, "Chào Lò Thị Mai, mời bạn tới * ngày hội < _ nhé")
        assert seen.photo and seen.photo.startswith(b"\xff\xd8\xff") and _PLACE not in seen.photo
    assert preview is not None
    await until(lambda: len(calls(telegram, "sendPhoto")) >= before + len(donors))
    uploaded = [call for call in calls(telegram, "sendPhoto") if call.files]
    assert len(uploaded) == 1


async def test_a_donors_photo_is_kept_nowhere(telegram: AtTelegram) -> None:
    """Politely refused, not even fetched."""
    donor = telegram.server.person("Mai")
    donor.photo(content=photo())
    await heard(telegram, donor, "không cần tệp nào")
    assert calls(telegram, "getFile") == []
    assert rows(telegram.app, "SELECT * FROM pictures") == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_only_pixels_go_on(kind: str) -> None:
    """Neither where nor with what it was taken, whatever kind it was; never larger than a telephone shows."""
    import base64

    made = base64.b64decode(read_picture(photo(3000, 1500, kind))["jpeg"])
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (1280, 640), {})
    assert _PLACE not in made


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (photo()[:400], "import.refused.broken"),
        (b"\xff\xd8\xff" + b"\0" * 100, "import.refused.broken"),
        (photo(4000, 100), "import.refused.picture"),
        (photo(9000, 6000, "PNG"), "import.refused.picture"),
    ],
    ids=["cut off", "no picture", "a ribbon", "too many pixels"],
)
def test_a_picture_that_nobody_can_use_is_refused(body: bytes, reason: str) -> None:
    """With a sentence; it is opened no further than its size."""
    with pytest.raises(Unclear) as refused:
        read_picture(body)
    assert refused.value.reason == reason


async def test_old_pictures_go(telegram: AtTelegram) -> None:
    """A quarter of a year after they came."""
    write = telegram.app.database.write
    old = await write(lambda tx: pictures.add(tx, "telegram:1", b"a", 0))
    new = await write(lambda tx: pictures.add(tx, "telegram:1", b"b", 80 * 86_400_000))
    await write(lambda tx: pictures.prune(tx, 91 * 86_400_000))
    assert rows(telegram.app, "SELECT id FROM pictures") == [(new,)]
    assert old < new
