using ChatMonolith.Auth.Persistence;
using ChatMonolith.Contracts.Mail;

namespace ChatMonolith.Auth.Codes;

/// <summary>Makes a code and owes the letter that carries it, in the caller's open transaction.</summary>
internal sealed class CodeLetters(OneTimeCodes codes, IMailOutbox outbox)
{
    public Task Post(AuthDb within, Account account, CodePurpose purpose, string address, CancellationToken ct) => Post(within, account, purpose, address, account.Language, ct);

    public async Task Post(AuthDb within, Account account, CodePurpose purpose, string address, string language, CancellationToken ct)
    {
        if (!outbox.Works)
        {
            return;
        }

        var (code, expiresAt) = await codes.Issue(within, account.Id, purpose, address, ct);
        var kind = purpose switch
        {
            CodePurpose.VerifyEmail => LetterKind.VerifyEmail,
            CodePurpose.ChangeEmail => LetterKind.ChangeEmail,
            _ => LetterKind.LoginCode,
        };
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = account.DisplayName, ["code"] = code };
        await outbox.Post(within, new Letter(kind, address, language, values, expiresAt), ct);
    }
}
