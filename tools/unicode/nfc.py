#!/usr/bin/env python3
"""Writes src/FileFormat/nfc.txt from Python's own copy of the Unicode Character Database.

PBKDF2 takes a passphrase in its NFC form, and chatctl runs without ICU, where .NET's string.Normalize leaves everything but ASCII as it
is. Lines: "c CODE CLASS" (canonical combining class), "d CODE A [B]" (canonical decomposition), "p CODE A B" (one that also composes).
Hangul is done by arithmetic. Run it again for a later Unicode version: tools/unicode/nfc.py.
"""
import unicodedata as u
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
lines = [f"# Unicode {u.unidata_version}, written by tools/unicode/nfc.py"]
for code in range(0x110000):
    if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:
        continue
    char = chr(code)
    if u.combining(char):
        lines.append(f"c {code:X} {u.combining(char)}")
    parts = u.decomposition(char)
    if parts and not parts.startswith("<"):
        to = [f"{int(part, 16):X}" for part in parts.split()]
        composes = len(to) == 2 and u.normalize("NFC", char) == char
        lines.append(f"{'p' if composes else 'd'} {code:X} {' '.join(to)}")
(ROOT / "src/FileFormat/nfc.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
