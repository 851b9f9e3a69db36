"""Our own web chat: a platform that needs no account. It keeps what stands in each chat and streams it to the page."""

from bot.channels.web.channel import WebChannel

__all__ = ["WebChannel"]
