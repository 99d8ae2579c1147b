using ChatMonolith.Contracts.Mail;
using ChatMonolith.Mail.Data;
using ChatMonolith.Mail.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Mail;

internal sealed class MailState(MailDb db, MailLine line, IOptions<MailOptions> options) : IMailState
{
    private static readonly LetterKind[] Alerts = [LetterKind.AlertRaised, LetterKind.AlertLasts, LetterKind.AlertOver];

    public async Task<MailStanding> Read(long since, CancellationToken ct)
    {
        // Ids begin with the time; the index on (dead_at, next_at) leads to those that wait and to those that were given up since.
        var oldest = await db.Outbox.Where(r => r.DeadAt == null).OrderBy(r => r.Id).Select(r => (long?)r.CreatedAt).FirstOrDefaultAsync(ct);
        var givenUp = await db.Outbox.CountAsync(r => r.DeadAt >= since && !Alerts.Contains(r.Kind), ct);
        return new MailStanding(options.Value.Works, oldest, givenUp, line.Now?.Reason);
    }
}
