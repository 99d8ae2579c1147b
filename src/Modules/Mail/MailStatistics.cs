using ChatMonolith.Contracts.Admin;
using ChatMonolith.Mail.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Mail;

internal sealed class MailStatistics(MailDb db) : IStatistics
{
    public async Task<IReadOnlyList<Figure>> Read(CancellationToken ct) => [new Figure("queue.mail", await db.Outbox.CountAsync(r => r.DeadAt == null, ct))];
}
