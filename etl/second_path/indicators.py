"""The second path for indicators: every value at every level, counted again from the raw files by plain loops.

What a layer is made of is said again here, by its name alone; the cards are not asked, and nothing is taken from the readers.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from etl.second_path.areas import Row, Rows, read_csv
from etl.second_path.layers import STORED

FILE_8 = "iod2025-indicators/iod2025_underlying_indicators_lsoa21.csv.gz"
#: IoD2025, File 8: the layer's name -> how its column begins, decimals shown, times; how it is added up, why empty cells are.
AMOUNTS = {
    "income_count": ("income_domain", 0, 1),
    "idaci_count": ("income_deprivation_affecting_children", 0, 1),
    "idaopi_count": ("income_deprivation_affecting_older", 0, 1),
    "employment_count": ("employment_domain", 0, 1),
    "adult_skills": ("adult_skills", 1, 100),
    "not_entering_he": ("entry_to_higher", 1, 100),
    "cannot_buy": ("owner_occupation", 0, 100),
    "cannot_rent": ("private_rental", 0, 100),
    "overcrowded_rooms": ("household_overcrowding_indicator_rooms", 1, 100),
    "overcrowded_bedrooms": ("household_overcrowding_indicator_bedrooms", 1, 100),
    "violence_with_injury": ("violence_with_injury", 1, 1),
    "violence_no_injury": ("violence_without_injury", 1, 1),
    "stalking": ("stalking", 1, 1),
    "burglary": ("burglary", 1, 1),
    "theft": ("theft", 1, 1),
    "criminal_damage": ("criminal_damage", 1, 1),
    "public_order": ("public_order", 1, 1),
    "antisocial_behaviour": ("anti_social", 1, 1),
    "connectivity": ("connectivity", 0, 1),
    "acute_morbidity": ("acute_morbidity", 0, 1),
    "illness_disability": ("comparative_illness", 0, 1),
}
#: Its scores, put in line: the highest first. Only years of life lost keep their number.
RANKED = {
    "housing_affordability": "housing_affordability",
    "broadband": "digital_connectivity",
    "patients_per_gp": "patient_to_gp",
    "mental_ill_health": "mental_health",
    "years_of_life_lost": "years_of_potential",
}
#: Its figures of whole authorities.
AUTHORITIES = {"core_homelessness": "core_homelessness", "homelessness_duty": "homelessness_indicator"}
MODELLED = {
    "cannot_buy",
    "cannot_rent",
    "housing_affordability",
    "core_homelessness",
    "loneliness",
    "fuel_poverty",
    "air_pollution",
    "drug_deaths",
    "unemployment",
}
#: Ratios to what England's own rates would give: their mean is not England's figure.
RATIOS = {"acute_morbidity", "illness_disability"}
#: Census 2021: the layer's name -> file, how the picked categories begin.
CENSUS = {
    "deprived_households": ("ts011_household_deprivation21_lsoa21", r"Household is deprived in (two|three|four) "),
    "overcrowded": ("ts052_household_overcrowding21_lsoa21", r"-[12] "),
    "private_rent": ("ts054_household_tenure21_lsoa21", r"Private rented"),
    "social_rent": ("ts054_household_tenure21_lsoa21", r"Social rented"),
    "disability": ("ts038_disability21_lsoa21_ew", r"Disabled"),
    **{f"ethnic_{group.lower()}": ("ts021_ethnicity21_lsoa21", group) for group in ("Asian", "Black", "Mixed", "White", "Other")},
}
#: Its age bands: from which age, to which.
AGES = {"under_five": (0, 4), "under_fifteen": (0, 14), "fifteen_to_twentyfour": (15, 24), "sixtyfive_and_over": (65, 200)}
#: ONS Health Index: the layer's name -> how the indicator begins, first and last real year, decimals shown.
HEALTH_INDEX = {
    "worthwhile": ("Activities in life", 2015, 2021, 1), "happiness": ("Happiness", 2015, 2021, 1),
    "life_satisfaction": ("Life satisfaction", 2015, 2021, 1), "anxiety": ("Feelings of anxiety", 2015, 2021, 1),
    "air_pollution": ("Air pollution", 2015, 2021, 1), "noise_complaints": ("Noise complaints", 2015, 2020, 1),
    "alcohol_admissions": ("Alcohol misuse", 2015, 2020, 0), "drug_deaths": ("Drug misuse", 2015, 2020, 1),
    "five_a_day": ("Healthy eating", 2016, 2020, 0), "adult_overweight": ("Overweight and obesity in adults", 2016, 2021, 0),
    "active_adults": ("Physical activity", 2016, 2021, 0), "inactive_adults": ("Sedentary", 2016, 2021, 0),
    "smoking": ("Smoking", 2015, 2021, 0), "cancer_screening": ("Cancer screening", 2015, 2021, 0),
    "child_vaccination": ("Child vaccination", 2015, 2021, 0), "child_poverty": ("Child poverty", 2015, 2019, 1),
    "school_mental_health": ("Children's social", 2015, 2021, 1), "ready_at_five": ("Early years", 2015, 2019, 0),
    "pupil_absence": ("Pupil absences", 2015, 2019, 1), "pass_at_sixteen": ("Pupil attainment", 2015, 2019, 0),
    "next_step_at_sixteen": ("Young people in", 2016, 2021, 0), "disability_survey": ("Disability", 2015, 2021, 0),
    "distance_gp_council": ("Distance to GP", 2015, 2019, 1), "distance_pharmacy_council": ("Distance to pharm", 2015, 2019, 1),
    "distance_sport_council": ("Distance to sports", 2015, 2019, 1), "no_broadband": ("Internet access", 2018, 2021, 1),
    "work_training": ("Job-related", 2015, 2021, 0), "unemployment": ("Unemployment", 2015, 2021, 1),
    "work_injuries": ("Workplace safety", 2015, 2019, 0), "outdoor_space": ("Private outdoor", 2021, 2021, 0),
    "rough_sleeping": ("Rough sleeping", 2015, 2021, 1), "shoplifting": ("Low-level crime", 2015, 2020, 1),
    "personal_crime": ("Personal crime", 2015, 2020, 0), "life_expectancy": ("Life expectancy", 2015, 2020, 1),
    "avoidable_deaths": ("Avoidable mortality", 2015, 2020, 0), "deaths": ("Mortality from all", 2015, 2021, 0),
    "infant_deaths": ("Infant mortality", 2015, 2021, 1), "small_babies": ("Low birth weight", 2015, 2021, 1),
    "teenage_pregnancy": ("Teenage pregnancy", 2015, 2020, 1),
    "child_overweight": ("Overweight and obesity in children", 2015, 2020, 0), "self_harm": ("Self-harm", 2015, 2020, 0),
    "suicides": ("Suicides", 2015, 2021, 1), "hip_fractures": ("Frailty", 2015, 2020, 0),
}  # fmt: skip
#: Quality and Outcomes Framework: the layer's name -> the register's letters.
REGISTERS = {
    "atrial_fibrillation": "AF", "asthma": "AST", "cancer": "CAN", "coronary_heart_disease": "CHD", "chronic_kidney_disease": "CKD",
    "copd": "COPD", "dementia": "DEM", "depression": "DEP", "diabetes": "DM", "epilepsy": "EP", "heart_failure": "HF",
    "high_blood_pressure": "HYP", "learning_disability": "LD", "severe_mental_illness": "MH", "obesity": "OB", "osteoporosis": "OST",
    "peripheral_artery_disease": "PAD", "rheumatoid_arthritis": "RA", "stroke": "STIA",
}  # fmt: skip
#: Where less is worse.
LOW_IS_WORSE = {
    "connectivity",
    "worthwhile",
    "happiness",
    "life_satisfaction",
    "five_a_day",
    "active_adults",
    "cancer_screening",
    "child_vaccination",
    "ready_at_five",
    "pass_at_sixteen",
    "next_step_at_sixteen",
    "work_training",
    "outdoor_space",
    "life_expectancy",
}
#: The limits of a share, in standard errors: 95 in 100.
Z = 1.959963984540054


@dataclass
class Worked:
    """One layer as the second path makes it.

    periods  by period ("" where there is one alone), the rows of the layer's own level by code
    adding   how larger areas get theirs: sum, mean, counts, or shares of residents by tenth
    slack    how far the value of a larger area may lie apart
    """

    layer: str
    decimals: int
    adding: str
    periods: dict[str, Rows] = field(default_factory=dict)
    low_first: bool = False
    slack: float = STORED

    @property
    def base(self) -> str:
        """The level of its own figures."""
        return "msoa" if self.layer.endswith("msoa21") else "lad" if self.layer.endswith("lad24") else "lsoa"

    @property
    def ranked(self) -> bool:
        """Whether it is in tenths."""
        return self.adding == "shares"


# ---- the layers' own figures ----


def work_out_indicators(raw: Path, areas: dict[str, Rows]) -> dict[str, Worked]:
    """Every indicator at its own level."""
    made = [
        *_file_8(raw, areas),
        *_census(raw),
        *_ages(raw),
        _english(raw),
        _loneliness(raw),
        _fuel_poverty(raw, areas),
        _low_income_families(raw, areas),
        *_councils(raw),
        *_health_index(raw, areas),
        *_registers(raw, areas),
    ]
    for worked in made:
        name = re.split(r"20\d\d", worked.layer)[0]
        worked.low_first = name in LOW_IS_WORSE
        if name in MODELLED:
            for rows in worked.periods.values():
                for row in rows.values():
                    row["flag"] = row["flag"] or "modelled"
    return {worked.layer: worked for worked in made}


def make_row(value: float | None, flag: str = "", **more: Any) -> Row:
    """An area's figures; "missing" is a reason only where there is no value."""
    return {"value": value, "rank": None, "decile": None, "flag": flag if value is None or flag != "missing" else "", **more}


