"""Pictures that officers send: looked at and made anew in the reading process, so that nothing of the file but its pixels goes on."""

from __future__ import annotations

import base64
import io
from typing import Any

from core.unclear import Unclear

_SIDE_PX = 1280  # what messengers show; a telephone's photo has three times as much
_MOST_PIXELS = 50_000_000  # 150 MB while it is opened, a third of what the process may have
_MOST_RATIO = 20  # Source: Bot API, sendPhoto
_QUALITY = 85
_KINDS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


def is_picture(body: bytes) -> bool:
    """True for what begins like a JPEG, PNG or WebP file, whatever its name says."""
    return body.startswith(_KINDS[:2]) or (body.startswith(_KINDS[2]) and body[8:12] == b"WEBP")


def read_picture(body: bytes) -> dict[str, Any]:
    """The picture as a JPEG without place, time and camera, at most 1,280 pixels a side. Raises Unclear for what is refused."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(body), formats=("JPEG", "PNG", "WEBP")) as raw:
            wide, high = raw.size
            if wide * high > _MOST_PIXELS or max(wide, high) > _MOST_RATIO * min(wide, high):
                raise Unclear("import.refused.picture")
            picture = ImageOps.exif_transpose(raw).convert("RGBA")
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ) as error:  # the library's ways of saying "broken"
        raise Unclear("import.refused.broken") from error
    picture.thumbnail((_SIDE_PX, _SIDE_PX))
    page = Image.new("RGB", picture.size, "white")  # Behind what lets light through.
    page.paste(picture, mask=picture.getchannel("A"))
    file = io.BytesIO()
    page.save(file, "JPEG", quality=_QUALITY)
    return {"kind": "picture", "jpeg": base64.b64encode(file.getvalue()).decode("ascii")}
