"""A weight as it is typed into a chat."""

import re

from core.unclear import Unclear
from core.vietnamese import bare

LIGHTEST_KG, HEAVIEST_KG = 20, 300  # Beyond them it is a slip of the finger.
_LONGEST = 40
_KG = r"(?:kg|kgs|kilo|kilos|kilograms?|ky|ki|ki lo|ki-lo|can)"
_WEIGHT = re.compile(
    rf"(?:(?:toi|em|minh|nang|can nang|i weigh|khoang|about)[ :]+)*"
    rf"(?P<kg>\d{{1,3}})(?:[.,](?P<tenth>\d)\d?)?(?: ?{_KG}(?: ?(?P<more>\d))?)?(?P<half> ruoi)?",
    re.ASCII,
)


def read_weight(text: str) -> int:
    """Tenths of a kilogram, rounded down: "52", "52,5", "52.5 kg", "52kg5", "52 ký rưỡi". Raises Unclear.

    Down, because a limit that is not reached is not reached.
    """
    found = _WEIGHT.fullmatch(bare(text).strip(". ")) if len(text) <= _LONGEST else None
    if not found:
        raise Unclear("unclear.weight.form")
    tenth = found["tenth"] or found["more"] or ("5" if found["half"] else "0")
    weight = int(found["kg"]) * 10 + int(tenth)
    if not LIGHTEST_KG * 10 <= weight <= HEAVIEST_KG * 10:
        raise Unclear("unclear.weight.range", lowest=LIGHTEST_KG, highest=HEAVIEST_KG)
    return weight
