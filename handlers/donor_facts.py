"""What is stored of a donor, a bullet a fact: for whoever takes a record over, and for the officer who looks at one."""

from __future__ import annotations

from core.blood import Abo
from core.people import Donor
from handlers import donor_questions
from handlers.turn import Turn


async def unit_name(turn: Turn, donor: Donor) -> str:
    """The unit, or the donor's own words for it."""
    unit = (await turn.unit_index()).get(donor.unit_id)
    return unit.name if unit else turn.text("unit.unmapped", text=donor.unit_text)


async def group(turn: Turn, donor: Donor) -> str:
    """As "A Rh+", "A", or that it is not known; with where it is known from, if somebody has read it."""
    if donor.abo is Abo.UNKNOWN:
        return turn.text("donor.group.unknown")
    said = f"{donor.abo} Rh{donor.rh}" if donor.rh != "?" else str(donor.abo)
    return said if donor.group_source == "declared" else turn.text(f"donor.group.{donor.group_source}", group=said)


async def lines(turn: Turn, donor: Donor, *, phone: str) -> list[str]:
    """Each fact that is known. `phone`: as the reader may see it; "" leaves it out."""
    facts = {
        "name": donor.full_name,
        "unit": await unit_name(turn, donor),
        "age": await donor_questions.show_age(turn, donor_questions.birth_json(donor.birth)),
        "sex": await donor_questions.show_sex(turn, donor.sex),
        "abo": await group(turn, donor),
        "count": await donor_questions.show_count(turn, donor.donations),
        "last": await donor_questions.show_last(turn, donor.last_donation) if donor.last_donation else "",
        "phone": phone,
    }
    shown = [f"• {turn.text(f'register.{key}.label')}: {fact}" for key, fact in facts.items() if fact]
    return [*shown, *([f"• {turn.text('donor.note')}: {donor.note}"] if donor.note else [])]
