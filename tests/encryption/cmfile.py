#!/usr/bin/env python3
"""An independent reader and writer of the encrypted file format, version 1, written from its specification alone.

It shares no code with the product: it is what the product's readers and writers are measured by. Needs python3-cryptography.

    cmfile.py open (--key PKCS8.der | --pass TEXT | --link HEX [--password TEXT]) FILE    plaintext to standard output
    cmfile.py seal [--to SPKI.der]... [--pass TEXT] [--link HEX [--password TEXT]] FILE   encrypted file to standard output
    cmfile.py check FOLDER                                                                all golden files and the negative corpus

Exit code 1: damaged or not for this key. 3: made by a newer version.
"""
import argparse
import hashlib
import hmac
import json
import os
import struct
import sys
import unicodedata
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

COMMON = b"CMFILE\r\n" + bytes([1, 1, 16, 0])
CHUNK = 65536
BODY_LENGTHS = {1: 161, 2: 84, 3: 85}


class Damaged(Exception):
    """The one error."""


class Newer(Exception):
    """Another version, suite, chunk size or flag."""


def hkdf(ikm, salt, info):
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(ikm)


def pbkdf2(text, salt, iterations):
    return hashlib.pbkdf2_hmac("sha256", unicodedata.normalize("NFC", text).encode("utf-8"), salt, iterations, 32)


def point_of(key):
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def load_point(raw):
    if len(raw) != 97 or raw[0] != 4:
        raise Damaged
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), raw)
    except ValueError:
        raise Damaged from None


def kek_of_key(private, peer, salt, ephemeral, recipient):
    return hkdf(private.exchange(ec.ECDH(), peer), salt, b"chat/v1/wrap" + ephemeral + recipient)


def link_ikm(secret, password, kdf_salt, iterations):
    return secret if iterations == 0 else secret + pbkdf2(password, kdf_salt, iterations)


def auth_key(secret, password, kdf_salt, iterations):
    return hkdf(link_ikm(secret, password, kdf_salt, iterations), kdf_salt, b"chat/v1/auth")


class Writer:
    """Made so that tests can also write what no honest writer would."""

    def __init__(self, rand=os.urandom):
        self.rand = rand
        self.key = rand(32)
        self.salt = rand(32)
        self.stanzas = []

    def _stanza(self, kind, before, kek):
        return self.add(kind, before + AESGCM(kek).encrypt(bytes(12), self.key, bytes([kind]) + before))

    def add(self, kind, body):
        self.stanzas.append(bytes([kind]) + struct.pack(">H", len(body)) + body)
        return self

    def to_point(self, point, ephemeral=None):
        peer = load_point(point)
        ephemeral = ephemeral or ec.generate_private_key(ec.SECP384R1())
        mine = point_of(ephemeral.public_key())
        return self._stanza(1, hashlib.sha256(point).digest()[:16] + mine, kek_of_key(ephemeral, peer, self.salt, mine, point))

    def to_passphrase(self, text, iterations=600000):
        kdf_salt = self.rand(32)
        return self._stanza(2, kdf_salt + struct.pack(">I", iterations), hkdf(pbkdf2(text, kdf_salt, iterations), self.salt, b"chat/v1/pass"))

    def to_link(self, secret, password=None, iterations=600000, kdf_salt=None):
        kdf_salt = kdf_salt or self.rand(32)
        rounds = 0 if password is None else iterations
        ikm = link_ikm(secret, password, kdf_salt, rounds)
        return self._stanza(3, bytes([int(password is not None)]) + kdf_salt + struct.pack(">I", rounds), hkdf(ikm, self.salt, b"chat/v1/link"))

    def header(self, count=None, length=None, common=COMMON):
        stanzas = b"".join(self.stanzas)
        size = 16 + 32 + 2 + len(stanzas) + 32
        before = common + struct.pack(">I", size if length is None else length) + self.salt + struct.pack(">H", len(self.stanzas) if count is None else count) + stanzas
        return before + hmac.new(hkdf(self.key, self.salt, b"chat/v1/header"), before, hashlib.sha256).digest()

    def chunk(self, index, last, plain):
        aes = AESGCM(hkdf(self.key, self.salt, b"chat/v1/payload"))
        return aes.encrypt(index.to_bytes(11, "big") + bytes([int(last)]), plain, COMMON)

    def payload(self, plain):
        pieces = [plain[at:at + CHUNK] for at in range(0, len(plain), CHUNK)] or [b""]
        return b"".join(self.chunk(i, i == len(pieces) - 1, one) for i, one in enumerate(pieces))

    def file(self, plain):
        return self.header() + self.payload(plain)


def parse(data):
    """The header's parts; nothing is proven yet."""
    if len(data) < 16 or data[:8] != COMMON[:8]:
        raise Damaged
    if data[:12] != COMMON:
        raise Newer
    (length,) = struct.unpack(">I", data[12:16])
    if not 85 <= length <= 65536 or len(data) < length:
        raise Damaged
    salt = data[16:48]
    (count,) = struct.unpack(">H", data[48:50])
    if not 1 <= count <= 200:
        raise Damaged
    stanzas = []
    at, end = 50, length - 32
    for _ in range(count):
        if at + 3 > end:
            raise Damaged
        kind = data[at]
        (size,) = struct.unpack(">H", data[at + 1:at + 3])
        at += 3
        if at + size > end or BODY_LENGTHS.get(kind, size) != size:
            raise Damaged
        stanzas.append((kind, data[at:at + size]))
        at += size
    if at != end or any(sum(k == kind for k, _ in stanzas) > 1 for kind in (2, 3)):
        raise Damaged
    return length, salt, stanzas