def _number(text: str, times: int = 1) -> float | None:
    if not text:
        return None
    return float(text) if times == 1 else float(Fraction(text) * times)


def make_share(over: float, under: float, flag: str = "", *, counted: bool = True) -> Row:
    """A share in percent with its limits: the two roots of Wilson's equation. Counts of a model have none."""
    if under == 0:
        return make_row(None, "missing", numerator=over, denominator=under)
    p = over / under
    flag = flag or ("small_denominator" if under < 30 else "")
    row = make_row(100 * p, flag, numerator=over, denominator=under)
    if counted:
        a, b, c = 1 + Z * Z / under, 2 * p + Z * Z / under, p * p
        root = math.sqrt(max(0.0, b * b - 4 * a * c))
        low, high = (min(1.0, max(0.0, (b - s * root) / (2 * a))) for s in (1, -1))
        row |= {"lower_ci": 100 * low, "upper_ci": 100 * high}
    return row


def _column(rows: list[dict[str, str]], begins: str) -> str:
    (found,) = [header for header in rows[0] if header.startswith(begins)]
    return found


def _file_8(raw: Path, areas: dict[str, Rows]) -> Iterator[Worked]:
    rows = read_csv(raw / FILE_8)
    for name, (begins, decimals, times) in AMOUNTS.items():
        column = _column(rows, begins)
        count = name.endswith("_count")
        why = "suppressed" if count else "missing"
        own = {row["lsoa21_code"]: make_row(_number(row[column], times), "" if row[column] else why) for row in rows}
        yield Worked(f"{name}2025_england_lsoa21", decimals, "sum" if count else "mean", {"": own})
    for name, begins in RANKED.items():
        column = _column(rows, begins)
        score = {row["lsoa21_code"]: float(row[column]) for row in rows}
        better, ahead = Counter(score.values()), 0
        place = {}
        for value in sorted(better, reverse=True):
            place[value] = ahead + 1
            ahead += better[value]
        own = {}
        for code, value in score.items():
            shown = value if name == "years_of_life_lost" else None
            own[code] = make_row(shown) | {"rank": place[value], "decile": math.ceil(10 * place[value] / len(score)), "flag": ""}
        yield Worked(f"{name}2025_england_lsoa21", 1, "shares", {"": own})
    for name, begins in AUTHORITIES.items():
        column = _column(rows, begins)
        of_authority: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            of_authority[areas["lsoa"][row["lsoa21_code"]]["lad24_code"]].add(row[column])
        yield Worked(f"{name}2025_england_lad24", 1, "mean", {"": {code: make_row(float(*said)) for code, said in of_authority.items()}})


