namespace ChatMonolith.BuildingBlocks.Security;

/// <summary>The certificate that this server itself serves HTTPS with, where no proxy does it.</summary>
public interface ITlsCertificate
{
    /// <summary>Of the one that counts now: a renewed file is looked at anew.</summary>
    DateTimeOffset EndsAt { get; }
}
