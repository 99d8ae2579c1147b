namespace ChatMonolith.Auth.Persistence;

/// <summary>
/// A person's public key for encrypted files, with their private key as it was wrapped at their end: the server can open neither copy.
/// Earlier ones stay, since old files were encrypted for them. Times in UTC milliseconds.
/// </summary>
internal sealed class PersonKey
{
    public const int FingerprintLength = 64;

    /// <summary>SHA-256 of the point, in hex; its first half is the key's id in a file's header.</summary>
    public string Fingerprint { get; init; } = "";

    public Guid AccountId { get; init; }

    /// <summary>SPKI (RFC 5480), 120 bytes.</summary>
    public byte[] PublicKey { get; init; } = [];

    /// <summary>Under the passphrase, in the encrypted file format.</summary>
    public byte[] WrappedKey { get; set; } = [];

    /// <summary>Under the recovery code, in the encrypted file format.</summary>
    public byte[] RecoveryKey { get; set; } = [];

    public long CreatedAt { get; init; }

    /// <summary>Null: it is the current one.</summary>
    public long? RetiredAt { get; set; }
}
