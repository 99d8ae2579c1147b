namespace ChatMonolith.FileFormat;

/// <summary>The numbers of the encrypted file format, version 1 (docs/encryption.md). All integers are unsigned big-endian.</summary>
internal static class Layout
{
    public const int PrefixLength = 16;
    public const int CommonLength = 12;
    public const int SaltLength = 32;
    public const int KeyLength = 32;
    public const int MacLength = 32;
    public const int CountAt = PrefixLength + SaltLength;
    public const int StanzasAt = CountAt + 2;
    public const int HeaderMax = 65_536;
    public const int StanzasMax = 200;
    public const int StanzaHead = 3;
    public const int HeaderMin = StanzasAt + StanzaHead + MacLength;
    public const int WrappedLength = KeyLength + TagLength;
    public const int TagLength = 16;
    public const int NonceLength = 12;
    public const int ChunkLength = 65_536;
    public const int SealedChunkLength = ChunkLength + TagLength;
    public const int PointLength = 97;
    public const int KeyIdLength = 16;

    public const byte Version = 1;
    public const byte Suite = 1;
    public const byte ChunkLog2 = 16;
    public const byte Flags = 0;

    public static ReadOnlySpan<byte> Magic => "CMFILE\r\n"u8;

    public static ReadOnlySpan<byte> HeaderLabel => "chat/v1/header"u8;

    public static ReadOnlySpan<byte> PayloadLabel => "chat/v1/payload"u8;

    public static ReadOnlySpan<byte> WrapLabel => "chat/v1/wrap"u8;

    public static ReadOnlySpan<byte> PassLabel => "chat/v1/pass"u8;

    public static ReadOnlySpan<byte> LinkLabel => "chat/v1/link"u8;

    public static ReadOnlySpan<byte> AuthLabel => "chat/v1/auth"u8;

    /// <summary>The 12 bytes that every file of this version begins with; the associated data of every chunk.</summary>
    public static ReadOnlySpan<byte> Common => [0x43, 0x4D, 0x46, 0x49, 0x4C, 0x45, 0x0D, 0x0A, Version, Suite, ChunkLog2, Flags];

    /// <summary>An empty file has one chunk, which holds nothing.</summary>
    public static long ChunksOf(long plainLength) => plainLength == 0 ? 1 : (plainLength - 1) / ChunkLength + 1;

    /// <summary>How long the payload of <paramref name="plainLength"/> bytes is once it is sealed.</summary>
    public static long SealedLength(long plainLength) => plainLength + ChunksOf(plainLength) * TagLength;

    /// <returns>How much plaintext a payload of this length holds.</returns>
    /// <exception cref="DamagedFileException">No payload has this length.</exception>
    public static long PlainLength(long sealedLength)
    {
        if (sealedLength < TagLength)
        {
            throw new DamagedFileException();
        }

        var chunks = (sealedLength - 1) / SealedChunkLength + 1;
        var last = sealedLength - (chunks - 1) * SealedChunkLength;
        return last > TagLength || (last == TagLength && chunks == 1) ? sealedLength - chunks * TagLength : throw new DamagedFileException();
    }
}

internal enum StanzaType : byte
{
    PublicKey = 1,
    Passphrase = 2,
    Link = 3,
}
