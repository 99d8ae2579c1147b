using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Mail;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Administration;

/// <summary>A link by which somebody chooses a password. It goes to their mailbox and nowhere else: who starts it never learns it.</summary>
internal sealed class ResetLink(IMailOutbox outbox, TimeProvider time)
{
    private static readonly TimeSpan ForNewcomers = TimeSpan.FromDays(7);

    /// <param name="db">With the open transaction.</param>
    /// <param name="account">Whose, with an address.</param>
    /// <param name="kind"><see cref="LetterKind.ResetPassword"/>, or <see cref="LetterKind.Welcome"/> for a new account.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task Post(AuthDb db, Account account, LetterKind kind, CancellationToken ct)
    {
        var token = Secrets.NewToken();
        var expiresAt = time.Now() + (long)(kind is LetterKind.Welcome ? ForNewcomers : ResetRow.Lifetime).TotalMilliseconds;
        await db.Resets.Where(r => r.AccountId == account.Id).ExecuteDeleteAsync(ct);
        db.Resets.Add(new ResetRow { Hash = Secrets.Hash(token), AccountId = account.Id, ExpiresAt = expiresAt });
        await db.SaveChangesAsync(ct);
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = account.DisplayName, ["username"] = account.UserName!, ["link"] = "/reset#" + token };
        await outbox.Post(db, new Letter(kind, account.Email!, account.Language, values, expiresAt), ct);
    }
}
