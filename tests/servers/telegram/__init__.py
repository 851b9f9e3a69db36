"""A strict fake of the Telegram Bot API, and people to talk with the bot."""

from tests.servers.telegram.errors import ApiError
from tests.servers.telegram.faults import Fault
from tests.servers.telegram.people import Group, Person
from tests.servers.telegram.seen import Seen
from tests.servers.telegram.server import Call, FakeTelegram

__all__ = ["ApiError", "Call", "FakeTelegram", "Fault", "Group", "Person", "Seen"]
