#!/usr/bin/env python3
"""Writes golden/ anew: files of the format made by the independent writer, and the negative corpus as pieces of them.

Run once and committed; the keys in it are for these tests alone. Everything in the corpus must fail, in every reader, with the error
that stands there: "damaged" is the one error, "newer" is for another version, suite, chunk size or flag.
"""
import hashlib
import json
import struct
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cmfile import CHUNK, COMMON, Writer, content, kek_of_key, load_point, point_of

HERE = Path(__file__).resolve().parent / "golden"
ORDER = 39402006196394479212279040100143613805079739270465446667946905279627659399113263569398956308152294913554433653942643
FAST = 100000
PASS = "corrèct horse battery – Übung"
SECRET = hashlib.sha256(b"golden link").digest()


class Stream:
    """Bytes that are the same each time."""

    def __init__(self, seed):
        self.seed, self.count = seed.encode(), 0

    def __call__(self, length):
        out = b""
        while len(out) < length:
            out += hashlib.sha256(self.seed + struct.pack(">I", self.count)).digest()
            self.count += 1
        return out[:length]


def private(seed):
    value = int.from_bytes(hashlib.sha512(b"golden key " + seed.encode()).digest(), "big") % (ORDER - 1) + 1
    return ec.derive_private_key(value, ec.SECP384R1())


def writer(seed, *names):
    made = Writer(Stream(seed))
    for name in names:
        made.to_point(point_of(keys[name].public_key()), private(seed + name))
    return made


def der(key):
    return key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).hex()


keys = {name: private(name) for name in ["ann", "bob", "eve"] + [f"p{i}" for i in range(199)]}
files, corpus = [], []
blobs = {}
ANN, BOB, EVE = {"key": "ann"}, {"key": "bob"}, {"key": "eve"}
BY_PASS, BY_LINK, BY_SECRET = {"pass": PASS}, {"link": SECRET.hex()}, {"link": SECRET.hex(), "password": "geheim 🗝"}


def save(name, data, size=None, openers=()):
    blobs[name] = data
    (HERE / name).write_bytes(data)
    if size is not None:
        files.append({"file": name, "size": size, "openers": list(openers)})


def case(name, data, opener=ANN, error="damaged"):
    """As pieces of the golden file that it shares most with."""
    pieces, at = [], 0
    while at < len(data):
        best = max(((of, match(blob, data, at)) for of, blob in blobs.items()), key=lambda found: found[1][1])
        of, (start, length) = best
        if length >= 16:
            pieces.append({"of": of, "from": start, "to": start + length})
            at += length
        else:
            if not pieces or "hex" not in pieces[-1]:
                pieces.append({"hex": ""})
            step = min(max(length, 1), len(data) - at)
            pieces[-1]["hex"] += data[at:at + step].hex()
            at += step
    corpus.append({"name": name, "opener": opener, "error": error, "pieces": pieces})


def match(blob, data, at):
    best = (0, 0)
    for start in {at, *(found(blob, data[at:at + 16]))}:
        if start >= len(blob):
            continue
        low, high = 0, min(len(blob) - start, len(data) - at)
        while low < high:
            middle = (low + high + 1) // 2
            if blob[start:start + middle] == data[at:at + middle]:
                low = middle
            else:
                high = middle - 1
        if low > best[1]:
            best = (start, low)
    return best


def found(blob, key):
    start = blob.find(key)
    return [start] if start >= 0 and len(key) == 16 else []


HERE.mkdir(exist_ok=True)
for size in (0, 1, 65535, 65536, 65537, 131072):
    save(f"{size}.cm", writer(f"size {size}", "ann").file(content(size)), size, [ANN])
