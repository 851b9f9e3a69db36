"""Baseline: aiogram 3 as installed, its FSM with MemoryStorage."""

import asyncio

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from benchmarks.questions import Turn, advance, opening
from benchmarks.store import Donors, arguments


class Form(StatesGroup):
    """A state for each question, named by its key."""

    consent = State()
    name = State()
    unit = State()
    age = State()
    sex = State()
    abo = State()
    rh = State()
    count = State()
    last = State()
    phone = State()
    review = State()


class Registration:
    """The handlers of the conversation; the answers live in the FSM's data."""

    def __init__(self, donors: Donors) -> None:
        self._donors = donors

    async def begin(self, message: Message, state: FSMContext) -> None:
        """Ask the first question."""
        await state.clear()
        await self._say(message, state, opening())

    async def press(self, query: CallbackQuery, state: FSMContext) -> None:
        """Take a button."""
        assert isinstance(query.message, Message) and query.data is not None
        await query.answer()
        key, said = query.data.split(":", 1)
        if await state.get_state() == f"Form:{key}":
            await self._take(query.message, state, said)

    async def text(self, message: Message, state: FSMContext) -> None:
        """Take a text as the answer to the open question."""
        await self._take(message, state, message.text or "")

    async def _take(self, message: Message, state: FSMContext, said: str) -> None:
        key = (await state.get_state() or "").removeprefix("Form:")
        answers = await state.get_data()
        turn = advance(key, said, answers)
        await state.set_data(answers)
        if turn.saved:
            self._donors.add(message.chat.id, answers)
        await self._say(message, state, turn)

    async def _say(self, message: Message, state: FSMContext, turn: Turn) -> None:
        # The state first: updates run side by side, and the next answer may overtake the end of this call.
        if turn.key is None:
            await state.clear()
        else:
            await state.set_state(getattr(Form, turn.key))
        row = [InlineKeyboardButton(text=label, callback_data=f"{turn.key}:{label}") for label in turn.choices]
        await message.answer(turn.text, reply_markup=InlineKeyboardMarkup(inline_keyboard=[row]) if row else None)


async def main() -> None:
    """Poll until killed."""
    options = arguments()
    talk = Registration(Donors(options.database))
    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.message.register(talk.begin, Command("register"))
    dispatcher.callback_query.register(talk.press, StateFilter(Form))
    dispatcher.message.register(talk.text, StateFilter(Form), F.text)
    session = AiohttpSession(api=TelegramAPIServer.from_base(options.base_url))
    await dispatcher.start_polling(Bot(options.token, session=session))


if __name__ == "__main__":
    asyncio.run(main())
