using ChatMonolith.Auth.Persistence;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Auth.Users;

/// <summary>Tells a person's own devices and their contacts that the profile has changed, in the commit of the change.</summary>
internal static class ProfileLog
{
    public static async Task TellProfile(this ILogTransaction transaction, Account account, IEnumerable<Guid> contacts, CancellationToken ct)
    {
        // Without the email, also in the person's own log: one event for all who hear of it.
        var seen = new ProfileEvent(account.ToView());
        foreach (var person in contacts.Append(account.Id).Distinct())
        {
            await transaction.AppendUser(person, "profile", seen, ct);
        }
    }

    private sealed record ProfileEvent(UserView User);
}