three = writer("three", "ann").to_passphrase(PASS, FAST).to_link(SECRET)
save("three.cm", three.file(content(300)), 300, [ANN, BY_PASS, BY_LINK])
full = writer("full", "bob").to_passphrase(PASS).to_link(SECRET, BY_SECRET["password"])
save("full-iterations.cm", full.file(content(300)), 300, [BOB, BY_PASS, BY_SECRET, {"pass": "corre\u0300ct horse battery – U\u0308bung"}])
many = writer("many", *[f"p{i}" for i in range(199)], "bob")
save("200.cm", many.file(content(1)), 1, [{"key": "p0"}, {"key": "p100"}, {"key": "p198"}, BOB])
stranger = writer("unknown stanza", "bob").add(77, b"of a later version").add(200, b"")
stranger.to_point(point_of(keys["ann"].public_key()), private("unknown"))
save("unknown-stanza.cm", stranger.file(content(10)), 10, [ANN, BOB])
chunks = writer("chunks", "ann")
parts = [chunks.chunk(i, i == 2, content(3 * CHUNK)[i * CHUNK:(i + 1) * CHUNK][:CHUNK if i < 2 else 100]) for i in range(3)]
save("chunks.cm", chunks.header() + b"".join(parts), 2 * CHUNK + 100, [ANN])

# The header's bytes, one by one.
data = blobs["three.cm"]
header = three.header()
for at in range(len(header)):
    for mask in (0x01, 0x80):
        case(f"header byte {at} xor {mask:02x}", data[:at] + bytes([data[at] ^ mask]) + data[at + 1:], ANN, "newer" if 8 <= at < 12 else "damaged")
begin_pass = 50 + 164
for at in range(begin_pass, begin_pass + 87, 3):
    case(f"passphrase stanza byte {at}", data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1:], BY_PASS)
for at in range(begin_pass + 87, len(header)):
    case(f"link stanza byte {at}", data[:at] + bytes([data[at] ^ 0x04]) + data[at + 1:], BY_LINK)
for at in range(len(header), len(data)):
    case(f"payload byte {at}", data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1:], ANN)
for version in (0, 2, 255):
    case(f"version {version}", data[:8] + bytes([version]) + data[9:], ANN, "newer")

# Not for this key.
case("another key", data, EVE)
case("another key of many", blobs["200.cm"], EVE)
case("another passphrase", data, {"pass": PASS + " "})
case("another link", data, {"link": hashlib.sha256(b"x").hexdigest()})
case("no passphrase in it", blobs["1.cm"], BY_PASS)
case("no link in it", blobs["1.cm"], BY_LINK)
case("the link's password is missing", blobs["full-iterations.cm"], BY_LINK)
case("the link's password is another", blobs["full-iterations.cm"], BY_LINK | {"password": "geheim"})

# Stanzas, first by somebody without the key, then by somebody who has it.
body = three.payload(content(300))
one, two, link = three.stanzas


def with_stanzas(made, stanzas, count=None, length=None, mac=True):
    clone = Writer(Stream("clone"))
    clone.key, clone.salt, clone.stanzas = made.key, made.salt, stanzas
    header = clone.header(count, length)
    return (header if mac else header[:-32] + made.header()[-32:])


for name, stanzas in (("dropped", [one, two]), ("doubled", [one, one, two, link]), ("swapped", [two, one, link]), ("all dropped but one", [one])):
    case(f"stanza {name}", with_stanzas(three, stanzas, mac=False) + body)
case("two passphrases", with_stanzas(three, [one, two, two]) + body)
case("two links", with_stanzas(three, [one, link, link]) + body)
case("no stanza", with_stanzas(three, []) + body)
for count in (0, 1, 2, 4, 201, 65535):
    case(f"count {count}", with_stanzas(three, three.stanzas, count) + body)
case("201 stanzas", with_stanzas(three, [one] + [bytes([99, 0, 0])] * 200) + body)
for length in (0, 1, 16, 50, 84, len(header) - 1, len(header) + 1, len(header) + 16, 65536, 65537, 0x7FFFFFFF, 0xFFFFFFFF):
    case(f"header length {length}", with_stanzas(three, three.stanzas, None, length) + body)
