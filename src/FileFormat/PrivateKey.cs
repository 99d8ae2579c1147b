using System.Security.Cryptography;

namespace ChatMonolith.FileFormat;

/// <summary>A P-384 pair. Its private part leaves this object only as PKCS#8, which is kept wrapped by the file format itself.</summary>
public sealed class PrivateKey : IDisposable
{
    private readonly ECDiffieHellman pair;

    private PrivateKey(ECDiffieHellman pair)
    {
        this.pair = pair;
        Public = PublicKey.Of(pair);
    }

    public PublicKey Public { get; }

    public static PrivateKey Create() => new(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384));

    /// <exception cref="DamagedFileException">Not the PKCS#8 of a P-384 pair.</exception>
    public static PrivateKey FromPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        var imported = ECDiffieHellman.Create();
        try
        {
            imported.ImportPkcs8PrivateKey(pkcs8, out var read);
            if (read == pkcs8.Length && imported.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP384.Oid.Value)
            {
                return new PrivateKey(imported);
            }
        }
        catch (CryptographicException)
        {
            // Told below, like every other file that does not open.
        }

        imported.Dispose();
        throw new DamagedFileException();
    }

    /// <summary>In the clear: the caller wipes it.</summary>
    public byte[] ToPkcs8() => pair.ExportPkcs8PrivateKey();

    /// <summary>Z: the x-coordinate, 48 bytes, raw (NIST SP 800-56A, 5.7.1.2).</summary>
    internal byte[] Agree(ECDiffieHellman other)
    {
        using var point = other.PublicKey;
        return pair.DeriveRawSecretAgreement(point);
    }

    public void Dispose() => pair.Dispose();
}
