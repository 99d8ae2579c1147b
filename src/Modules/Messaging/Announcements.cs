using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using ChatMonolith.Messaging.Rendering;

namespace ChatMonolith.Messaging;

/// <inheritdoc cref="IAnnouncements"/>
internal sealed class Announcements(IRooms rooms, IRoomAccess access, LogWriter log, RequestMac mac, DiskReserve reserve) : IAnnouncements
{
    public async Task<Result<Guid>> Post(Guid by, Guid sessionId, string text, Func<ModuleDbContext, CancellationToken, Task> within, CancellationToken ct)
    {
        if (await rooms.General(ct) is not { } roomId)
        {
            return Error.NotFound;
        }

        // The same rule as for every message: who has left general does not write there.
        var member = await access.Member(roomId, by, ct);
        if (!member.IsOk)
        {
            return Error.Conflict("You have left general. Join it to announce something there.", ConflictReasons.NotInGeneral);
        }

        var command = new PostMessage.Command(roomId, by, sessionId, Guid.CreateVersion7().ToString("N"), text, ReplyTo: null, ThreadId: null, Attachments: [], Reply: null);
        var sent = await log.Send(new SendItem(command, mac.Of(command), Markdown.Render(text), reserve.IsSpent ? DiskReserve.DiskFull : null)
        {
            Kind = MessageType.System,
            Attach = async (tx, _, token) =>
            {
                await within(tx.Use<MessagingDb>(), token);
                return Result<IReadOnlyList<FileView>>.Of([]);
            },
        });
        return sent.Map(m => m.Id);
    }
}
