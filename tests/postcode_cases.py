"""What people type in the place of a postcode, and what it means: the browser's box and every other door are held to the same."""

from __future__ import annotations

#: England's outward codes, as far as the cases need them.
OUTWARDS = (
    "AL1 AL5 B1 B14 B11 B4 BL1 BS1 CH1 CO15 CR2 DE1 DG16 E1 E10 E1W EC1A EC1P EC1V HP1 IG1 IP1 L1 LD7 LL14 LS1 M1 M11 "
    "N1 N1C NP16 OL1 PE1 PO1 S1 S11 SO1 SO14 SW1A SW10 SW1 SW11 TD15 TS1 W1A W10 WA1 WC1A"
)
#: Typed, and the whole postcode that is meant; None where nothing in it is surely a digit.
FULL = [
    ("B14 6RE", "B14 6RE"), ("b14 6re", "B14 6RE"), ("b146re", "B14 6RE"), ("  b14   6re ", "B14 6RE"),
    ("B14-6RE", "B14 6RE"), ("b14–6re", "B14 6RE"), ("B1 46RE", "B14 6RE"), ("b 1 4 6 r e", "B14 6RE"),
    ("B14 6RE,", "B14 6RE"), ("B14\u00a06RE", "B14 6RE"), ("B14\u200b6RE", "B14 6RE"), ("Ｂ１４ ６ＲＥ", "B14 6RE"),
    ("BI4 6RE", "B14 6RE"), ("bl4 6re", "BL4 6RE"), ("nlc 4ag", "N1C 4AG"), ("N1C 4AG.", "N1C 4AG"),
    ("El 1AA", "E1 1AA"), ("B14 6RE\n", "B14 6RE"),
    ("SW1A 1AA", "SW1A 1AA"), ("sw1a1aa", "SW1A 1AA"), ("SWIA 1AA", "SW1A 1AA"), ("SW1A IAA", "SW1A 1AA"),
    ("swla laa", None),
    ("W1A 0AX", "W1A 0AX"), ("W1A OAX", "W1A 0AX"), ("wla oax", None), ("WIA 0AX", "W1A 0AX"),
    ("M1 1AE", "M1 1AE"), ("M11AE", "M1 1AE"), ("MI 1AE", "M1 1AE"), ("m11 1ae", "M11 1AE"),
    ("CO15 2EU", "CO15 2EU"), ("C015 2EU", "CO15 2EU"), ("CO15 2 EU", "CO15 2EU"), ("COI5 2EU", "CO15 2EU"),
    ("SO14 0AA", "SO14 0AA"), ("S014 OAA", "SO14 0AA"), ("S01 1AA", "SO1 1AA"), ("P01 1AA", "PO1 1AA"),
    ("1G1 1AA", "IG1 1AA"), ("1P1 1AA", "IP1 1AA"), ("0L1 1AA", "OL1 1AA"),
    ("SW10 0AA", "SW10 0AA"), ("SW1O OAA", "SW10 0AA"), ("E1W 1AA", "E1W 1AA"), ("EC1V 9BD", "EC1V 9BD"),
    ("E1 0AA", "E1 0AA"), ("E10AA", "E1 0AA"), ("E10 0AA", "E10 0AA"), ("N1C 4AG", "N1C 4AG"),
    ("ML1 1AA", "ML1 1AA"), ("LL11 1AA", "LL11 1AA"), ("GL1 1AA", "GL1 1AA"), ("EH1 1YZ", "EH1 1YZ"),
    ("ZZ9 9ZZ", "ZZ9 9ZZ"), ("GIR 0AA", "GIR 0AA"),
]  # fmt: skip
#: Typed, and the two halves of which one is not whole.
PARTIAL = [
    ("B14 6R", "B14", "6R"), ("b146r", "B14", "6R"), ("B14 6", "B14", "6"), ("B146", "B14", "6"), ("B14", "B14", ""),
    ("b14 ", "B14", ""), ("B1", "B1", ""), ("B1 4", "B1", "4"), ("BI4", "B14", ""), ("SW1A", "SW1A", ""),
    ("SW1A 1", "SW1A", "1"), ("SW1 1", "SW1", "1"), ("SW11", "SW11", ""), ("EC1", "EC1", ""), ("EC1P1A", "EC1P", "1A"),
    ("SW1A1A", "SW1A", "1A"), ("c015 2e", "CO15", "2E"), ("EH1", "EH1", ""), ("W1A 0A", "W1A", "0A"),
]  # fmt: skip
#: No postcode at all.
NEITHER = [
    "Newham", "Mills", "Solis", "B", "BIRMINGHAM", "12345", "1", "B14 6RE 7", "B146REX", "B14 66E", "É14 6RE", "Q9",
    "'; DROP TABLE postcodes; --", "1 OR 1=1", "<img src=x onerror=alert(1)>", "../../etc/passwd", "%42%31%34", "😀",
    "B14 6R😀", "E01008966", "Birmingham 107E", "07700 900123", "null", "__proto__", "constructor", "A" * 500,
]  # fmt: skip
