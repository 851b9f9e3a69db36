"""Plain HTTP handles for tests in other processes: POST JSON to /_control/<verb>.

person {"first_name": ...} -> {"id"} · act {"person": id, "do": "say", "with": ["text"]} · messages {"person": id}
calls {} · fault {"kind", "method", "times"} · advance {"seconds"} · push {update} · limits {"per_chat_s", ...}
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.telegram.people import Person
from tests.servers.telegram.world import Json

if TYPE_CHECKING:
    from tests.servers.telegram.server import FakeTelegram

ACTS = frozenset(
    """say press start share_contact send_location sticker photo voice document edit forward block unblock
    deactivate""".split()
)


async def control(server: "FakeTelegram", verb: str, request: web.BaseRequest) -> web.Response:
    """Answer one handle; what is asked for wrongly gets 400 and the reason."""
    try:
        asked = await request.json() if request.can_read_body else {}
        return web.json_response(VERBS[verb](server, asked))
    except (KeyError, TypeError, ValueError, LookupError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)


def known(server: "FakeTelegram", asked: Json) -> Person:
    """The person of an id, made when new."""
    return server.crowd.people.get(asked["person"]) or server.person(user_id=asked["person"])


def act(server: "FakeTelegram", asked: Json) -> Json:
    """Let a person do something."""
    if asked["do"] not in ACTS:
        raise LookupError(asked["do"])
    done = getattr(known(server, asked), asked["do"])(*asked.get("with", []))
    return {"message_id": getattr(done, "id", None)}


def advance(server: "FakeTelegram", asked: Json) -> Json:
    """Move the clock."""
    server.advance(asked["seconds"])
    return {"now": server.world.now()}


def limits(server: "FakeTelegram", asked: Json) -> Json:
    """Set flood limits."""
    for name in ("per_chat_s", "per_chat_burst", "overall_s", "penalty_s"):
        setattr(server.limits, name, asked.get(name, getattr(server.limits, name)))
    return {"refusals": server.limits.refusals, "ignored": server.limits.ignored}


def call_list(server: "FakeTelegram", _: Json) -> list[Json]:
    """Every call, without its result."""
    names = ("method", "params", "at", "status", "outcome", "description", "accepted")
    return [{name: getattr(call, name) for name in names} for call in server.calls]


VERBS: dict[str, Callable[["FakeTelegram", Json], Any]] = {
    "person": lambda server, asked: {"id": server.person(**asked).id},
    "act": act,
    "messages": lambda server, asked: [seen.body for seen in known(server, asked).messages],
    "calls": call_list,
    "fault": lambda server, asked: {"kind": server.fault(**asked).kind},
    "advance": advance,
    "push": lambda server, asked: {"update_id": server.push(asked)},
    "limits": limits,
}