def _census(raw: Path) -> Iterator[Worked]:
    layers: dict[str, dict[str, str]] = defaultdict(dict)
    for name, (file, pattern) in CENSUS.items():
        layers[file][name] = pattern
    for file, patterns in layers.items():
        rows = [row for row in read_csv(raw / f"census2021-lsoa/{file}.csv.gz") if row["lsoa21_code"].startswith("E")]
        (total,) = [header for header in rows[0] if header.startswith("total_")]
        (category,) = rows[0].keys() - {"lsoa21_code", "n", "prop", total}
        under = {row["lsoa21_code"]: int(row[total]) for row in rows}
        for name, pattern in patterns.items():
            picked = {said for said in {row[category] for row in rows} if re.match(pattern, said)}
            over: Counter[str] = Counter()
            for row in rows:
                if row[category] in picked:
                    over[row["lsoa21_code"]] += int(row["n"])
            yield Worked(f"{name}2021_england_lsoa21", 1, "counts", {"": {code: make_share(over[code], under[code]) for code in under}})


def _ages(raw: Path) -> Iterator[Worked]:
    rows = read_csv(raw / "population/ts007a_census2021_age_5yr_bands_lsoa21.csv.gz", skip=5)
    rows = [row for row in rows if (row.get("mnemonic") or "").startswith("E01")]
    first = {header: int(re.search(r"\d+", header)[0]) for header in rows[0] if header.startswith("Aged")}  # type: ignore[index]
    first["Aged 4 years and under"] = 0
    for name, (low, high) in AGES.items():
        bands = [header for header, age in first.items() if low <= age <= high]
        own = {row["mnemonic"]: make_share(sum(int(row[band]) for band in bands), int(row["Total"])) for row in rows}
        yield Worked(f"{name}2021_england_lsoa21", 1, "counts", {"": own})


