"""The methods that send, edit and delete. Each takes the checked parameters and answers what the API answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.servers.telegram.errors import NOT_MODIFIED, OLD_QUERY, bad
from tests.servers.telegram.markup import check_markup
from tests.servers.telegram.text import caption_fields, message_text
from tests.servers.telegram.uploads import Upload, document, photo
from tests.servers.telegram.world import CALLBACK_LIFE_S, Chat, Json, Message, World

# Source: Bot API deleteMessage: "a message can only be deleted if it was sent less than 48 hours ago".
DELETE_WITHIN_S = 48 * 3600
MAX_TOAST = 200
CHAT_ACTIONS = frozenset(
    """typing upload_photo record_video upload_video record_voice upload_voice record_audio upload_audio upload_document
    choose_sticker find_location record_video_note upload_video_note""".split()
)


@dataclass(slots=True)
class Request:
    """One call, checked against the schema."""

    world: World
    params: Json
    files: dict[str, Upload] = field(default_factory=dict)


def send(request: Request, chat: Chat, fields: Json) -> Json:
    """Put a message of the bot into a chat and show it to its people."""
    params, world = request.params, request.world
    markup = check_markup(params.get("reply_markup"), chat.type)
    reply = params.get("reply_parameters")
    if reply:
        fields |= replied(chat, reply)
    message = world.post(chat, fields, from_bot=True, markup=markup)
    if params.get("protect_content"):
        message.body["has_protected_content"] = True
    keep_keyboard(chat, markup)
    chat.happened("sent", message)
    return message.body


def replied(chat: Chat, reply: Json) -> Json:
    """`reply_to_message` of an answer; refused when the message is gone, unless the caller allows that."""
    message = chat.messages.get(reply["message_id"])
    if message and not message.deleted:
        return {"reply_to_message": {key: value for key, value in message.body.items() if key != "reply_to_message"}}
    if reply.get("allow_sending_without_reply"):
        return {}
    raise bad("message to be replied not found")


def keep_keyboard(chat: Chat, markup: Json | None) -> None:
    """Show or hide the keys under the person's input field."""
    if markup and "keyboard" in markup:
        chat.keyboard = markup
    if markup and "remove_keyboard" in markup:
        chat.keyboard = None


def send_message(request: Request) -> Json:
    """Text."""
    text, entities = message_text(request.params)
    chat = request.world.writable(request.params["chat_id"])
    return send(request, chat, {"text": text, "entities": entities} if entities else {"text": text})


def send_document(request: Request) -> Json:
    """A file, uploaded or known by its file_id."""
    body = document(request.world, request.params["document"], request.files)
    chat = request.world.writable(request.params["chat_id"])
    return send(request, chat, {"document": body, **caption_fields(request.params)})


def send_photo(request: Request) -> Json:
    """A picture."""
    sizes = photo(request.world, request.params["photo"], request.files)
    chat = request.world.writable(request.params["chat_id"])
    return send(request, chat, {"photo": sizes, **caption_fields(request.params)})


def place(params: Json) -> Json:
    """A Location. Raises ApiError outside the globe."""
    if not (-90 <= params["latitude"] <= 90 and -180 <= params["longitude"] <= 180):
        raise bad("wrong latitude or longitude specified (fake)")
    return {"latitude": params["latitude"], "longitude": params["longitude"]}


def send_location(request: Request) -> Json:
    """A point on the map."""
    fields = {"location": place(request.params)}
    return send(request, request.world.writable(request.params["chat_id"]), fields)


def send_venue(request: Request) -> Json:
    """A named place; the message carries `location` too."""
    params = request.params
    location = place(params)
    venue = {"location": location, "title": params["title"], "address": params["address"]}
    chat = request.world.writable(params["chat_id"])
    return send(request, chat, {"venue": venue, "location": location})


def send_contact(request: Request) -> Json:
    """A phone card."""
    contact = {key: request.params[key] for key in ("phone_number", "first_name", "last_name") if key in request.params}
    return send(request, request.world.writable(request.params["chat_id"]), {"contact": contact})


def send_chat_action(request: Request) -> bool:
    """Say that the bot is typing."""
    if request.params["action"] not in CHAT_ACTIONS:
        raise bad("wrong parameter action in request")
    request.world.writable(request.params["chat_id"]).happened("action", {"action": request.params["action"]})
    return True


