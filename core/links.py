"""Links that open the chat: a payload says what for (a unit, a round, an invitation)."""

from __future__ import annotations

from dataclasses import dataclass

UNIT, ROUND, INVITE, CLUB, RECORD = "u_", "r_", "i_", "c_", "k_"


@dataclass
class Links:
    """Where the bot can be found. `telegram`: its name there, "" until Telegram has said it; `web`: the public address, "" without one."""

    telegram: str = ""
    web: str = ""

    def to(self, payload: str) -> list[str]:
        """Every link that opens the chat with this payload, the first one first."""
        links = [f"https://t.me/{self.telegram}?start={payload}"] if self.telegram else []
        return links + ([f"{self.web.rstrip('/')}/?start={payload}"] if self.web else [])
