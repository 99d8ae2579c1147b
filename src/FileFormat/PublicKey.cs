using System.Security.Cryptography;

namespace ChatMonolith.FileFormat;

/// <summary>A point on P-384 that files are sealed to.</summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    /// <summary>SEQUENCE { SEQUENCE { id-ecPublicKey, secp384r1 }, BIT STRING }: what stands before the point (RFC 5480).</summary>
    private static ReadOnlySpan<byte> SpkiHead =>
        [0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00];

    /// <summary>p = 2^384 - 2^128 - 2^96 + 2^32 - 1 (FIPS 186-4, D.1.2.4).</summary>
    private static ReadOnlySpan<byte> Prime =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF,
    ];

    private readonly byte[] point;

    private PublicKey(byte[] point) => this.point = point;

    /// <summary><c>04 ‖ X ‖ Y</c>, 97 bytes.</summary>
    public ReadOnlySpan<byte> Point => point;

    /// <summary>The first 16 bytes of SHA-256 of the point.</summary>
    public byte[] Id => SHA256.HashData(point)[..Layout.KeyIdLength];

    /// <summary>SHA-256 of the point, 64 hexadecimal digits.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(point));

    /// <summary>The fingerprint as people compare it: 16 groups of four.</summary>
    public string FingerprintGroups => string.Join(' ', Fingerprint.Chunk(4).Select(g => new string(g)));

    public byte[] ToSpki() => [.. SpkiHead, .. point];

    public string ToPem() => new(PemEncoding.Write("PUBLIC KEY", ToSpki()));

    /// <exception cref="FormatException">Not an uncompressed point on P-384.</exception>
    public static PublicKey FromPoint(ReadOnlySpan<byte> point) =>
        TryImport(point, out var key) is { } agreement ? Close(agreement, key) : throw new FormatException("This is not a point on P-384.");

    /// <exception cref="FormatException">Not the SPKI of an uncompressed point on P-384.</exception>
    public static PublicKey FromSpki(ReadOnlySpan<byte> spki) =>
        spki.StartsWith(SpkiHead) ? FromPoint(spki[SpkiHead.Length..]) : throw new FormatException("This is not the public key (SPKI) of a P-384 pair.");

    /// <param name="text">SPKI as PEM, or as base64 alone.</param>
    /// <exception cref="FormatException">It is neither.</exception>
    public static PublicKey Parse(string text)
    {
        if (!PemEncoding.TryFind(text, out var fields))
        {
            return FromSpki(Convert.FromBase64String(text.Trim()));
        }

        return text.AsSpan()[fields.Label] is "PUBLIC KEY"
            ? FromSpki(Convert.FromBase64String(text[fields.Base64Data]))
            : throw new FormatException("This PEM holds something else than a public key.");
    }

    public bool Equals(PublicKey? other) => other is not null && point.AsSpan().SequenceEqual(other.point);

    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    public override int GetHashCode() => BitConverter.ToInt32(point, 1);

    /// <summary>The platform's key for this point; the caller disposes it.</summary>
    internal ECDiffieHellman Import() => TryImport(point, out _) ?? throw new FormatException("This is not a point on P-384.");

    /// <returns>Null: compressed, at infinity, out of range or off the curve.</returns>
    internal static ECDiffieHellman? TryImport(ReadOnlySpan<byte> point, out PublicKey? key)
    {
        key = null;
        const int Coordinate = (Layout.PointLength - 1) / 2;
        if (point.Length != Layout.PointLength || point[0] != 4)
        {
            return null;
        }

        var x = point.Slice(1, Coordinate);
        var y = point[(1 + Coordinate)..];
        if (x.SequenceCompareTo(Prime) >= 0 || y.SequenceCompareTo(Prime) >= 0)
        {
            return null;
        }

        try
        {
            var agreement = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP384, Q = new ECPoint { X = x.ToArray(), Y = y.ToArray() } });
            key = new PublicKey(point.ToArray());
            return agreement;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    internal static PublicKey Of(ECDiffieHellman pair)
    {
        var q = pair.ExportParameters(includePrivateParameters: false).Q;
        return new PublicKey([4, .. q.X!, .. q.Y!]);
    }

    private static PublicKey Close(ECDiffieHellman agreement, PublicKey? key)
    {
        agreement.Dispose();
        return key!;
    }
}
