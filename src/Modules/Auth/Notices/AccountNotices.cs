using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Mail;

namespace ChatMonolith.Auth.Notices;

/// <summary>
/// What an account's owner is told of it, by letter and in their inbox, each owed in the transaction of what it tells of (ASVS 5.0, 6.3.5
/// and 6.3.7); and the audit log's entry.
/// </summary>
internal sealed class AccountNotices(IMailOutbox outbox, OwedNotices inbox, IAuditLog audit, TimeProvider time)
{
    private const string Page = "/settings/security";

    /// <param name="db">With the open transaction.</param>
    /// <param name="account">Whose; without an email no letter is sent.</param>
    /// <param name="change">A phrase of the templates, such as <c>totp.on</c>.</param>
    /// <param name="client">Who did it, as seen from here.</param>
    /// <param name="ct">Cancels before the commit.</param>
    /// <param name="by">Who did it, where it was not the owner.</param>
    public async Task Changed(AuthDb db, Account account, string change, ClientInfo client, CancellationToken ct, Actor? by = null)
    {
        await audit.Append(
            db, new AuditEvent(change, by?.UserId ?? account.Id, "user", account.Id, client.Address, by?.SessionId, Details: AuditEvent.Of(("username", account.UserName!))), ct);
        await inbox.Owe(db, account, NoticeTexts.Of(change, account.Language), ct);
        await Post(db, account, LetterKind.CredentialChanged, client, ct, ("change", change), ("link", Page));
    }

    public async Task NewDevice(AuthDb db, Account account, ClientInfo client, CancellationToken ct)
    {
        await inbox.Owe(db, account, NoticeTexts.NewDevice(client, account.Language), ct);
        await Post(db, account, LetterKind.NewDevice, client, ct, ("device", client.UserAgent.Length > 0 ? client.UserAgent : "?"), ("link", Page));
    }

    private async Task Post(AuthDb db, Account account, LetterKind kind, ClientInfo client, CancellationToken ct, params (string Name, string Value)[] values)
    {
        if (account.Email is not { } email || !outbox.Works)
        {
            return;
        }

        var all = values.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        all["name"] = account.DisplayName;
        all["address"] = client.Address;
        all["time"] = time.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
        await outbox.Post(db, new Letter(kind, email, account.Language, all), ct);
    }
}