def iterations_of(raw):
    (iterations,) = struct.unpack(">I", raw)
    if not 100000 <= iterations <= 2000000:
        raise Damaged
    return iterations


def candidates(stanzas, salt, opener):
    kind, *secret = opener
    for number, body in stanzas:
        before, wrapped = body[:-48], body[-48:]
        if kind == "key" and number == 1:
            mine = point_of(secret[0].public_key())
            if before[:16] != hashlib.sha256(mine).digest()[:16]:
                continue
            kek = kek_of_key(secret[0], load_point(before[16:]), salt, before[16:], mine)
        elif kind == "pass" and number == 2:
            kek = hkdf(pbkdf2(secret[0], before[:32], iterations_of(before[32:])), salt, b"chat/v1/pass")
        elif kind == "link" and number == 3:
            flags, kdf_salt, rounds = before[0], before[1:33], before[33:]
            if flags == 0 and rounds == bytes(4):
                ikm = secret[0]
            elif flags == 1 and secret[1] is not None:
                ikm = link_ikm(secret[0], secret[1], kdf_salt, iterations_of(rounds))
            else:
                raise Damaged
            kek = hkdf(ikm, salt, b"chat/v1/link")
        else:
            continue
        try:
            yield AESGCM(kek).decrypt(bytes(12), wrapped, bytes([number]) + before)
        except InvalidTag:
            continue


def read(data, opener):
    length, salt, stanzas = parse(data)
    for key in candidates(stanzas, salt, opener):
        mac = hmac.new(hkdf(key, salt, b"chat/v1/header"), data[:length - 32], hashlib.sha256).digest()
        if hmac.compare_digest(mac, data[length - 32:length]):
            break
    else:
        raise Damaged
    aes = AESGCM(hkdf(key, salt, b"chat/v1/payload"))
    pieces = [data[at:at + CHUNK + 16] for at in range(length, len(data), CHUNK + 16)]
    if not pieces:
        raise Damaged
    plain = []
    for i, one in enumerate(pieces):
        if len(one) < 16 or (len(one) == 16 and i > 0):
            raise Damaged
        try:
            plain.append(aes.decrypt(i.to_bytes(11, "big") + bytes([int(i == len(pieces) - 1)]), one, COMMON))
        except InvalidTag:
            raise Damaged from None
    return b"".join(plain)


def content(size):
    """The plaintext of golden files: SHA-256 of a counter, again and again."""
    return b"".join(hashlib.sha256(b"golden" + struct.pack(">I", i)).digest() for i in range((size + 31) // 32))[:size]


def opener_of(how, keys):
    if "key" in how:
        return ("key", serialization.load_der_private_key(bytes.fromhex(keys[how["key"]]["pkcs8"]), None))
    if "pass" in how:
        return ("pass", how["pass"])
    return ("link", bytes.fromhex(how["link"]), how.get("password"))


def check(folder):
    folder = Path(folder)
    manifest = json.loads((folder / "golden.json").read_text())
    passed = failed = 0
    bases = {}

    def base(name):
        if name not in bases:
            bases[name] = (folder / name).read_bytes()
        return bases[name]

    openers = {}

    def opener(how):
        text = json.dumps(how)
        if text not in openers:
            openers[text] = opener_of(how, manifest["keys"])
        return openers[text]

    for one in manifest["files"]:
        for how in one["openers"]:
            try:
                good = read(base(one["file"]), opener(how)) == content(one["size"])
            except (Damaged, Newer):
                good = False
            passed, failed = passed + good, failed + (not good)
            if not good:
                print("does not open:", one["file"], how)
    for case in json.loads((folder / "corpus.json").read_text()):
        data = b"".join(bytes.fromhex(p["hex"]) if "hex" in p else base(p["of"])[p["from"]:p["to"]] for p in case["pieces"])
        try:
            read(data, opener(case["opener"]))
            got = "opened"
        except Damaged:
            got = "damaged"
        except Newer:
            got = "newer"
        passed, failed = passed + (got == case["error"]), failed + (got != case["error"])
        if got != case["error"]:
            print(f"{case['name']}: {got} instead of {case['error']}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("act", choices=["open", "seal", "check"])
    parser.add_argument("--key")
    parser.add_argument("--to", action="append", default=[])
    parser.add_argument("--pass", dest="passphrase")
    parser.add_argument("--link")
    parser.add_argument("--password")
    parser.add_argument("path")
    args = parser.parse_args()
    if args.act == "check":
        return check(args.path)
    data = Path(args.path).read_bytes()
    if args.act == "seal":
        writer = Writer()
        for path in args.to:
            writer.to_point(point_of(serialization.load_der_public_key(Path(path).read_bytes())))
        if args.passphrase is not None:
            writer.to_passphrase(args.passphrase)
        if args.link is not None:
            writer.to_link(bytes.fromhex(args.link), args.password)
        sys.stdout.buffer.write(writer.file(data))
        return 0
    if args.key is not None:
        how = ("key", serialization.load_der_private_key(Path(args.key).read_bytes(), None))
    elif args.passphrase is not None:
        how = ("pass", args.passphrase)
    else:
        how = ("link", bytes.fromhex(args.link), args.password)
    try:
        sys.stdout.buffer.write(read(data, how))
        return 0
    except Damaged:
        return 1
    except Newer:
        return 3


if __name__ == "__main__":
    sys.exit(main())
