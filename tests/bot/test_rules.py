"""Rule sets from files: what is shipped is complete and has its sources; what is written wrong is said in one line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.checks import check_all
from bot.config import ConfigError
from bot.rules import load_rules
from core.people import Component, Sex
from core.rule_sets import Term
from tests.core.rules import HCMC, SETS, TT26
from tests.program import config_of

YEAR, HALF, QUARTER = Term(12, "months"), Term(6, "months"), Term(3, "months")
MONTH, WEEK = Term(4, "weeks"), Term(7, "days")
# Every deferral of the domain note 1.3, by its length.
DEFERRALS = {
    YEAR: "surgery malaria syphilis tuberculosis tetanus encephalitis meningitis rabies_vaccine transfusion birth pregnancy_end"
    " hepatitis_b_immunoglobulin dutasteride",
    HALF: "tattoo piercing exposure typhoid sepsis snake_bite arteritis phlebitis osteomyelitis pancreatitis",
    QUARTER: "finasteride isotretinoin tretinoin",
    MONTH: "gastroenteritis urinary_infection skin_infection bronchitis pneumonia measles pertussis mumps dengue dysentery rubella"
    " cholera mmr_vaccine rubella_vaccine measles_vaccine typhoid_vaccine cholera_vaccine mumps_vaccine varicella_vaccine"
    " bcg_vaccine low_haemoglobin",
    WEEK: "flu cold allergic_rhinitis pharyngitis migraine flu_vaccine covid_vaccine other_vaccine aspirin clopidogrel ticlopidine"
    " piroxicam",
}


@pytest.mark.parametrize("rules", SETS)
@pytest.mark.parametrize(
    ("name", "term"), [(name, term) for term, names in DEFERRALS.items() for name in names.split()]
)
def test_every_deferral_is_in_the_data(rules: str, name: str, term: Term) -> None:
    """With its length, whichever the rule set."""
    assert SETS[rules].deferrals[name].term == term


def test_no_deferral_is_in_the_data_that_the_note_does_not_have() -> None:
    """But COVID-19, which every facility treats in its own way."""
    noted = {name for names in DEFERRALS.values() for name in names.split()}
    assert TT26.deferrals.keys() - noted == {"covid"}
    assert (TT26.deferrals["covid"].staff, TT26.deferrals["covid"].term) == (True, Term(28, "days"))
    assert (HCMC.deferrals["covid"].staff, HCMC.deferrals["covid"].term) == (False, Term(14, "days"))


@pytest.mark.parametrize("rules", SETS)
def test_every_row_has_a_source_and_words(rules: str) -> None:
    """A jurist can look up each; a donor can read each in both languages."""
    edition = SETS[rules]
    tables = (edition.weights, edition.measures, edition.intervals, edition.deferrals, edition.conditions)
    rows = [row for table in tables for row in table.values()]
    assert all(
        "Thông tư 26" in row.source or "Viện Huyết học" in row.source or "TP. Hồ Chí Minh" in row.source for row in rows
    )
    said = [*edition.deferrals.values(), *edition.conditions.values()]
    assert all(row.says["vi"] and row.says["en"] for row in said)


def test_every_component_has_its_interval() -> None:
    """What was given last decides, whatever it was."""
    names = {kind: found[0] for kind in Component if (found := TT26.after(kind))}
    assert names == {
        Component.WHOLE: "whole_blood",
        Component.RED_CELLS: "whole_blood",
        Component.PLASMA: "plasma_platelets",
        Component.PLATELETS: "plasma_platelets",
        Component.GRANULOCYTES: "granulocytes_stem_cells",
        Component.STEM_CELLS: "granulocytes_stem_cells",
    }


def test_a_variant_is_the_same_but_for_its_rows() -> None:
    """Ho Chi Minh City: three rows differ, one is gone."""
    assert TT26.weights.keys() - HCMC.weights.keys() == {"woman_light"}
    assert {name for name in TT26.deferrals if TT26.deferrals[name] != HCMC.deferrals[name]} == {"covid"}
    assert {name for name in TT26.measures if TT26.measures[name] != HCMC.measures[name]} == {"haemoglobin_large"}
    assert (TT26.age, TT26.intervals, TT26.conditions) == (HCMC.age, HCMC.intervals, HCMC.conditions)


def test_women_are_asked_what_men_are_not() -> None:
    """And who does not say is asked everything."""
    assert TT26.rows("mother", Sex.MALE) == {}
    assert TT26.rows("mother", Sex.FEMALE) == TT26.rows("mother", None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a facility keeps its own."""
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    """A file with what every file begins with."""
    (folder / f"{name}.toml").write_text(f'code = "{name}"\nname = "Ours"\nvalid_from = 2026-01-01\n{text}', "utf-8")


