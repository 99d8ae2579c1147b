using System.Security.Cryptography;
using System.Text;

namespace ChatMonolith.Backups.Format;

/// <summary>
/// The server signs each point (ECDSA on P-384 with SHA-384). Its public half is kept away from the server and its store: whoever can
/// write the store, and even open what is in it, can make nothing that passes for a backup.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    public const string FileName = "backup-signing.key";
    public const string PublicFileName = "backup-signing.pub";
    public const int SignatureLength = 96;
    private static readonly Lock Making = new();
    private static readonly byte[] Label = Encoding.ASCII.GetBytes("chat/v1/backup-point");
    private readonly ECDsa key;

    private SigningKey(ECDsa key) => this.key = key;

    public Verifier Public => Verifier.Parse(key.ExportSubjectPublicKeyInfoPem());

    public byte[] Pkcs8 => key.ExportPkcs8PrivateKey();

    /// <summary>
    /// The data folder's own, made at its first use: written whole, flushed, readable by its owner alone. Whoever asks first at the same
    /// time, here or in another process, all get the one key: what another had signed would count as forged.
    /// </summary>
    public static SigningKey Own(string dataFolder)
    {
        lock (Making)
        {
            var path = Path.Combine(dataFolder, FileName);
            var own = File.Exists(path) ? FromPkcs8(File.ReadAllBytes(path)) : Make(path);

            // After a restore too: the private half alone was in the backup. And after the private half was exchanged for another.
            var published = Path.Combine(dataFolder, PublicFileName);
            var pem = Encoding.ASCII.GetBytes(own.Public.Pem);
            if (!File.Exists(published) || !File.ReadAllBytes(published).AsSpan().SequenceEqual(pem))
            {
                WholeFile.Write(published, pem);
            }

            return own;
        }
    }

    private static SigningKey Make(string path)
    {
        var made = new SigningKey(ECDsa.Create(ECCurve.NamedCurves.nistP384));
        if (WholeFile.WriteFirst(path, made.Pkcs8))
        {
            return made;
        }

        made.Dispose();
        return FromPkcs8(File.ReadAllBytes(path));
    }

    /// <exception cref="BackupRefusedException">It is no such key.</exception>
    public static SigningKey FromPkcs8(byte[] pkcs8)
    {
        var imported = ECDsa.Create();
        try
        {
            imported.ImportPkcs8PrivateKey(pkcs8, out var read);
            if (read == pkcs8.Length && imported.KeySize == 384)
            {
                return new SigningKey(imported);
            }
        }
        catch (CryptographicException)
        {
            // Told below.
        }

        imported.Dispose();
        throw new BackupRefusedException($"{FileName} in the data folder is no P-384 key. Put the right one back from a copy, or remove it: then a new one is made, and older points no longer count as this server's.");
    }

    public byte[] Sign(ReadOnlySpan<byte> body) => key.SignHash(Digest(body), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public void Dispose() => key.Dispose();

    private static byte[] Digest(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        hash.AppendData(Label);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>The public half.</summary>
    internal sealed class Verifier
    {
        private readonly byte[] spki;

        private Verifier(byte[] spki) => this.spki = spki;

        public string Pem => PemEncoding.WriteString("PUBLIC KEY", spki) + "\n";

        /// <summary>SHA-256 of the key, in hex: what a person compares.</summary>
        public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(spki));

        /// <exception cref="BackupRefusedException">It is no such key.</exception>
        public static Verifier Parse(string pem)
        {
            using var key = ECDsa.Create();
            try
            {
                key.ImportFromPem(pem);
                if (key.KeySize == 384)
                {
                    return new Verifier(key.ExportSubjectPublicKeyInfo());
                }
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                // Told below.
            }

            throw new BackupRefusedException("This is not the public key of a server's backups. It is the file backup-signing.pub in the server's data folder.");
        }

        public bool Signed(ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(spki, out _);
            return key.VerifyHash(Digest(body), signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }
}
