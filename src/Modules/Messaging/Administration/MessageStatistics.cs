using ChatMonolith.Contracts.Admin;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Administration;

internal sealed class MessageStatistics(MessagingDb db) : IStatistics
{
    public async Task<IReadOnlyList<Figure>> Read(CancellationToken ct) =>
    [
        new Figure("messages", await db.Messages.LongCountAsync(ct)),
        new Figure("queue.push", await db.PushOwed.CountAsync(ct)),
    ];
}
