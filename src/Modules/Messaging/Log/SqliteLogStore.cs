using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Messaging.Log;

/// <summary>The statements that run for each message, bound without ADO.NET. The rest is as on PostgreSQL.</summary>
internal sealed class SqliteLogStore(Database database, SqliteConnection connection) : LogStore(database, connection)
{
    private readonly SqliteStatement findRepeat = new(connection, RepeatSql);
    private readonly SqliteStatement insertMessage = new(connection, InsertMessageSql);
    private readonly SqliteStatement insertEntry = new(connection, InsertEntrySql);
    private readonly SqliteStatement updateHead = new(connection, UpdateHeadSql);

    public override Task<Repeat?[]> FindRepeats(IReadOnlyList<SendItem> items, CancellationToken ct)
    {
        var found = new Repeat?[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            var command = items[i].Command;
            found[i] = findRepeat.Bind(command.RoomId).Bind(command.SenderId).Bind(command.ClientId)
                .First(static row => new Repeat(row.Id(0), row.Number(1), row.Number(2), row.Bytes(3)));
        }

        return Task.FromResult(found);
    }

    public override Task InsertMessages(IReadOnlyList<NewMessage> messages, CancellationToken ct)
    {
        foreach (var (item, seq, at) in messages)
        {
            var command = item.Command;
            insertMessage.Bind(item.Id).Bind(command.RoomId).Bind(seq).Bind(command.SenderId).Bind(command.ClientId).Bind(item.RequestMac)
                .Bind((long)MessageType.Text).Bind(command.Text).Bind(item.Html).Bind(command.ReplyTo).Bind(command.ThreadId).Bind(at).Run();
        }

        foreach (var (item, seq, at) in messages)
        {
            insertEntry.Bind(item.Command.RoomId).Bind(seq).Bind((long)LogEntryType.MessageCreated).Bind(at).Bind(item.Command.SenderId).Bind(item.Id)
                .BindNull().BindNull().BindNull().Run();
        }

        return CountReplies(messages, ct);
    }

    public override ValueTask DisposeAsync()
    {
        findRepeat.Dispose();
        insertMessage.Dispose();
        insertEntry.Dispose();
        updateHead.Dispose();
        return base.DisposeAsync();
    }

    protected override Task UpdateRoomHeads(StagedHeads staged, CancellationToken ct)
    {
        foreach (var (room, head) in staged.Rooms)
        {
            updateHead.Bind(head.Seq).Bind(head.Digest).Bind(room).Run();
        }

        return Task.CompletedTask;
    }
}
