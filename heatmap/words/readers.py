"""Who reads: the two registers that a story is told in, and the ages that help and questions are for."""

from __future__ import annotations

from typing import Literal

Register = Literal["clinicians", "young"]
Age = Literal["child", "young_person", "adult"]
