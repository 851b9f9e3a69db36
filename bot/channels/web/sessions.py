"""Who a browser is: a random session in a signed cookie. No account, no name, nothing to steal but the chat itself."""

from __future__ import annotations

import hashlib
import hmac
import re
from http.cookies import SimpleCookie

_AGE_S = 180 * 86_400
_SESSION = re.compile(r"^[A-Za-z0-9_-]{16,64}$")


class Sessions:
    """Signs and reads the cookie."""

    def __init__(self, key: bytes) -> None:
        """`key`: secret, the same over restarts."""
        self._key = key

    def _sign(self, session: str) -> str:
        return hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()[:32]

    def read(self, cookie: str | None) -> str | None:
        """The session of a cookie that we signed ourselves, else None."""
        session, _, mark = (cookie or "").rpartition(".")
        if not _SESSION.match(session) or not hmac.compare_digest(mark.encode(), self._sign(session).encode()):
            return None
        return session

    def cookie(self, session: str, *, secure: bool) -> str:
        """The Set-Cookie value."""
        jar: SimpleCookie = SimpleCookie()
        jar["giothong"] = f"{session}.{self._sign(session)}"
        morsel = jar["giothong"]
        for name, value in (("path", "/"), ("max-age", str(_AGE_S)), ("httponly", "1"), ("samesite", "Lax")):
            morsel[name] = value
        if secure:
            morsel["secure"] = "1"
        return morsel.OutputString()
