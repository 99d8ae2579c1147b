using ChatMonolith.BuildingBlocks.Security;

namespace ChatMonolith.Auth.SecondFactors;

/// <summary>Authenticator secrets as they are stored, sealed and bound to their account. A copy of the database is no second factor.</summary>
internal sealed class TotpSecrets(ServerKeys keys)
{
    private readonly SealedBytes box = new(keys, "auth/totp");

    public byte[] Close(Guid accountId, ReadOnlySpan<byte> secret) => box.Close(accountId, secret);

    /// <returns>Null when the server's secret is another than when it was stored, or somebody changed it: then no code is right.</returns>
    public byte[]? Open(Guid accountId, ReadOnlySpan<byte> closed) => box.Open(accountId, closed);
}
