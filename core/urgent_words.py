"""Words of an emergency: whoever types them is given the number to call before anything else."""

from __future__ import annotations

import re

from core.vietnamese import fold

# Source: Circular 22/2014/TT-BTTTT, article 13(2): 115 is the number of medical emergencies, from any telephone in the country.
EMERGENCY_NUMBER = "115"

_SIGNS = re.compile(
    r"\b(cap cuu|bat tinh|hon me|ngat (xiu|roi|sau|luon)|(bi|vua|dang|da|moi) ngat|kho tho|khong tho (duoc|noi)|co giat|tim tai"
    r"|(chay mau|ra mau) (hoai |mai )?(khong|ko|k) (cam|ngung|dung)|chay mau (hoai|mai)|dau (that )?nguc|tai nan|tu sat|guc xuong"
    r"|emergency|faint(ed|ing)|passed out|pass out|unconscious|can ?not breathe|can ?'?t breathe|trouble breathing|short of breath"
    r"|bleeding (will|does|wo)\w*( not|'?t)? stop|won'?t stop bleeding|chest pain|collapsed|seizure|suicid\w*)\b"
)
# "Có bị ngất không?" asks what may happen; nobody has fainted.
_ASKED = re.compile(
    r"\b(co (bi|hay|de|thuong|gay|the)( bi)? (ngat|kho tho|co giat|choang)\w*|co ngat|will i faint|do people faint|is it normal to faint)\b"
)


def is_emergency(text: str) -> bool:
    """True where somebody seems to be in danger. Rather once too often than once too seldom."""
    said = fold(text)
    return bool(_SIGNS.search(_ASKED.sub(" ", said)))