def test_a_facility_has_rules_of_its_own(folder: Path) -> None:
    """Inherited, one row replaced, one taken away; a comma of a kilogram is kept."""
    write(
        folder,
        "ours",
        'inherits = "tt26"\nwithout = ["deferrals.migraine"]\ndeferral_end_inclusive = false\n'
        '[weights.usual]\nfrom_kg = 47.5\nmax_ml = 350\nsource = "x"\n',
    )
    ours = load_rules("ours", str(folder)).of("", date(2026, 5, 1))
    assert (ours.code, ours.weights["usual"].from_hg, ours.deferral_end_inclusive) == ("ours", 475, False)
    assert "migraine" not in ours.deferrals
    assert "tattoo" in ours.deferrals


def test_an_edition_counts_from_its_day_on(folder: Path) -> None:
    """A new circular does not change rounds before it; the old one ends where the new one begins."""
    text = 'inherits = "tt26"\n[age]\nlowest = 18\nhighest = 65\nsource = "Circular of 2027"\n'
    (folder / "new.toml").write_text(f'code = "tt26"\nname = "New"\nvalid_from = 2027-07-01\n{text}', "utf-8")
    book = load_rules("tt26", str(folder))
    assert book.of("", date(2027, 6, 30)).age.highest == 60
    assert book.of("", date(2027, 7, 1)).age.highest == 65


def test_a_file_with_a_known_code_and_day_replaces_it(folder: Path) -> None:
    """An admin mends a row without touching the program."""
    shipped = Path(__file__).parents[2] / "bot/rules/tt26.toml"
    changed = shipped.read_text("utf-8").replace("lowest = 18 ", "lowest = 19 ")
    (folder / "tt26.toml").write_text(changed, "utf-8")
    assert load_rules("tt26", str(folder)).of("", date(2026, 1, 1)).age.lowest == 19


def test_a_code_that_no_file_has_means_the_usual_one() -> None:
    """A round that names rules which were taken away is still judged."""
    book = load_rules("hcmc")
    assert (book.has("gone"), book.of("gone", date(2026, 1, 1)).code) == (False, "hcmc")
    assert (book.has(""), book.has("tt26")) == (True, True)


ROW = 'vi = "a"\nen = "b"\ncounted_from = "done"\ndays = 2\nsource = "s"\n'
WRONG = [
    ('inherits = "nothing"\n', "inherits: there are no rules 'nothing'"),
    ('inherits = "tt26"\nwithout = ["weights.nothing"]\n', "without: there is no row 'weights.nothing'"),
    ('inherits = "tt26"\n[deferrals.tattoo]\nmonths = 6\n', "deferrals.tattoo."),
    (
        'inherits = "tt26"\n[deferrals.tattoo]\ngroup = "skin"\nmonths = 6\n' + ROW,
        "deferrals.tattoo: one of months, weeks and days",
    ),
    (
        'inherits = "tt26"\n[deferrals.x]\ngroup = "hair"\n' + ROW,
        "groups: there is no 'hair'",
    ),
    ('inherits = "tt26"\n[weights.usual]\nfrom_kg = 45.05\nmax_ml = 250\nsource = "s"\n', "weights.usual.from_kg"),
    ('inherits = "tt26"\nwithout = ["intervals.whole_blood"]\n', "intervals: whole must stand in exactly one row"),
    ('inherits = "tt26"\nwithout = ["conditions.risk"]\n', "conditions: one row must have stops = true"),
    ("age = 3\n", "source"),
    ("age = \n", "cannot be read"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_is_wrong_is_said_in_one_line(folder: Path, text: str, said: str) -> None:
    """With the file and the row."""
    write(folder, "ours", text)
    with pytest.raises(ConfigError) as raised:
        load_rules("ours", str(folder))
    assert said in str(raised.value)
    assert "ours.toml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_rules_that_nobody_has_are_named(folder: Path) -> None:
    """So that who mistyped sees what there is."""
    with pytest.raises(ConfigError, match=r"rules\.default: there are no rules 'tt27'; known are hcmc, tt26"):
        load_rules("tt27")
    with pytest.raises(ConfigError, match=r"rules\.folder: .*no such folder"):
        load_rules("tt26", str(folder / "none"))


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"default": "tt27"}, "there are no rules 'tt27'"),
        ({"default": "old", "folder": "."}, "no edition of 'old' is in force today"),
        ({}, ""),
    ],
)
async def test_check_looks_at_the_rules(
    folder: Path, monkeypatch: pytest.MonkeyPatch, section: dict[str, str], said: str
) -> None:
    """Before anybody is judged by them, or sent to the staff because they are over."""
    monkeypatch.chdir(folder)
    write(folder, "old", 'inherits = "tt26"\nvalid_to = 2026-01-02\n')
    found = {what: problem async for what, problem in check_all(config_of(folder, rules=section))}
    assert (said in found["rules"]) if said else found["rules"] == ""


def test_rules_that_inherit_each_other_are_refused(folder: Path) -> None:
    """Nothing can be made of a circle."""
    write(folder, "one", 'inherits = "two"\n')
    write(folder, "two", 'inherits = "one"\n')
    with pytest.raises(ConfigError, match="goes round in a circle"):
        load_rules("one", str(folder))
