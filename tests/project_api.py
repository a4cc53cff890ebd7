"""The API of projects as tests ask it: the whole server on a store of its own, and one small project to share."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from typing import Any

import httpx
from fastapi import FastAPI

from heatmap.api.sharing import ReceiptAnswer
from heatmap.projects.database import Database
from heatmap.projects.store import ProjectStore
from heatmap.server import finish_server, make_server
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
PROJECTS = "/api/v1/projects"
EDIT = f"{PROJECTS}/edit"
REVIEW = "/api/v1/review"
FOOD: dict[str, Any] = {
    "title": "Food on the ward",
    "one_line": "Parents eat too.",
    "organisation": "A hospital",
    "postcode": "B4 6NH",
    "themes": ["food"],
    "settings": ["hospital"],
    "level": "practice",
    "stage": "running",
    "link": "https://example.org/food",
    "added_by_role": "nurse",
}


class Api:
    """The whole server on a store of its own, without a network; a fault in the server is raised here."""

    def __init__(self, kept: Database):
        self.store = ProjectStore(kept, lambda: datetime(2026, 11, 25, 12, tzinfo=UTC))
        self.server: FastAPI = finish_server(make_server(SNAPSHOT))
        self.server.state.projects = self.store
        self.server.state.today = lambda: date(2026, 11, 25)

    def ask(self, address: str, method: str = "GET", body: Any = None, **headers: str) -> httpx.Response:
        """One request; ``body`` is sent as JSON, or as it is where it is bytes."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.server, client=("192.0.2.7", 1234))
            async with httpx.AsyncClient(transport=transport, base_url="http://map.test") as client:
                said = {name.replace("_", "-"): value for name, value in headers.items()}
                if body is not None:
                    said = {"content-type": "application/json", **said}
                content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
                return await client.request(method, address, headers=said, content=content)

        return asyncio.run(send())

    def share(self, **more: Any) -> tuple[str, str]:
        """Share a project: its id, and the token of its link."""
        answer = self.ask(PROJECTS, "POST", {"project": FOOD | more, "consent": True})
        assert answer.status_code == 201, answer.text
        receipt = ReceiptAnswer.model_validate(answer.json())
        assert receipt.edit_link == "/projects/edit" and receipt.edit_key and answer.headers["cache-control"] == "no-store"
        return receipt.id, receipt.edit_key

    def reviewer(self, role: str = "resident") -> dict[str, str]:
        """The header of a new reviewer."""
        return {"authorization": f"Bearer {self.store.add_reviewer(role)[1]}"}

    def accept(self, id_: str, version: int = 1) -> None:
        """Have a reviewer accept it."""
        answer = self.ask(f"{REVIEW}/{id_}", "POST", {"decision": "accept", "version": version}, **self.reviewer())
        assert answer.status_code == 200, answer.text


def ids(answer: httpx.Response) -> set[str]:
    """The ids of a list."""
    assert answer.status_code == 200, answer.text
    return {one["id"] for one in answer.json()["projects"]}
