"""Every word that a project can be described by, with how it is shown: one place for form, filters, files and pages.

Core20PLUS5 tags come from ``data/words/core20plus5.toml``, so that a deployer changes them there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final, Literal

from heatmap.words.core20plus5 import read_core20plus5
from heatmap.words.files import translated

TagGroup = Literal["adult", "cyp"]
#: By field: what may stand there -> how it is shown. The order is that of the form.
VOCABULARY: Final[dict[str, dict[str, str]]] = {
    "themes": {
        "poverty_screening": "Asking about poverty",
        "income_and_advice": "Income and advice",
        "food": "Food",
        "housing": "Housing and warmth",
        "legal_advice": "Legal advice",
        "early_help": "Early help",
        "early_years": "Early years",
        "education": "Education and school",
        "access": "Access and missed appointments",
        "poverty_proofing": "Poverty proofing",
        "transport": "Travel to care",
        "digital": "Digital inclusion",
        "language": "Language and interpreting",
        "communication": "How we talk with families",
        "youth_voice": "Youth voice",
        "family_voice": "Family voice",
        "integration": "Joined-up care",
        "mental_wellbeing": "Mental wellbeing",
        "physical_activity": "Play, sport and activity",
        "healthy_weight": "Healthy weight",
        "smoking": "Smoking and vaping",
        "air_quality": "Clean air",
        "safety": "Safety",
        "ethnicity": "Ethnicity and racism",
        "inequality": "Measuring inequality",
        "data_and_maps": "Data and maps",
        "loneliness": "Loneliness and belonging",
        "work": "Work and skills",
    },
    "conditions": {
        "asthma": "Asthma",
        "diabetes": "Diabetes",
        "epilepsy": "Epilepsy",
        "oral_health": "Oral health",
        "mental_health": "Mental health",
        "obesity": "Obesity",
        "arthritis": "Arthritis",
        "medical_complexity": "Medical complexity",
        "learning_disability_autism": "Learning disability and autism",
        "long_term_conditions": "Other long-term conditions",
        "maternity": "Maternity",
        "severe_mental_illness": "Severe mental illness",
        "chronic_respiratory": "Chronic respiratory disease",
        "early_cancer": "Cancer",
        "hypertension": "High blood pressure and heart disease",
    },
    "settings": {"hospital": "Hospital", "community": "Community", "school": "School", "home": "Home"},
    "level": {"practice": "Changing clinical practice", "system": "Changing health systems", "world": "Changing the world"},
    "partners": {
        "nhs": "NHS",
        "council": "Council",
        "school": "School or nursery",
        "youth_service": "Youth service",
        "charity": "Charity or community group",
        "faith": "Faith group",
        "sport": "Sports club",
        "police": "Police",
    },
    "ages": {
        "under_5": "Under 5",
        "5_to_11": "5 to 11",
        "12_to_17": "12 to 17",
        "18_to_25": "18 to 25",
        "26_to_64": "26 to 64",
        "over_64": "65 and over",
    },
    "stage": {
        "idea": "An idea",
        "testing": "Being tested",
        "running": "Running",
        "spread": "Spread to more places",
        "ended": "Ended",
    },
    "relation": {"wham": "WHAM", "kindred": "Kindred: not said to be WHAM’s"},
    "publication_status": {
        "publicly_reported": "Publicly reported, not yet confirmed by its team",
        "confirmed": "Written or confirmed by its team",
    },
    "consent": {"given": "Its team agreed that it is shown here", "not_asked": "Not asked: taken from a public report"},
    "added_by_role": {
        "clinician": "Clinician",
        "doctor": "Doctor",
        "nurse": "Nurse or midwife",
        "allied_health": "Allied health professional",
        "pharmacist": "Pharmacist",
        "dentist": "Dentist or dental team",
        "manager": "Manager or QI lead",
        "public_health": "Public health",
        "researcher": "Researcher",
        "teacher": "Teacher or school staff",
        "youth_worker": "Youth worker",
        "social_care": "Social care",
        "council_officer": "Council officer",
        "charity_worker": "Charity or community worker",
        "faith_leader": "Faith group member",
        "coach": "Coach or sports club member",
        "police_officer": "Police",
        "young_person": "Young person",
        "resident": "Parent, carer or resident",
        "student": "Student or trainee",
        "editor": "Editor of this map",
        "other": "Another role",
    },
    "measure_kind": {
        "outcome": "Outcome: what changed for people",
        "process": "Process: whether it was done",
        "balancing": "Balancing: what it may have harmed",
        "equity": "Equity: who it reached",
    },
    "evidence_kind": {
        "report": "Report",
        "paper": "Paper",
        "website": "Web page",
        "tool": "Tool to reuse",
        "story": "Story",
        "image": "Picture or poster",
        "audio": "Sound",
        "film": "Film",
    },
}
#: What a reader cannot see or hear needs words in its place.
NEEDS_TEXT: Final = ("image", "audio", "film")
#: The roles in which somebody may review: never a name.
REVIEWER_ROLES: Final = tuple(role for role in VOCABULARY["added_by_role"] if role != "other")


@cache
def core20plus5_of(group: TagGroup) -> dict[str, str]:
    """The tags of Core20PLUS5 for adults, or for children and young people, with their names.

    >>> list(core20plus5_of("cyp"))[:2], core20plus5_of("cyp")["asthma"], "asthma" in core20plus5_of("adult")
    (['core20', 'ethnic_minority'], 'Asthma', False)
    """
    whole = read_core20plus5()
    found = {"core20": whole.core20.name}
    found |= {each.id: each.name for each in whole.plus if each.applies_to in ("both", group)}
    found |= {area.id: area.name for area in whole.clinical_area if area.group == group}
    return found | {each.id: each.name for each in whole.cross_cutting if each.group == group}


def words_of(field: str) -> dict[str, str]:
    """What may stand in a field -> how it is shown, in the reader's language; nothing for a field of free text.

    >>> words_of("settings")["home"], words_of("core20plus5_cyp")["epilepsy"], words_of("title")
    ('Home', 'Epilepsy', {})
    """
    return {word: translated(shown) for word, shown in _known(field).items()}


def _known(field: str) -> dict[str, str]:
    if field in ("core20plus5_cyp", "core20plus5_adult"):
        return core20plus5_of("cyp" if field.endswith("cyp") else "adult")
    return VOCABULARY.get(field, {})


def say_word(field: str, word: str) -> str:
    """How one word of a field is shown; "" where nothing is said.

    >>> say_word("stage", "testing"), say_word("stage", "")
    ('Being tested', '')
    """
    return translated(_known(field).get(word, ""))


def say_words(field: str, words: Iterable[str]) -> list[str]:
    """How several words of a field are shown.

    >>> say_words("settings", ("hospital", "home"))
    ['Hospital', 'Home']
    """
    return [say_word(field, word) for word in words]
