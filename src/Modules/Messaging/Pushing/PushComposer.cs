using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Notifying;
using ChatMonolith.Messaging.Reading;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>
/// What a browser is sent, as it is at the sending: nothing of a message that was deleted, of a room that was left, to a session that has
/// ended, to somebody who is looking at an open window, or who has read it.
/// </summary>
internal sealed class PushComposer(MessagingDb db, IMessageFiles files, IRoomAccess access, IRoomPreferences rooms, IPeople people, ISessionState sessions, ReadPositions positions, FocusedPeople focused)
{
    private const int LongestText = 1_000;

    /// <returns>In the order of <paramref name="due"/>; null for what is not to be sent.</returns>
    public async Task<IReadOnlyList<byte[]?>> Compose(IReadOnlyList<PushOwedRow> due, IReadOnlyDictionary<Guid, PushSubscriptionRow> subscriptions, CancellationToken ct)
    {
        var texts = await NotificationViews.Excerpts(db, files, [.. due.Where(o => o.MessageId is not null).Select(o => o.MessageId!.Value).Distinct()], ct);
        var noticeIds = due.Where(o => o.NotificationId is not null).Select(o => o.NotificationId!.Value).ToArray();
        var unread = await db.Notifications.Where(n => noticeIds.Contains(n.Id) && n.ReadAt == null).Select(n => n.Id).ToHashSetAsync(ct);
        var actors = await people.Find([.. due.Where(o => o.ActorId is not null).Select(o => o.ActorId!.Value).Distinct()], ct);
        var composed = new byte[]?[due.Count];
        for (var i = 0; i < due.Count; i++)
        {
            var owed = due[i];
            if (subscriptions.TryGetValue(owed.SubscriptionId, out var subscription) && await IsWanted(owed, subscription, texts, unread, ct))
            {
                composed[i] = await Write(owed, texts, owed.ActorId is { } id ? actors.GetValueOrDefault(id) : null, ct);
            }
        }

        return composed;
    }

    private async Task<bool> IsWanted(PushOwedRow owed, PushSubscriptionRow subscription, Dictionary<Guid, string> texts, HashSet<Guid> unread, CancellationToken ct)
    {
        if (sessions.HasEnded(subscription.SessionId) || focused.Has(owed.UserId))
        {
            return false;
        }

        if ((owed.MessageId is { } message && !texts.ContainsKey(message)) || (owed.NotificationId is { } notification && !unread.Contains(notification)))
        {
            return false;
        }

        if (owed.RoomId is not { } room)
        {
            return true;
        }

        return (await access.Member(room, owed.UserId, ct)).IsOk && !(owed.NotificationId is null && await HasRead(room, owed, ct));
    }

    private async Task<bool> HasRead(Guid room, PushOwedRow owed, CancellationToken ct) =>
        owed.Seq <= positions.OfUser(owed.UserId).GetValueOrDefault(room).Seq
        || await db.Reads.AnyAsync(r => r.RoomId == room && r.UserId == owed.UserId && r.Seq >= owed.Seq, ct);

    private async Task<byte[]> Write(PushOwedRow owed, Dictionary<Guid, string> texts, UserView? actor, CancellationToken ct)
    {
        var text = owed.MessageId is { } message ? texts[message] : owed.Text;
        var payload = new Payload(
            owed.Kind,
            owed.NotificationId,
            owed.RoomId,
            owed.RoomId is { } room ? await rooms.NameOf(room, ct) : null,
            owed.MessageId,
            owed.Seq,
            owed.ThreadId,
            owed.ActorId,
            actor?.DisplayName,
            text.Length > LongestText ? text[..LongestText] : text,
            owed.CreatedAt,
            (owed.ThreadId ?? owed.RoomId)?.ToString() ?? owed.Kind.ToString());
        return JsonSerializer.SerializeToUtf8Bytes(payload, Json.Frames);
    }

    /// <param name="Kind">A notification's, or <c>direct</c>, or <c>message</c>.</param>
    /// <param name="NotificationId">Null where there is none.</param>
    /// <param name="RoomId">Where.</param>
    /// <param name="RoomName">Null for a direct room.</param>
    /// <param name="MessageId">The message.</param>
    /// <param name="Seq">Its number.</param>
    /// <param name="ThreadId">Its thread.</param>
    /// <param name="ActorId">Who did it.</param>
    /// <param name="ActorName">Their display name.</param>
    /// <param name="Text">The beginning of the message.</param>
    /// <param name="At">When.</param>
    /// <param name="Tag">Notifications with the same one take each other's place.</param>
    private sealed record Payload(
        NotificationKind Kind, Guid? NotificationId, Guid? RoomId, string? RoomName, Guid? MessageId, long Seq, Guid? ThreadId, Guid? ActorId, string? ActorName, string Text, Instant At, string Tag);
}
