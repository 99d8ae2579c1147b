using System.Runtime.CompilerServices;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Reading;

/// <summary>What a person has written, for the copy of their data.</summary>
internal sealed class MessagesData(MessagingDb db) : IPersonalData
{
    public string File => "messages.json";

    public async IAsyncEnumerable<object> Of(Guid userId, [EnumeratorCancellation] CancellationToken ct)
    {
        var mine = db.Messages.AsNoTracking().Where(m => m.SenderId == userId).OrderBy(m => m.Id).Select(m => new { m.Id, m.RoomId, m.Seq, m.Text, m.CreatedAt });
        await foreach (var m in mine.AsAsyncEnumerable().WithCancellation(ct))
        {
            yield return new { m.Id, m.RoomId, m.Seq, m.Text, createdAt = (Instant)m.CreatedAt };
        }
    }
}