for kind, raw in ((1, one), (2, two), (3, link)):
    for change in (-1, 1, -len(raw[3:])):
        short = raw[3:] + b"\0" if change == 1 else raw[3:3 + len(raw[3:]) + change]
        lying = raw[:1] + struct.pack(">H", len(short)) + short
        case(f"stanza {kind} is {change} longer", with_stanzas(three, [lying if s is raw else s for s in three.stanzas]) + body, {1: ANN, 2: BY_PASS, 3: BY_LINK}[kind])
for size in (0xFFFF, 162, 160):
    case(f"stanza says {size} bytes", with_stanzas(three, [one[:1] + struct.pack(">H", size) + one[3:], two, link]) + body)

# Points that are none, in a header whose MAC is right.
P = 2**384 - 2**128 - 2**96 + 2**32 - 1
ephemeral = one[3 + 16:3 + 16 + 97]
x, y = ephemeral[1:49], ephemeral[49:]
compressed = bytes([2 + (y[-1] & 1)]) + x
small = None
for i in range(1, 1000):
    try:
        load_point(b"\x04" + i.to_bytes(48, "big") + pow(pow(i, 3, P) - 3 * i + int("b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef", 16), (P + 1) // 4, P).to_bytes(48, "big"))
        small = i
        break
    except Exception:
        continue
small_y = pow(pow(small, 3, P) - 3 * small + int("b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef", 16), (P + 1) // 4, P)
points = {
    "compressed": compressed + bytes(48),
    "off the curve": ephemeral[:-1] + bytes([ephemeral[-1] ^ 1]),
    "at infinity": bytes(97),
    "zero": b"\x04" + bytes(96),
    "hybrid": bytes([6 + (y[-1] & 1)]) + x + y,
    "a coordinate not below p": b"\x04" + (small + P).to_bytes(48, "big") + small_y.to_bytes(48, "big"),
    "all ones": b"\x04" + b"\xff" * 96,
}
for name, point in points.items():
    bad = one[:3 + 16] + point + one[3 + 16 + 97:]
    case(f"ephemeral point {name}", with_stanzas(three, [bad, two, link]) + body)
negated = b"\x04" + x + (P - int.from_bytes(y, "big")).to_bytes(48, "big")
case("ephemeral point negated (the same x, so the same secret)", with_stanzas(three, [one[:3 + 16] + negated + one[3 + 16 + 97:], two, link]) + body)

# Iterations that are refused before any work; flags of a link that are none.
for rounds in (0, 1, 99999, 2000001, 0xFFFFFFFF):
    bad = two[:3 + 32] + struct.pack(">I", rounds) + two[3 + 36:]
    case(f"passphrase with {rounds} iterations", with_stanzas(three, [one, bad, link]) + body, BY_PASS)
    bad = link[:3] + b"\x01" + link[4:4 + 32] + struct.pack(">I", rounds) + link[4 + 36:]
    case(f"link with {rounds} iterations", with_stanzas(three, [one, two, bad]) + body, BY_SECRET)
case("link without password, with iterations", with_stanzas(three, [one, two, link[:4 + 32] + struct.pack(">I", FAST) + link[4 + 36:]]) + body, BY_SECRET)
case("link with an unknown flag", with_stanzas(three, [one, two, link[:3] + b"\x02" + link[4:]]) + body, BY_LINK)

# Chunks.
head = chunks.header()
c0, c1, c2 = parts
for name, order in {
    "swapped": [c1, c0, c2], "first dropped": [c1, c2], "middle dropped": [c0, c2], "last dropped": [c0, c1], "doubled": [c0, c0, c1, c2], "last doubled": [c0, c1, c2, c2],
    "last first": [c2, c0, c1], "all dropped": [],
}.items():
    case(f"chunks {name}", head + b"".join(order))
long = head + c0 + c1 + c2
for name, data_ in {
    "one byte appended": long + b"\0", "a tag's length appended": long + bytes(16), "a chunk appended": long + c1, "a line appended": long + b"\r\n",
    "a full chunk shortened": head + c0[:-1] + c1 + c2, "a full chunk shortened by its tag": head + c0[:-16] + c1 + c2,
}.items():
    case(name, data_)
cuts = sorted({0, 1, 8, 12, 15, 16, 17, 48, 50, 53, len(head) - 33, len(head) - 32, len(head) - 1, len(head), len(head) + 1, len(head) + 15, len(head) + 16, len(head) + 17,
               len(head) + CHUNK, len(head) + len(c0) - 1, len(head) + len(c0), len(head) + len(c0) + 1, len(head) + len(c0) + 16, len(head) + len(c0) + len(c1) - 1, len(head) + len(c0) + len(c1),
               len(head) + len(c0) + len(c1) + 16, len(long) - 17, len(long) - 16, len(long) - 1})
for cut in cuts:
    case(f"cut at {cut}", long[:cut])
for cut in (0, 1, 8, 15, 16, 100, len(header) - 1, len(header), len(header) + 1, len(header) + 15, len(header) + 16, len(blobs["three.cm"]) - 1):
    case(f"small file cut at {cut}", blobs["three.cm"][:cut])
for size in ("0.cm", "65536.cm", "131072.cm"):
    whole = blobs[size]
    case(f"{size} cut by one byte", whole[:-1])
    case(f"{size} with one byte more", whole + b"\0")
plain = content(3 * CHUNK)
case("last flag too early", head + chunks.chunk(0, True, plain[:CHUNK]) + c1 + c2)
case("last flag too early, on the middle one", head + c0 + chunks.chunk(1, True, plain[CHUNK:2 * CHUNK]) + c2)
case("no last flag", head + c0 + c1 + chunks.chunk(2, False, plain[2 * CHUNK:2 * CHUNK + 100]))
case("an empty last chunk after a full one", head + c0 + chunks.chunk(1, True, b""))
case("an empty last chunk after two full ones", head + c0 + c1 + chunks.chunk(2, True, b""))
case("an empty chunk in the middle", head + chunks.chunk(0, False, b"") + chunks.chunk(1, True, b"x"))
case("two empty chunks", head + chunks.chunk(0, False, b"") + chunks.chunk(1, True, b""))
case("a short chunk before the last", head + chunks.chunk(0, False, plain[:CHUNK - 1]) + chunks.chunk(1, True, b"x"))
case("a chunk that is too long", head + chunks.chunk(0, True, plain[:CHUNK + 1]))
case("numbers begin at one", head + chunks.chunk(1, False, plain[:CHUNK]) + chunks.chunk(2, True, b"x"))
case("the number of the nonce goes round", head + chunks.chunk(256, True, b"x"))

# One file's header on another's body, and a header of the same key.
case("another file's header", blobs["1.cm"][:len(head)] + c0 + c1 + c2)
case("another file's body", head + blobs["1.cm"][len(head):])
case("another file's last chunk", head + c0 + c1 + blobs["1.cm"][len(head):])
salted = Writer(Stream("salted"))
salted.key, salted.salt, salted.stanzas = chunks.key, hashlib.sha256(b"salt").digest(), []
salted.to_point(point_of(keys["ann"].public_key()), private("salted"))
case("the same file key with another salt", salted.header() + c0 + c1 + c2)
case("nothing", b"")
case("something else", b"%PDF-1.7\n" + bytes(500))
case("only the magic", COMMON[:8])
case("zeros", bytes(1000))

used = {how["key"] for one in files for how in one["openers"] if "key" in how} | {"ann", "bob", "eve"}
manifest = {"keys": {name: {"pkcs8": der(key), "point": point_of(key.public_key()).hex()} for name, key in keys.items() if name in used}, "files": files}
(HERE / "golden.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
(HERE / "corpus.json").write_text("[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in corpus) + "\n]\n", encoding="utf-8")
print(len(files), "files,", len(corpus), "cases")
