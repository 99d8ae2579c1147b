using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ChatMonolith.FileFormat;

/// <summary>One recipient's part of a header. <see cref="Type"/> may be one that this version does not know.</summary>
public sealed record Stanza(byte TypeByte, ReadOnlyMemory<byte> Body)
{
    internal StanzaType Type => (StanzaType)TypeByte;
}

/// <summary>A header as it stands in a file: its shape is checked, its MAC is not until somebody opens it.</summary>
public sealed class Header
{
    private readonly byte[] bytes;

    private Header(byte[] bytes, IReadOnlyList<Stanza> stanzas)
    {
        this.bytes = bytes;
        Stanzas = stanzas;
        Salt = bytes[Layout.PrefixLength..Layout.CountAt];
    }

    /// <summary>From the first byte of the file to the end of the MAC; at most 65,536.</summary>
    public int Length => bytes.Length;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public byte[] Salt { get; }

    public IReadOnlyList<Stanza> Stanzas { get; }

    /// <summary>The ids of the keys that can open the file.</summary>
    public IEnumerable<byte[]> KeyIds => Of(StanzaType.PublicKey).Select(s => s.Body[..Layout.KeyIdLength].ToArray());

    public bool HasPassphrase => Of(StanzaType.Passphrase).Any();

    public bool HasLink => Of(StanzaType.Link).Any();

    public bool LinkHasPassword => Of(StanzaType.Link).Any(s => s.Body.Span[0] == 1);

    /// <summary>Reads the header and not a byte more.</summary>
    /// <exception cref="DamagedFileException">It is not one, or it is cut.</exception>
    /// <exception cref="NewerVersionException">Another version, suite, chunk size or flag.</exception>
    public static async Task<Header> Read(Stream file, CancellationToken ct)
    {
        var prefix = new byte[Layout.PrefixLength];
        await Fill(file, prefix, ct);
        var whole = new byte[LengthFrom(prefix)];
        prefix.CopyTo(whole, 0);
        await Fill(file, whole.AsMemory(Layout.PrefixLength), ct);
        return Parse(whole);
    }

    /// <summary>How long the header is that begins with these 16 bytes.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static int LengthFrom(ReadOnlySpan<byte> prefix)
    {
        if (prefix.Length < Layout.PrefixLength || !prefix.StartsWith(Layout.Magic))
        {
            throw new DamagedFileException();
        }

        if (!prefix.StartsWith(Layout.Common))
        {
            throw new NewerVersionException();
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[Layout.CommonLength..]);
        return length is >= Layout.HeaderMin and <= Layout.HeaderMax ? (int)length : throw new DamagedFileException();
    }

    /// <param name="bytes">The whole header; kept.</param>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static Header Parse(byte[] bytes)
    {
        if (LengthFrom(bytes) != bytes.Length)
        {
            throw new DamagedFileException();
        }

        var count = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(Layout.CountAt));
        if (count is 0 or > Layout.StanzasMax)
        {
            throw new DamagedFileException();
        }

        var stanzas = new List<Stanza>(count);
        var rest = bytes.AsMemory(Layout.StanzasAt..^Layout.MacLength);
        for (var i = 0; i < count; i++)
        {
            if (rest.Length < Layout.StanzaHead)
            {
                throw new DamagedFileException();
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(rest.Span[1..]);
            if (rest.Length < Layout.StanzaHead + length)
            {
                throw new DamagedFileException();
            }

            stanzas.Add(new Stanza(rest.Span[0], rest.Slice(Layout.StanzaHead, length)));
            rest = rest[(Layout.StanzaHead + length)..];
        }

        return rest.IsEmpty && Fits(stanzas) ? new Header(bytes, stanzas) : throw new DamagedFileException();
    }

    /// <summary>A new header, authenticated by the file key.</summary>
    internal static Header Make(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> salt, IReadOnlyList<Stanza> stanzas)
    {
        if (stanzas.Count is 0 or > Layout.StanzasMax || !Fits(stanzas))
        {
            throw new ArgumentException($"A file has 1 to {Layout.StanzasMax} recipients, and at most one passphrase and one link.", nameof(stanzas));
        }

        var length = Layout.StanzasAt + stanzas.Sum(s => Layout.StanzaHead + s.Body.Length) + Layout.MacLength;
        if (length > Layout.HeaderMax)
        {
            throw new ArgumentException("The header would be too long.", nameof(stanzas));
        }

        var made = new byte[length];
        Layout.Common.CopyTo(made);
        BinaryPrimitives.WriteUInt32BigEndian(made.AsSpan(Layout.CommonLength), (uint)length);
        salt.CopyTo(made.AsSpan(Layout.PrefixLength));
        BinaryPrimitives.WriteUInt16BigEndian(made.AsSpan(Layout.CountAt), (ushort)stanzas.Count);
        var at = Layout.StanzasAt;
        foreach (var stanza in stanzas)
        {
            made[at] = stanza.TypeByte;
            BinaryPrimitives.WriteUInt16BigEndian(made.AsSpan(at + 1), (ushort)stanza.Body.Length);
            stanza.Body.Span.CopyTo(made.AsSpan(at + Layout.StanzaHead));
            at += Layout.StanzaHead + stanza.Body.Length;
        }

        Mac(fileKey, salt, made.AsSpan(0, at)).CopyTo(made, at);
        return Parse(made);
    }

    /// <returns>The file key, proven by the MAC.</returns>
    /// <exception cref="DamagedFileException">None of the stanzas is for this opener, or the header was changed.</exception>
    internal byte[] Open(Opener opener)
    {
        foreach (var fileKey in opener.Unwrap(this))
        {
            if (CryptographicOperations.FixedTimeEquals(Mac(fileKey, Salt, bytes.AsSpan(..^Layout.MacLength)), bytes.AsSpan(^Layout.MacLength..)))
            {
                return fileKey;
            }

            CryptographicOperations.ZeroMemory(fileKey);
        }

        throw new DamagedFileException();
    }

    private static byte[] Mac(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> before) =>
        HMACSHA256.HashData(Kdf.Hkdf(fileKey, salt, Layout.HeaderLabel), before);

    /// <summary>Known types have their one length; a passphrase and a link stand there once at most.</summary>
    private static bool Fits(IReadOnlyList<Stanza> stanzas) =>
        stanzas.All(s => s.Type switch
        {
            StanzaType.PublicKey => s.Body.Length == Layout.KeyIdLength + Layout.PointLength + Layout.WrappedLength,
            StanzaType.Passphrase => s.Body.Length == Layout.SaltLength + sizeof(uint) + Layout.WrappedLength,
            StanzaType.Link => s.Body.Length == 1 + Layout.SaltLength + sizeof(uint) + Layout.WrappedLength,
            _ => true,
        })
        && stanzas.Count(s => s.Type == StanzaType.Passphrase) <= 1
        && stanzas.Count(s => s.Type == StanzaType.Link) <= 1;

    private IEnumerable<Stanza> Of(StanzaType type) => Stanzas.Where(s => s.Type == type);

    private static async Task Fill(Stream file, Memory<byte> buffer, CancellationToken ct)
    {
        if (await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct) < buffer.Length)
        {
            throw new DamagedFileException();
        }
    }
}
