"""Five thousand invented projects in a database of their own, and what fifty readers ask of them."""

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from heatmap.projects.record import Project, read_project
from heatmap.projects.store import open_store
from heatmap.projects.vocabulary import words_of
from heatmap.snapshot import open_snapshot

MANY = 5000


def invent_projects(many: int = MANY) -> list[Project]:
    """Projects at postcodes all over England, the same each time."""
    snapshot, chance = open_snapshot(), random.Random(1)
    places = [
        f"{outward} {inward}" for outward in chance.sample(snapshot.outward_codes, 500) for inward in list(snapshot.postcodes(outward))[:20]
    ]

    def words(field: str, many: int) -> list[str]:
        return chance.sample(list(words_of(field)), many)

    return [
        read_project(
            {
                "id": f"invented-{number}",
                "title": f"Invented project {number}",
                "one_line": "What is done here, for whom and with whom. " * 3,
                "organisation": "An invented trust",
                "postcode": place,
                "themes": words("themes", 3),
                "conditions": words("conditions", 1),
                "settings": words("settings", 1),
                "level": words("level", 1)[0],
                "stage": words("stage", 1)[0],
                "ages": words("ages", 2),
                "partners": words("partners", 2),
                "aim": "What it wants to change. " * 20,
                "link": "https://example.org/invented",
            }
        )
        for number, place in enumerate(chance.sample(places, many))
    ]


def ask_lists() -> list[tuple[str, str]]:
    """What readers ask for: lists by place, theme, setting, stage and words, and pages of them."""
    chance, snapshot = random.Random(2), open_snapshot()
    themes, settings, stages = (list(words_of(field)) for field in ("themes", "settings", "stage"))
    asked = [f"place={code}" for code in snapshot.areas["lad"].code]
    asked += [f"theme={theme}&stage={stage}&size=50" for theme in themes for stage in stages]
    asked += [f"setting={setting}&page={page}&size=50" for setting in settings for page in range(1, 21)]
    asked += [f"search=invented+{chance.randrange(MANY)}&size=50" for _ in range(500)]
    return [(f"/api/v1/projects?{each}", "") for each in asked]


@contextmanager
def kept_apart() -> Iterator[None]:
    """While the block lasts, servers keep what people share in a folder of the bench's own, with the invented projects in it."""
    before = {name: os.environ.pop(name, None) for name in ("HEATMAP_DATA", "DATABASE_URL")}
    with tempfile.TemporaryDirectory(prefix="heatmap-bench-") as folder:
        os.environ["HEATMAP_DATA"] = folder
        open_store().bring(invent_projects())
        open_store().database.close()
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
