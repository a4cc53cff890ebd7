"""Pharmacies that send medicines by post and may have no door to walk to, recognised by their names.

The register in hand says of no pharmacy what kind of contract it has, so its name is all there is. Words that shops on a high street bear too
("Direct", "Post Office") are not among them: better one sent by post is missed than a shop hidden.
"""

from __future__ import annotations

import re
from typing import Final

_BY_POST: Final = re.compile(
    r"\b(?:online|internet|e-?pharmacy|epharma|digital|doorstep|letterbox\w*|deliver(?:y|s|ed)?|delivermymeds|postal|mail ?order|pilltime)\b"
    r"|\.(?:com|co\.uk|net|org)\b|\w2(?:u|home|you|door)\b|\bdirect2",
    re.IGNORECASE,
)


def sends_by_post(index: str, name: str) -> bool:
    """Whether a service is a pharmacy that by its name sends medicines by post.

    index   of the service's list, like "pharmacies"

    >>> [sends_by_post("pharmacies", name) for name in ("MEDICINES2HOME.COM", "Openshaw Internet Pharmacy", "Fingerpost Pharmacy", "Boots")]
    [True, True, False, False]
    >>> sends_by_post("libraries", "The Online Library")
    False
    """
    return index == "pharmacies" and _BY_POST.search(name) is not None
