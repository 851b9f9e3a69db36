"""Baseline: python-telegram-bot as installed, its own ConversationHandler, state in memory."""

import warnings
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)
from telegram.warnings import PTBUserWarning

from benchmarks.questions import ORDER, Turn, advance, opening
from benchmarks.store import Donors, arguments

Context = ContextTypes.DEFAULT_TYPE


class Registration:
    """The callbacks of the conversation; the answers live in `user_data`."""

    def __init__(self, donors: Donors) -> None:
        self._donors = donors

    async def begin(self, update: Update, context: Context) -> str | int:
        """Ask the first question."""
        assert context.user_data is not None
        context.user_data.clear()
        return await self._say(update, opening())

    async def press(self, update: Update, context: Context) -> str | int:
        """Take a button."""
        query = update.callback_query
        assert query is not None and query.data is not None
        await query.answer()
        key, said = query.data.split(":", 1)
        return await self._take(update, context, key, said)

    def text(self, key: str) -> Any:
        """The callback that takes a text as the answer to the question `key`."""

        async def take(update: Update, context: Context) -> str | int:
            assert update.message is not None and update.message.text is not None
            return await self._take(update, context, key, update.message.text)

        return take

    async def _take(self, update: Update, context: Context, key: str, said: str) -> str | int:
        assert context.user_data is not None and update.effective_user is not None
        turn = advance(key, said, context.user_data)
        if turn.saved:
            self._donors.add(update.effective_user.id, context.user_data)
        return await self._say(update, turn)

    async def _say(self, update: Update, turn: Turn) -> str | int:
        buttons = [InlineKeyboardButton(label, callback_data=f"{turn.key}:{label}") for label in turn.choices]
        assert update.effective_chat is not None
        markup = InlineKeyboardMarkup([buttons]) if buttons else None
        await update.effective_chat.send_message(turn.text, reply_markup=markup)
        return ConversationHandler.END if turn.key is None else turn.key


def application(base_url: str, token: str, donors: Donors) -> Application[Any, Any, Any, Any, Any, Any]:
    """The bot, ready to poll."""
    talk = Registration(donors)
    words = filters.TEXT & ~filters.COMMAND
    begin: Any = CommandHandler("register", talk.begin)
    press = {key: CallbackQueryHandler(talk.press, pattern=f"^{key}:") for key in ORDER}
    states: dict[object, Any] = {key: [press[key], MessageHandler(words, talk.text(key))] for key in ORDER}
    app = ApplicationBuilder().token(token).base_url(f"{base_url}/bot").build()
    app.add_handler(ConversationHandler(entry_points=[begin], states=states, fallbacks=[begin]))
    return app


def main() -> None:
    """Poll until killed."""
    warnings.filterwarnings("ignore", category=PTBUserWarning)
    options = arguments()
    application(options.base_url, options.token, Donors(options.database)).run_polling()


if __name__ == "__main__":
    main()
