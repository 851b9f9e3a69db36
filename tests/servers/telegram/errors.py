"""The refusals of the Bot API, with the words and codes of the real server.

Source: tdlib/telegram-bot-api Client.cpp, tdlib/td MessageEntity.cpp and BotCommand.cpp. Texts marked `(fake)` are
ours: there the real server is silent or lenient and we are strict.
"""

from typing import Any

PREFIXES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
BLOCKED = "bot was blocked by the user"
DEACTIVATED = "user is deactivated"


class ApiError(Exception):
    """One refusal as the Bot API words it."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def body(self) -> dict[str, Any]:
        """The JSON object of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def refuse(code: int, text: str, **parameters: Any) -> ApiError:
    """An error with the prefix that goes with its code."""
    return ApiError(code, f"{PREFIXES[code]}: {text}", **parameters)


def bad(text: str, **parameters: Any) -> ApiError:
    """400."""
    return refuse(400, text, **parameters)


def flood(retry_after_s: int | None) -> ApiError:
    """429; without `retry_after` when None, as while the real server restarts."""
    if retry_after_s is None:
        return ApiError(429, "Too Many Requests")
    return ApiError(429, f"Too Many Requests: retry after {retry_after_s}", retry_after=retry_after_s)


def forbidden(text: str) -> ApiError:
    """403."""
    return refuse(403, text)