def answer_callback_query(request: Request) -> bool:
    """End a button's waiting circle, with a toast if there is a text. Too late after 150 seconds."""
    params, world = request.params, request.world
    query = world.queries.get(params["callback_query_id"])
    if query is None or world.now() - query["at"] > CALLBACK_LIFE_S:
        raise bad(OLD_QUERY)
    if len(params.get("text", "")) > MAX_TOAST:
        raise bad("MESSAGE_TOO_LONG")
    if "url" in params and not params["url"].startswith("https://t.me/"):
        raise bad("URL_INVALID")
    query["answered"] += 1
    toast = {"text": params.get("text", ""), "show_alert": params.get("show_alert", False), "from": query["from"]}
    query["chat"].happened("toast", toast)
    return True


def editable(request: Request) -> tuple[Chat, Message]:
    """The bot's own message that is to be edited. Raises ApiError."""
    params = request.params
    if "inline_message_id" in params:
        raise bad("MESSAGE_ID_INVALID")
    if "chat_id" not in params:
        raise bad("chat_id is empty")
    if "message_id" not in params:
        raise bad("message identifier is not specified")
    chat = request.world.writable(params["chat_id"])
    message = chat.messages.get(params["message_id"])
    if message is None or message.deleted:
        raise bad("message to edit not found")
    if not message.from_bot or (message.markup and "inline_keyboard" not in message.markup):
        raise bad("message can't be edited")
    return chat, message


def edit(request: Request, drop: tuple[str, ...], fields: Json) -> Json:
    """Replace the dropped fields and the keyboard; a message that stays the same is refused."""
    chat, message = editable(request)
    markup = check_markup(request.params.get("reply_markup"), chat.type)
    kept = {key: value for key, value in message.body.items() if key not in (*drop, "reply_markup", "edit_date")}
    changed = kept | fields | ({"reply_markup": markup} if markup else {})
    if changed == {key: value for key, value in message.body.items() if key != "edit_date"}:
        raise bad(NOT_MODIFIED)
    message.body, message.markup = changed | {"edit_date": int(request.world.now())}, markup
    chat.happened("edited", message)
    return message.body


def edit_message_text(request: Request) -> Json:
    """New text; without `reply_markup` the buttons go."""
    if "rich_message" in request.params:
        raise bad("rich messages are not known here (fake)")
    text, entities = message_text(request.params)
    if "text" not in editable(request)[1].body:
        raise bad("there is no text in the message to edit")
    return edit(request, ("text", "entities"), {"text": text, "entities": entities} if entities else {"text": text})


def edit_message_caption(request: Request) -> Json:
    """New words under a file."""
    fields = caption_fields(request.params)
    if not {"document", "photo"} & editable(request)[1].body.keys():
        raise bad("there is no caption in the message to edit")
    return edit(request, ("caption", "caption_entities"), fields)


def edit_message_reply_markup(request: Request) -> Json:
    """New buttons, or none."""
    return edit(request, (), {})


def delete_message(request: Request) -> bool:
    """Take a message away; the bot may do so within 48 hours."""
    chat = request.world.chat_for(request.params["chat_id"])
    message = chat.messages.get(request.params["message_id"])
    if message is None or message.deleted:
        raise bad("message to delete not found")
    if request.world.now() - message.body["date"] > DELETE_WITHIN_S:
        raise bad("message can't be deleted for everyone")
    message.deleted = True
    chat.happened("deleted", message)
    return True


def get_chat(request: Request) -> Json:
    """What the bot may know of a chat."""
    chat = request.world.chat_for(request.params["chat_id"])
    return {**chat.body, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": GIFTS}


GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def get_file(request: Request) -> Json:
    """Where a file can be fetched for an hour; at most 20 MB. Source: Bot API getFile."""
    file_id = request.params["file_id"]
    kept = request.world.files.get(file_id)
    if kept is None:
        raise bad("invalid file_id")
    if kept.get("size", len(kept["content"])) > 20 * 1024 * 1024:
        raise bad("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": f"u{file_id}",
        "file_size": len(kept["content"]),
        "file_path": kept["path"],
    }


Method = Callable[[Request], Any]
CHAT_METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    "sendChatAction": send_chat_action,
    "answerCallbackQuery": answer_callback_query,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "getChat": get_chat,
    "getFile": get_file,
}
