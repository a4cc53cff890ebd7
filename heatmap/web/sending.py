"""How content travels: compressed once, with an ETag, in the form that the reader's program understands."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import brotli
from fastapi import Request, Response

from heatmap.files.text_files import MARK

#: For content whose address changes when it does, and for answers that change with the next build.
IMMUTABLE = "public, max-age=31536000, immutable"
FRESH = "public, max-age=300"
#: Below this many bytes, compressing costs more than it saves.
_SMALL = 1000


@dataclass(frozen=True)
class Packed:
    """Content ready to send.

    media     its kind, as in Content-Type
    forms     its bytes by content coding: "br", "gzip", or "" for plain; at least one
    headers   what else is said of it
    """

    media: str
    forms: Mapping[str, bytes]
    headers: Mapping[str, str] = field(default_factory=dict)

    def form(self, accepted: str) -> tuple[str, bytes]:
        """The coding and bytes for a client, by its Accept-Encoding.

        >>> pack(b"x" * 2000, "text/plain", ("gzip",)).form("identity")[0]
        ''
        """
        for coding in ("br", "gzip"):
            if coding in self.forms and coding in read_codings(accepted):
                return coding, self.forms[coding]
        return "", self.plain()

    def plain(self) -> bytes:
        """The content as it was before it was compressed."""
        if "" in self.forms:
            return self.forms[""]
        return gzip.decompress(self.forms["gzip"]) if "gzip" in self.forms else brotli.decompress(self.forms["br"])


def pack(content: bytes, media: str, codings: tuple[str, ...] = ("br", "gzip"), **headers: str) -> Packed:
    """Content compressed now, for a caller that keeps the result; small content stays plain."""
    if len(content) < _SMALL:
        return Packed(media, {"": content}, headers)
    ways: dict[str, Callable[[], bytes]] = {
        "br": lambda: brotli.compress(content, quality=5),
        "gzip": lambda: gzip.compress(content, 6, mtime=0),
    }
    return Packed(media, {coding: ways[coding]() for coding in codings}, headers)


def pack_json(payload: Any) -> Packed:
    """A JSON answer; gzip alone, as every client that reads brotli reads it too."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return pack(text.encode(), "application/json", ("gzip",))


def pack_csv(content: bytes, **headers: str) -> Packed:
    """A table for a spreadsheet program: in UTF-8, and marked as such.

    content  the table without the mark
    """
    return pack(MARK + content, "text/csv; charset=utf-8", ("gzip",), **headers)


@lru_cache(maxsize=256)
def read_codings(accepted: str) -> frozenset[str]:
    """The codings a client reads, from its Accept-Encoding.

    >>> sorted(read_codings("gzip, br;q=0.9, zstd;q=0"))
    ['br', 'gzip']
    """
    found = set()
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if weight.replace(" ", "").rstrip("0") not in ("q=", "q=0."):
            found.add(coding.strip())
    return frozenset(found | {"gzip"} if "*" in found else found)


def make_tag(*parts: str) -> str:
    """An ETag's text for content that these parts decide.

    >>> make_tag("build", "/api/v1/layers") == make_tag("build", "/api/v1/layers")
    True
    """
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:20]


def reply(request: Request, tag: str, make: Callable[[], Packed], cache: str = FRESH) -> Response:
    """An answer with its ETag and how long to keep it; 304 where the client has it already.

    tag     what the content is known by; each coding of it adds its own name, as a strong ETag must
    make    gives the content; not called for a 304
    """
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    ours = {f'"{tag}"', f'"{tag}-br"', f'"{tag}-gzip"'}
    for etag in request.headers.get("if-none-match", "").split(","):
        if (held := etag.strip().removeprefix("W/")) in ours:
            return Response(status_code=304, headers={**headers, "ETag": held})
    packed = make()
    coding, body = packed.form(request.headers.get("accept-encoding", ""))
    headers |= {"ETag": f'"{tag}-{coding}"' if coding else f'"{tag}"', **packed.headers}
    if coding:
        headers["Content-Encoding"] = coding
    return Response(body, media_type=packed.media, headers=headers)
