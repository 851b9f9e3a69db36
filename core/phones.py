"""Vietnamese phone numbers: read as people type them, kept as E.164, shown as people read them."""

import re

from core.unclear import Unclear
from core.vietnamese import narrow, nfc

LONGEST = 200

# Source: the renumbering of 15/9/2018-30/6/2019 (domain note 9.3): eleven digits became ten, the last seven stayed.
_OLD_MOBILE = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
_LOOKS_LIKE_O = str.maketrans("ОоΟο", "OoOo")  # Cyrillic and Greek
_ZERO_AS_LETTER = re.compile(r"(?<!\w)(?=[Oo]*[0-9])[0-9Oo]+(?!\w)")
_CANDIDATE = re.compile(r"\+?\s?[0-9](?:[\s.()\-‐‑‒–—−]{0,4}[0-9])*")
_FEWEST_DIGITS = 7  # fewer stand for something else in the text: "số 2", "máy lẻ 12"
_TWO_NUMBERS = 18  # two numbers with only a space between them


def read_phone(text: str) -> str:
    """The one Vietnamese mobile or landline number in the text, as E.164; old eleven-digit numbers become today's.

    A leading 0 lost in a spreadsheet is put back. Raises Unclear for none, several, foreign or impossible numbers.
    Source: domain note 9.3.
    """
    if len(text) > LONGEST:
        raise Unclear("unclear.phone.long", highest=LONGEST)
    clean = narrow(nfc(text)).translate(_LOOKS_LIKE_O)
    clean = _ZERO_AS_LETTER.sub(lambda found: re.sub("[Oo]", "0", found.group()), clean)
    typed = [_squeezed(found) for found in _CANDIDATE.findall(clean)]
    numbers = [number for number in typed if len(number) >= _FEWEST_DIGITS]
    if not numbers:
        raise Unclear("unclear.phone.short" if typed else "unclear.phone.none")
    if any(len(number) >= _TWO_NUMBERS for number in numbers):
        raise Unclear("unclear.phone.many")
    return _only(numbers)


def _only(numbers: list[str]) -> str:
    """The one valid number among them; with none valid, the reason of the first."""
    refused: list[Unclear] = []
    valid: set[str] = set()
    for number in numbers:
        try:
            valid.add(_valid(_national(number)))
        except Unclear as unclear:
            refused.append(unclear)
    if len(valid) > 1:
        raise Unclear("unclear.phone.many")
    if not valid:
        raise refused[0]
    return valid.pop()


def _squeezed(typed: str) -> str:
    """Digits, after a + if there was one; 00 is a +."""
    digits = re.sub(r"[^0-9]", "", typed)
    return "+" + digits.removeprefix("00") if typed.startswith("+") or digits.startswith("00") else digits


def _national(number: str) -> str:
    """The number without country code and without the leading 0."""
    digits = number.removeprefix("+")
    if number.startswith("+") and not digits.startswith(("84", "0")):
        raise Unclear("unclear.phone.foreign")
    # Nine digits that begin with 84 are 084… without its 0.
    if digits.startswith("84") and (number.startswith("+") or len(digits) > 10):
        digits = digits[2:]
    digits = digits.removeprefix("0")
    if len(digits) == 10 and digits[:3] in _OLD_MOBILE:
        return _OLD_MOBILE[digits[:3]] + digits[3:]
    return digits


def _valid(national: str) -> str:
    # Imported here: its import costs 30-40 ms, which a start that reads no number need not pay.
    import phonenumbers

    landline = national.startswith("2")
    if len(national) != (10 if landline else 9):
        raise Unclear("unclear.phone.length", digits=len(national) + 1, expected=11 if landline else 10)
    number = phonenumbers.PhoneNumber(country_code=84, national_number=int(national))
    kinds = phonenumbers.PhoneNumberType
    if phonenumbers.number_type(number) not in (kinds.MOBILE, kinds.FIXED_LINE, kinds.FIXED_LINE_OR_MOBILE):
        raise Unclear("unclear.phone.unknown", start="0" + national[: 3 if landline else 2])
    return f"+84{national}"


def show_phone(e164: str) -> str:
    """The number as it is read aloud: "0912 345 678", "024 3825 3536", "0205 3812 345"; a foreign one as it is."""
    if not e164.startswith("+84"):
        return e164
    local = "0" + e164[3:]
    cuts = (3, 7) if local.startswith(("024", "028")) else (4, 8) if local.startswith("02") else (4, 7)
    return " ".join((local[: cuts[0]], local[cuts[0] : cuts[1]], local[cuts[1] :]))


def mask_phone(e164: str) -> str:
    """Enough to recognise one's own number and not to call it: "091 *** 678"."""
    local = "0" + e164.removeprefix("+84")
    return f"{local[:3]} *** {local[-3:]}"