def _english(raw: Path) -> Worked:
    own = {}
    for row in read_csv(raw / "census2021-msoa/english_proficiency21_msoa21.csv.gz"):
        code, english, other, _, _, little, none, _ = row.values()
        if code.startswith("E"):
            own[code] = make_share(int(little) + int(none), int(english) + int(other))
    return Worked("little_english2021_england_msoa21", 1, "counts", {"": own})


def _loneliness(raw: Path) -> Worked:
    rows = read_csv(raw / "loneliness/england_cls_loneliness_lsoa21.csv.gz")
    return Worked("loneliness2021_england_lsoa21", 0, "mean", {"": {row["lsoa21_code"]: make_row(float(row["perc"])) for row in rows}})


def _fuel_poverty(raw: Path, areas: dict[str, Rows]) -> Worked:
    """Of 2011: U as it is; S the parent's counts, of which larger areas count the part by people; M added up; X none."""
    old = {
        row["LSOA Code"]: (int(row["Number of households in fuel poverty"]), int(row["Number of households"]))
        for row in read_csv(raw / "fuel-poverty/fuel_poverty_2020_lsoa11.csv.gz")
    }
    people: Counter[str] = Counter()
    for area in areas["lsoa"].values():
        if area["change"] == "S":
            people[area["lsoa11_codes"]] += area["population"]
    own = {}
    for code, area in areas["lsoa"].items():
        parents = [old[parent] for parent in area["lsoa11_codes"].split()]
        if area["change"] == "X":
            own[code] = make_row(None, "no_like_for_like")
            continue
        over, under = (sum(pair[k] for pair in parents) for k in (0, 1))
        part = area["population"] / people[area["lsoa11_codes"]] if area["change"] == "S" else 1
        own[code] = make_share(over, under, "" if area["change"] == "U" else "best_fit_2011", counted=False) | {"part": part}
    return Worked("fuel_poverty2020_england_lsoa11", 1, "counts", {"": own})


def _councils(raw: Path) -> Iterator[Worked]:
    homes = read_csv(raw / "local-authority/homelessness_ltla23.csv.gz")
    for name, begins in (("homeless_assessed", "Households assessed"), ("temporary_accommodation", "Households in temporary")):
        column = _column(homes, begins)
        own = {row["ltla23_code"]: make_row(_number(row[column]), "missing") for row in homes}
        yield Worked(f"{name}2022_england_lad24", 1, "mean", {"": own})
    practices = read_csv(raw / "local-authority/patients_per_gp_ltla24.csv.gz")
    own = {row["ltla24_code"]: make_row(float(row["total_patients"]) / float(row["total_gp_fte"])) for row in practices}
    yield Worked("patients_per_gp_council2024_england_lad24", 0, "mean", {"": own})


