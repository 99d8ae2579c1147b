#!/usr/bin/env python3
"""Writes src/Modules/Messaging/Search/folding.txt from Python's own copy of the Unicode Character Database.

The server runs without ICU, where .NET's string.Normalize leaves everything but ASCII as it is; so the search's normaliser brings its
own tables. Run it again for a later Unicode version: tools/unicode/folding.py. With --samples it writes what the tests compare with.
"""
import random
import sys
import unicodedata as u
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HANGUL = range(0xAC00, 0xD7A4)
SURROGATES = range(0xD800, 0xE000)


def fold(text):
    """NFKC with full case folding, to the point where doing it again changes nothing (toNFKC_Casefold without its removals)."""
    while True:
        folded = u.normalize("NFKC", u.normalize("NFKC", u.normalize("NFD", text).casefold()).casefold())
        if folded == text:
            return text
        text = folded


IOTA = "\u0345"


def folding_of(char):
    """Decomposed, but for Hangul. The iota below stays one: it is a letter when folded, and sorted as a mark before that."""
    apart = u.normalize("NFD", char)
    folded = "".join(c if ord(c) in HANGUL else u.normalize("NFKD", c) for c in fold(apart.replace(IOTA, "")))
    return folded + IOTA * apart.count(IOTA)


def tables():
    yield f"# Unicode {u.unidata_version}, written by tools/unicode/folding.py. Do not edit."
    yield "# Code points whose folding, decomposed, is not themselves."
    composed = {}
    for code in range(0x110000):
        if code in SURROGATES or code in HANGUL:
            continue
        char = chr(code)
        folded = folding_of(char)
        if folded != char:
            yield f"{code:04X}>{' '.join(f'{ord(c):04X}' for c in folded)}"
        canonical = u.decomposition(char)
        if canonical and not canonical.startswith("<") and " " in canonical and u.normalize("NFC", char) == char:
            composed[code] = canonical
    yield "# Canonical combining classes."
    start = 0
    for code in range(1, 0x110001):
        if code == 0x110000 or u.combining(chr(code)) != u.combining(chr(start)):
            if u.combining(chr(start)):
                yield f"{start:04X}-{code - 1:04X}={u.combining(chr(start))}"
            start = code
    yield "# Primary compositions; Hangul's are computed."
    for code, pair in composed.items():
        yield f"{pair.replace(' ', '+')}>{code:04X}"


def samples():
    """Strings of code points that interact, and what they fold to."""
    dice = random.Random(4)
    special = [c for c in map(chr, range(0x30000)) if ord(c) not in SURROGATES and (u.normalize("NFKD", c) != c or c.casefold() != c)]
    marks = [c for c in map(chr, range(0x20000)) if u.combining(c)]
    jamo = [chr(c) for c in (*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3), *range(0xFFA1, 0xFFBF), *range(0xFFC2, 0xFFC8))]
    kana = list("カキハﾊｶｷﾞﾟ\u3099\u309a")
    plain = list("aZßIİıſΣςÅéñ手机한글")
    for _ in range(1500):
        text = "".join(dice.choice(dice.choice((special, marks, marks, jamo, kana, plain))) for _ in range(dice.randrange(1, 7)))
        yield f"{' '.join(f'{ord(c):04X}' for c in text)}>{' '.join(f'{ord(c):04X}' for c in fold(text))}"


if __name__ == "__main__":
    if "--samples" in sys.argv:
        (ROOT / "tests/ChatMonolith.Tests/Messaging/Search/folding-samples.txt").write_text("\n".join(samples()) + "\n")
    else:
        (ROOT / "src/Modules/Messaging/Search/folding.txt").write_text("\n".join(tables()) + "\n")
