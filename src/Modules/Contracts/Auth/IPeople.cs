namespace ChatMonolith.Contracts.Auth;

/// <summary>Asks for accounts as others see them. Deleted and unknown ids are left out.</summary>
public interface IPeople
{
    Task<IReadOnlyDictionary<Guid, UserView>> Find(IReadOnlyCollection<Guid> userIds, CancellationToken ct);

    /// <summary>The subset of <paramref name="userIds"/> that are active accounts.</summary>
    Task<IReadOnlySet<Guid>> Active(IReadOnlyCollection<Guid> userIds, CancellationToken ct);

    /// <summary>Where letters reach those of <paramref name="userIds"/> who are active and have confirmed their address. Not to be told to others.</summary>
    Task<IReadOnlyDictionary<Guid, Addressee>> Addressees(IReadOnlyCollection<Guid> userIds, CancellationToken ct);

    /// <summary>Where letters reach the active server admins who have confirmed their address; 100 at most. Not to be told to others.</summary>
    Task<IReadOnlyList<Addressee>> Admins(CancellationToken ct);

    /// <summary>The account with this username, whatever its case; null if there is none.</summary>
    Task<Guid?> IdOf(string username, CancellationToken ct);

    /// <summary>The active account with this email address, whatever its case; null if there is none. Not to be told to others.</summary>
    Task<Guid?> IdOfEmail(string email, CancellationToken ct);
}

/// <param name="Email">A confirmed address.</param>
/// <param name="Language">In which letters are written to them.</param>
public sealed record Addressee(string Email, string Language);
