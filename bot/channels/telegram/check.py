"""Does the token work?"""

from __future__ import annotations

from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.wire import Wire
from bot.config import TelegramSection


def root_of(base_url: str) -> str:
    """The address before "/bot<token>", however the setting writes it."""
    return base_url.rstrip("/").removesuffix("/bot")


async def try_token(config: TelegramSection) -> str:
    """What is wrong, in one line; "" where Telegram knows the token."""
    wire = Wire(f"{root_of(config.base_url)}/bot{config.token.get_secret_value()}", config.proxy)
    await wire.initialize()
    try:
        await wire.call("getMe", {}, 10)
    except InvalidToken:
        return "telegram.token: Telegram does not know this token; get a new one from @BotFather"
    except TelegramError as error:
        return f"telegram.base_url: cannot be reached ({type(error).__name__})"
    finally:
        await wire.shutdown()
    return ""
