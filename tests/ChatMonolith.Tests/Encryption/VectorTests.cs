using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.FileFormat;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Encryption;

/// <summary>Published vectors against the primitives as the format uses them: RFC 5869, RFC 7914, and Project Wycheproof's sets.</summary>
public class VectorTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "encryption", "vectors");

    public static TheoryData<string, string, string, string> Rfc5869 => new()
    {
        { string.Concat(Enumerable.Repeat("0b", 22)), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf" },
        { Range(0x00, 80), Range(0x60, 80), Range(0xb0, 80), "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c" },
        { string.Concat(Enumerable.Repeat("0b", 22)), "", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d" },
    };

    [Theory]
    [MemberData(nameof(Rfc5869))]
    public void Hkdf_answers_the_vectors_of_RFC_5869(string ikm, string salt, string info, string okm) =>
        Convert.ToHexStringLower(Kdf.Hkdf(Convert.FromHexString(ikm), Convert.FromHexString(salt), Convert.FromHexString(info))).ShouldBe(okm);

    [Fact]
    public void Pbkdf2_answers_the_vectors_of_RFC_7914()
    {
        Convert.ToHexStringLower(Kdf.Pbkdf2("passwd", "salt"u8, 1)).ShouldBe("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
        Convert.ToHexStringLower(Kdf.Pbkdf2("Password", "NaCl"u8, 80000)).ShouldBe("4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
    }

    [Fact]
    public void A102_hkdf_answers_the_set_of_Wycheproof()
    {
        var count = 0;
        foreach (var test in Tests("hkdf_sha256_test.json").Where(t => t.Test.GetProperty("size").GetInt32() >= 32))
        {
            // The first 32 bytes of a longer output are the output of 32 (RFC 5869, 2.3).
            var expected = test.Bytes("okm");
            if (expected.Length >= 32)
            {
                Kdf.Hkdf(test.Bytes("ikm"), test.Bytes("salt"), test.Bytes("info")).ShouldBe(expected[..32], test.Name);
                count++;
            }
        }

        count.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void A102_aes_gcm_answers_the_set_of_Wycheproof()
    {
        var count = 0;
        foreach (var test in Tests("aes_gcm_test.json").Where(t => t.Group.GetProperty("keySize").GetInt32() == 256 && t.Group.GetProperty("ivSize").GetInt32() == 96 && t.Group.GetProperty("tagSize").GetInt32() == 128))
        {
            count++;
            using var aes = new AesGcm(test.Bytes("key"), 16);
            var (cipher, plain) = (test.Bytes("ct"), new byte[test.Bytes("ct").Length]);
            var isValid = test.Test.GetProperty("result").GetString() == "valid";
            var opened = true;
            try
            {
                aes.Decrypt(test.Bytes("iv"), cipher, test.Bytes("tag"), plain, test.Bytes("aad"));
            }
            catch (AuthenticationTagMismatchException)
            {
                opened = false;
            }

            opened.ShouldBe(isValid, test.Name);
            if (isValid)
            {
                plain.ShouldBe(test.Bytes("msg"), test.Name);
            }
        }

        count.ShouldBeGreaterThan(40);
    }

    [Theory]
    [InlineData("ecdh_secp384r1_ecpoint_test.json", 180)]
    [InlineData("ecdh_secp384r1_test.json", 300)]
    public void A102_ecdh_on_p384_answers_the_sets_of_Wycheproof(string file, int atLeast)
    {
        var (count, taken) = (0, 0);
        foreach (var test in Tests(file))
        {
            count++;
            var result = test.Test.GetProperty("result").GetString();
            PublicKey theirs;
            try
            {
                theirs = file.Contains("ecpoint", StringComparison.Ordinal) ? PublicKey.FromPoint(test.Bytes("public")) : PublicKey.FromSpki(test.Bytes("public"));
            }
            catch (FormatException)
            {
                // What only some readers take (compressed points, other ways to write the curve) the format refuses.
                result.ShouldNotBe("valid", test.Name);
                continue;
            }

            result.ShouldNotBe("invalid", test.Name);
            taken++;
            using var mine = FromScalar(new BigInteger(test.Bytes("private"), isUnsigned: true, isBigEndian: true));
            using var point = theirs.Import();
            mine.Agree(point).ShouldBe(test.Bytes("shared"), test.Name);
        }

        count.ShouldBeGreaterThan(atLeast);
        taken.ShouldBeGreaterThan(atLeast / 2);
    }

    [Fact]
    public void A_fingerprint_is_of_the_point_and_keys_are_read_as_PEM_and_as_base64()
    {
        using var ann = Golden.Key("ann");
        ann.Public.Fingerprint.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(ann.Public.Point)));
        ann.Public.FingerprintGroups.Length.ShouldBe(79);
        PublicKey.Parse(ann.Public.ToPem()).ShouldBe(ann.Public);
        PublicKey.Parse(Convert.ToBase64String(ann.Public.ToSpki())).ShouldBe(ann.Public);
        using var again = PrivateKey.FromPkcs8(ann.ToPkcs8());
        again.Public.ShouldBe(ann.Public);
        using var p256 = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        foreach (var wrong in (string[])["", "no base64!", Convert.ToBase64String(p256.ExportSubjectPublicKeyInfo()), p256.ExportSubjectPublicKeyInfoPem(), Convert.ToBase64String(ann.Public.ToSpki()[..^1]), p256.ExportPkcs8PrivateKeyPem()])
        {
            Should.Throw<FormatException>(() => PublicKey.Parse(wrong));
        }

        Should.Throw<DamagedFileException>(() => PrivateKey.FromPkcs8(p256.ExportPkcs8PrivateKey()));
    }

    [Fact]
    public void Normalization_agrees_with_another_program_on_every_character_and_on_many_texts()
    {
        var words = File.ReadAllLines(Path.Combine(Folder, "nfc.txt")).Where(l => !l.StartsWith('#')).ToArray();
        words.Length.ShouldBeGreaterThan(2000);
        foreach (var line in words)
        {
            var parts = line.Split(';');
            ToHex(Nfc.Normalize(FromHex(parts[0]))).ShouldBe(parts[1], line);
        }
    }

    private static string FromHex(string points) => string.Concat(points.Split(' ').Select(h => new Rune(Convert.ToInt32(h, 16)).ToString()));

    private static string ToHex(string text) => string.Join(' ', text.EnumerateRunes().Select(r => r.Value.ToString("X")));

    private static PrivateKey FromScalar(BigInteger d)
    {
        using var pair = ECDiffieHellman.Create();
        var bytes = d.ToByteArray(isUnsigned: true, isBigEndian: true);
        pair.ImportParameters(new ECParameters { Curve = ECCurve.NamedCurves.nistP384, D = [.. new byte[48 - bytes.Length], .. bytes] });
        return PrivateKey.FromPkcs8(pair.ExportPkcs8PrivateKey());
    }

    private static string Range(int from, int count) => Convert.ToHexStringLower([.. Enumerable.Range(from, count).Select(i => (byte)i)]);

    private static IEnumerable<Vector> Tests(string file) =>
        from group_ in JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "wycheproof", file))).RootElement.GetProperty("testGroups").EnumerateArray()
        from test in group_.GetProperty("tests").EnumerateArray()
        select new Vector(file, group_, test);

    private sealed record Vector(string File, JsonElement Group, JsonElement Test)
    {
        public string Name => $"{File} {Test.GetProperty("tcId")}: {Test.GetProperty("comment").GetString()}";

        public byte[] Bytes(string member)
        {
            var hex = Test.GetProperty(member).GetString()!;
            return Convert.FromHexString(hex.Length % 2 == 0 ? hex : "0" + hex);
        }
    }
}
