namespace ChatMonolith.Auth.Persistence;

/// <summary>A person's picture, stripped of all that is not the picture. Beside the account, whose row is read all the time.</summary>
internal sealed class AccountAvatar
{
    public Guid AccountId { get; init; }

    public string Version { get; set; } = "";

    public string ContentType { get; set; } = "";

    public byte[] Bytes { get; set; } = [];
}
