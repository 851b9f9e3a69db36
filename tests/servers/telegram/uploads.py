"""Files that the bot sends, and the bodies that carry them."""

import json
from dataclasses import dataclass
from struct import unpack
from typing import Any, cast
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from tests.servers.telegram.errors import ApiError, bad
from tests.servers.telegram.world import Json, World

# Source: Bot API "Sending files": photos 10 MB, other files 50 MB; sendPhoto: width + height at most 10000, ratio 20.
MAX_PHOTO, MAX_FILE = 10 * 1024 * 1024, 50 * 1024 * 1024
MAX_SIDES, MAX_RATIO = 10_000, 20
TOO_LARGE = ApiError(413, "Request Entity Too Large")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart body."""

    name: str
    content: bytes
    mime_type: str


async def read_call(request: web.BaseRequest) -> tuple[Json, dict[str, Upload]]:
    """(parameters, files) from the address and a JSON, form or multipart body. Raises ApiError."""
    params: Json = dict(request.query) if request.query_string else {}
    if request.method == "GET" or not request.can_read_body:
        return params, {}
    kind = request.content_type
    try:
        if kind == "multipart/form-data":
            return await read_multipart(request, params)
        body = (await request.read()).decode()
    except UnicodeDecodeError:
        raise bad("strings must be encoded in UTF-8") from None
    except web.HTTPRequestEntityTooLarge:
        raise TOO_LARGE from None
    except (ValueError, AssertionError):
        raise bad("can't parse multipart body (fake)") from None
    if kind == "application/json":
        return params | read_json(body), {}
    if kind == "application/x-www-form-urlencoded":
        return params | dict(parse_qsl(body, keep_blank_values=True)), {}
    return params, {}


def read_json(body: str) -> Json:
    """The object of a JSON body. Raises ApiError."""
    try:
        params = json.loads(body)
    except (ValueError, RecursionError):
        raise bad("can't parse request: JSON object expected (fake)") from None
    if not isinstance(params, dict):
        raise bad("can't parse request: JSON object expected (fake)")
    return params


async def read_multipart(request: web.BaseRequest, params: Json) -> tuple[Json, dict[str, Upload]]:
    """Fields and files of a multipart body. Raises ApiError past 50 MB."""
    files: dict[str, Upload] = {}
    reader = await request.multipart()
    while (part := cast(BodyPartReader | None, await reader.next())) is not None:
        content = bytes(await part.read(decode=False))
        if len(content) > MAX_FILE:
            raise TOO_LARGE
        if part.filename is None:
            params[str(part.name)] = content.decode()
            continue
        mime_type = part.headers.get("Content-Type", "application/octet-stream")
        files[str(part.name)] = Upload(part.filename, content, mime_type)
    return params, files


def given(world: World, value: str, files: dict[str, Upload]) -> Upload | Json:
    """The upload behind `attach://name`, or the stored file behind a file_id. Raises ApiError."""
    if value.startswith("attach://"):
        value = value.removeprefix("attach://")
    if value in files:
        if not files[value].content:
            raise bad("file must be non-empty")
        return files[value]
    if value in world.files:
        return world.files[value]
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    raise bad("wrong file identifier/HTTP URL specified")


def document(world: World, value: str, files: dict[str, Upload]) -> Json:
    """A Document. The name loses its directories, as the real server does."""
    found = given(world, value, files)
    if isinstance(found, dict):
        return {"file_id": value, "file_unique_id": f"u{value}", "file_name": found["name"]}
    name = found.name.replace("\\", "/").rpartition("/")[2][:255] or "file"
    kept = world.keep_file("document", name, found.content, found.mime_type)
    return {"file_name": name, "mime_type": found.mime_type, **kept}


def photo(world: World, value: str, files: dict[str, Upload]) -> list[Json]:
    """The sizes of a photo, one here. Raises ApiError."""
    found = given(world, value, files)
    if isinstance(found, dict):
        return [{"file_id": value, "file_unique_id": f"u{value}", "width": 90, "height": 90}]
    size = len(found.content)
    if size > MAX_PHOTO:
        raise bad(f"file of size {size} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes")
    width, height = dimensions(found.content)
    kept = world.keep_file("photo", "photo.jpg", found.content, "image/jpeg")
    return [{**kept, "width": width, "height": height}]


def dimensions(content: bytes) -> tuple[int, int]:
    """(width, height) of a PNG; 90 x 90 for a JPEG, whose header is not read. Raises ApiError for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return 90, 90
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) < 24:
        raise bad("IMAGE_PROCESS_FAILED")
    width, height = cast(tuple[int, int], unpack(">II", content[16:24]))
    if width + height > MAX_SIDES or not 1 / MAX_RATIO <= width / max(height, 1) <= MAX_RATIO:
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return width, height


def described(files: dict[str, Upload]) -> dict[str, Any]:
    """What the call log keeps of the files: name and size."""
    return {field: f"<{upload.name}, {len(upload.content)} bytes>" for field, upload in files.items()}