def _merged_since_2021(raw: Path, areas: dict[str, Rows]) -> dict[str, tuple[str, int]]:
    """Each authority of 2022, which are those of 2021: where it is in 2024, and its people."""
    lies_in: dict[str, str] = {}
    people: Counter[str] = Counter()
    seen = set()
    for row in read_csv(raw / "lookups/lsoa11_lsoa21_lad22.csv.gz"):
        area = areas["lsoa"].get(row["lsoa21_code"])
        if area and row["lsoa21_code"] not in seen:
            seen.add(row["lsoa21_code"])
            lies_in[row["ltla22_code"]] = area["lad24_code"]
            people[row["ltla22_code"]] += area["population"]
    return {old: (new, people[old]) for old, new in lies_in.items()}


def _health_index(raw: Path, areas: dict[str, Rows]) -> Iterator[Worked]:
    since = _merged_since_2021(raw, areas)
    figures: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for row in read_csv(raw / "local-authority/health_index_indicators_ltla.csv.gz"):
        figures[row["indicator"], int(float(row["year"]))][row["ltla21_code"]] = float(row["value"])
    for name, (begins, first, last, decimals) in HEALTH_INDEX.items():
        (indicator,) = {said for said, _ in figures if said.startswith(begins)}
        worked = Worked(f"{name}{last}_england_lad24", decimals, "mean")
        for year in range(first, last + 1):
            parts: dict[str, list[tuple[float, int]]] = defaultdict(list)
            for old, value in figures[indicator, year].items():
                parts[since[old][0]].append((value, since[old][1]))
            own = {code: make_row(None, "missing") for code in areas["lad"]}
            for code, each in parts.items():
                average = each[0][0] if len(each) == 1 else sum(v * n for v, n in each) / sum(n for _, n in each)
                own[code] = make_row(average, "best_fit_lad" if len(each) > 1 else "")
            worked.periods[str(year) if first < last else ""] = own
        yield worked


def _low_income_families(raw: Path, areas: dict[str, Rows]) -> Worked:
    since = _merged_since_2021(raw, areas)
    worked = Worked("low_income_families2021_england_lad24", 1, "mean")
    rows = [row for row in read_csv(raw / "child-poverty/cilif_relative_la.csv.gz") if row["Area Code"] in since]
    for year in range(2015, 2022):
        parts: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for row in rows:
            number, percent = _column(rows, f"Number of children FYE {year}"), _column(rows, f"Percentage of children FYE {year}")
            parts[since[row["Area Code"]][0]].append((int(row[number]), float(row[percent])))
        worked.periods[str(year)] = {
            code: (
                make_row(100 * each[0][1])
                if len(each) == 1
                else make_row(100 * sum(n for n, _ in each) / sum(n / share for n, share in each), "best_fit_lad")
            )
            for code, each in parts.items()
        }
    return worked


def _registers(raw: Path, areas: dict[str, Rows]) -> Iterator[Worked]:
    in_2019 = {row["lsoa11cd"]: row["lad19cd"] for row in read_csv(raw / "iod2019/iod2019_lsoa11_england.csv.gz")}
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for area in areas["lsoa"].values():
        for old in area["lsoa11_codes"].split():
            votes[in_2019[old]][area["lad24_code"]] += 1
    rows = [row for row in read_csv(raw / "local-authority/qof_prevalence_2019-20_lad.csv.gz") if row["lad_code"].startswith("E")]
    for name, letters in REGISTERS.items():
        parts: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in rows:
            if row["group_code"] == letters:
                code = row["lad_code"]
                parts[votes[code].most_common(1)[0][0] if code in votes else code].append(row)
        own = {}
        for code, each in parts.items():
            over, under = (sum(float(row[column]) for row in each) for column in ("register", "list"))
            own[code] = make_row(100 * over / under, "best_fit_lad" if len(each) > 1 else "")
        yield Worked(f"register_{name}2020_england_lad24", 1, "mean", {"": own})
