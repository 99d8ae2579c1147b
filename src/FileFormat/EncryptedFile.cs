using System.Security.Cryptography;

namespace ChatMonolith.FileFormat;

/// <summary>The encrypted file format, version 1, at its simplest. The format itself is described in docs/encryption.md.</summary>
public static class EncryptedFile
{
    /// <summary>How many recipients a file can have.</summary>
    public const int RecipientsMax = Layout.StanzasMax;

    /// <summary>Begins a new encrypted file with a new key: the header is written at once.</summary>
    /// <param name="output">Where the encrypted file goes; not disposed.</param>
    /// <param name="recipients">1 to 200, with at most one passphrase and one link.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ArgumentException">Too many recipients, or none.</exception>
    public static async Task<SealingStream> Seal(Stream output, IReadOnlyCollection<Recipient> recipients, CancellationToken ct)
    {
        var fileKey = RandomNumberGenerator.GetBytes(Layout.KeyLength);
        var salt = RandomNumberGenerator.GetBytes(Layout.SaltLength);
        var header = Header.Make(fileKey, salt, [.. recipients.Select(r => new Stanza((byte)r.Type, r.Wrap(fileKey, salt)))]);
        var payload = new Payload(fileKey, salt);
        CryptographicOperations.ZeroMemory(fileKey);
        await output.WriteAsync(header.Bytes, ct);
        return new SealingStream(output, header, payload);
    }

    /// <summary>Opens an encrypted file: the header is read and proven.</summary>
    /// <param name="input">The encrypted file from its first byte; not disposed.</param>
    /// <param name="opener">Who opens.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DamagedFileException">It does not open.</exception>
    /// <exception cref="NewerVersionException">Another version, suite, chunk size or flag.</exception>
    public static async Task<OpeningStream> Open(Stream input, Opener opener, CancellationToken ct) => Open(input, await Header.Read(input, ct), opener);

    /// <summary>Opens a file whose header was read already; <paramref name="input"/> stands behind it.</summary>
    /// <inheritdoc cref="Open(Stream, Opener, CancellationToken)" path="/exception"/>
    public static OpeningStream Open(Stream input, Header header, Opener opener)
    {
        var fileKey = header.Open(opener);
        var payload = new Payload(fileKey, header.Salt);
        CryptographicOperations.ZeroMemory(fileKey);
        return new OpeningStream(input, header, payload);
    }

    /// <summary>The header for a file that more people can open; its payload stays as it is, since chunks are not bound to the recipients.</summary>
    /// <param name="header">The file's header.</param>
    /// <param name="opener">Somebody who can open it.</param>
    /// <param name="added">Who shall be able to as well.</param>
    /// <exception cref="DamagedFileException">The opener cannot open it.</exception>
    /// <exception cref="ArgumentException">Too many recipients.</exception>
    public static Header AddRecipients(Header header, Opener opener, IReadOnlyCollection<Recipient> added)
    {
        var fileKey = header.Open(opener);
        try
        {
            return Header.Make(fileKey, header.Salt, [.. header.Stanzas, .. added.Select(r => new Stanza((byte)r.Type, r.Wrap(fileKey, header.Salt)))]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    /// <summary>How long the encrypted file of so much plaintext will be.</summary>
    public static long LengthOf(long plainLength, int headerLength) => headerLength + Layout.SealedLength(plainLength);

    /// <summary>How much plaintext an encrypted file of this length holds, if it is whole.</summary>
    /// <exception cref="DamagedFileException">No file has this length.</exception>
    public static long PlainLengthOf(long fileLength, int headerLength) => Layout.PlainLength(fileLength - headerLength);
}
