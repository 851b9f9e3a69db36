"""Telegram through python-telegram-bot's client, errors and request layer; the polling loop and the hot path are our own."""

from bot.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]
