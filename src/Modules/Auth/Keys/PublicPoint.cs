using System.Security.Cryptography;

namespace ChatMonolith.Auth.Keys;

/// <summary>A public key for encrypted files: an uncompressed point on P-384 as SPKI (RFC 5480). Anything else is refused.</summary>
/// <param name="Spki">120 bytes.</param>
/// <param name="Fingerprint">SHA-256 of the point, in hex.</param>
internal sealed record PublicPoint(byte[] Spki, string Fingerprint)
{
    private const int PointLength = 97;

    private static ReadOnlySpan<byte> SpkiHead =>
        [0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00];

    /// <param name="text">Base64, or PEM.</param>
    /// <returns>Null: it is none, compressed, at infinity, or off the curve (NIST SP 800-56A, 5.6.2.3.3).</returns>
    public static PublicPoint? Parse(string text)
    {
        if (Decode(text) is not { } spki || spki.Length != SpkiHead.Length + PointLength || !spki.AsSpan().StartsWith(SpkiHead) || spki[SpkiHead.Length] != 4)
        {
            return null;
        }

        var point = spki.AsSpan(SpkiHead.Length);
        try
        {
            var q = new ECPoint { X = point[1..49].ToArray(), Y = point[49..].ToArray() };
            using var key = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP384, Q = q });

            // A coordinate that was reduced on its way in would come back as another one.
            var back = key.ExportParameters(includePrivateParameters: false).Q;
            return back.X.AsSpan().SequenceEqual(q.X) && back.Y.AsSpan().SequenceEqual(q.Y) ? new PublicPoint(spki, Convert.ToHexStringLower(SHA256.HashData(point))) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? Decode(string text)
    {
        var base64 = text.AsSpan();
        if (PemEncoding.TryFind(text, out var fields))
        {
            if (base64[fields.Label] is not "PUBLIC KEY")
            {
                return null;
            }

            base64 = base64[fields.Base64Data];
        }

        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64Chars(base64, bytes, out var length) ? bytes[..length] : null;
    }
}
