"""The rule sets that are shipped, for the tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.rules import load_rules
from core.rule_sets import RuleSet

BOOK = load_rules("tt26")
DAY = date(2026, 11, 22)
TT26 = BOOK.of("tt26", DAY)
HCMC = BOOK.of("hcmc", DAY)
STRICT = replace(TT26, deferral_end_inclusive=False)
SETS: dict[str, RuleSet] = {"tt26": TT26, "hcmc": HCMC}
