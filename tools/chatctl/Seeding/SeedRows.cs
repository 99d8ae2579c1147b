using System.Text;
using System.Text.Json;
using ChatMonolith.Auth;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Chatctl.Offline;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging;
using ChatMonolith.Messaging.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Chatctl.Seeding;

/// <summary>
/// The rows of a plan, table by table, as the server's own transactions would have left them: logs numbered without gaps, their
/// digests chained, people's own logs, repeats recognisable by their MAC. Everybody has read everything.
/// </summary>
internal sealed class SeedRows(OfflineServer server, SeedPlan plan)
{
    /// <summary>The past that the messages lie in.</summary>
    private static readonly TimeSpan Span = TimeSpan.FromDays(365);

    private readonly Database database = server.Services.GetRequiredService<Database>();
    private readonly AuthOptions auth = server.Services.GetRequiredService<IOptions<AuthOptions>>().Value;
    private readonly RequestMac mac = server.Services.GetRequiredService<RequestMac>();
    private readonly long now = server.Services.GetRequiredService<TimeProvider>().Now();
    private readonly SeedRoom[] rooms = [SeedRoom.General(plan), .. plan.Rooms.Select((r, i) => SeedRoom.Private(plan, r, i))];
    private readonly Guid[] users = [.. Enumerable.Range(0, plan.Users).Select(_ => Guid.CreateVersion7())];
    private readonly Guid[] sessions = [.. Enumerable.Range(0, plan.Users).Select(_ => Guid.CreateVersion7())];

    private long Start => now - (long)Span.TotalMilliseconds;

    public async Task Write(BulkTables tables, CancellationToken ct)
    {
        await tables.Write(
            "auth_accounts",
            "id,username,email,email_key,email_verified,password_hash,security_stamp,display_name,display_name_key,bio,role,is_bot,is_active,created_at,last_login_at",
            users.Select((id, i) => (object?[])
            [
                database.Id(id), UserName(i), null, null, false, null, Secrets.NewToken(), UserName(i), UserName(i), "", (int)(i == 0 ? ServerRole.Admin : ServerRole.Member), false, true, Start, now,
            ]),
            ct);
        await tables.Write(
            "auth_sessions",
            "id,account_id,created_at,last_used_at,expires_at,ended_at,user_agent,ip",
            sessions.Select((id, i) => (object?[])[database.Id(id), database.Id(users[i]), now, now, now + (long)auth.AbsoluteLimit.TotalMilliseconds, null, "chatctl seed", ""]),
            ct);
        await tables.Write(
            "rooms_rooms",
            "id,type,name,name_key,topic,created_by,created_at,member_count,slow_mode_seconds,retention_days,pair_key,handle,deleted_at",
            rooms.Select(r => (object?[])
            [
                database.Id(r.Id), (int)r.Type, r.Name, r.Name.ToLowerInvariant(), r.Topic, database.Id(users[r.Members[0]]), Start, r.Members.Length, 0, 0, null, r.Handle, null,
            ]),
            ct);
        await tables.Write("rooms_members", "room_id,user_id,role,joined_at,muted", rooms.SelectMany(MemberRows), ct);
        await WriteMessages(tables, ct);
        await WritePersonal(tables, ct);
    }

    /// <summary>One JSON line for each person. A file is made with mode 0600: it holds what opens their accounts.</summary>
    public async Task WriteTokens(string? file, CancellationToken ct)
    {
        var tokens = server.Services.GetRequiredService<AccessTokens>();
        var roomsOf = users.Select(_ => new List<Guid>()).ToArray();
        foreach (var room in rooms.Skip(1))
        {
            foreach (var member in room.Members)
            {
                roomsOf[member].Add(room.Id);
            }
        }

        await using var stream = file is null ? Console.OpenStandardOutput() : OpenPrivate(file);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        for (var i = 0; i < users.Length; i++)
        {
            var line = JsonSerializer.Serialize(new SeededPerson(users[i], UserName(i), tokens.Issue(users[i], sessions[i]), roomsOf[i]), JsonSerializerOptions.Web);
            await writer.WriteLineAsync(line.AsMemory(), ct);
        }
    }

    private static FileStream OpenPrivate(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(file, options);
    }

    private static string UserName(int index) => $"user-{index + 1:D6}";

    private IEnumerable<object?[]> MemberRows(SeedRoom room) =>
        room.Members.Select((user, i) => (object?[])[database.Id(room.Id), database.Id(users[user]), (int)RoleOf(room, i), Start, false]);

    private static RoomRole RoleOf(SeedRoom room, int position) => position == 0 ? RoomRole.Owner : RoomRole.Member;

    private async Task WriteMessages(BulkTables tables, CancellationToken ct)
    {
        // A message's id and time stand in two tables; both are made before either is written.
        var texts = 0;
        foreach (var room in rooms)
        {
            room.FirstText = texts;
            texts += room.Messages;
            room.At = [.. Enumerable.Range(0, room.Messages).Select(i => Start + 1 + (long)((now - Start - 1) * ((i + 1.0) / room.Messages)))];
            room.MessageIds = [.. room.At.Select(at => Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(at)))];
        }

        await tables.Write(
            "msg_messages",
            "id,room_id,seq,sender_id,client_id,request_mac,type,text,html,reply_to_id,thread_id,created_at,reply_count",
            rooms.SelectMany(MessageRows),
            ct);
        await tables.Write("msg_log", "room_id,seq,type,at,by_id,message_id,user_id,emoji,role", rooms.SelectMany(LogRows), ct);
        await tables.Write("msg_heads", "room_id,seq,digest", rooms.Select(r => (object?[])[database.Id(r.Id), r.LastSeq, r.Digest]), ct);
    }

    private IEnumerable<object?[]> MessageRows(SeedRoom room)
    {
        var roomId = database.Id(room.Id);
        for (var i = 0; i < room.Messages; i++)
        {
            var sender = users[room.Sender(i)];
            var text = SeedText.Of(room.FirstText + i);
            var clientId = $"seed-{i}";
            var request = mac.Of(new PostMessage.Command(room.Id, sender, default, clientId, text, null, null, [], null));
            yield return
            [
                database.Id(room.MessageIds[i]), roomId, room.Members.Length + i + 1L, database.Id(sender), clientId, request, (int)MessageType.Text, text, null, null, null, room.At[i], 0,
            ];
        }
    }

    private IEnumerable<object?[]> LogRows(SeedRoom room)
    {
        var roomId = database.Id(room.Id);
        var creator = users[room.Members[0]];
        room.Digest = Digest.Start(room.Id);
        for (var i = 0; i < room.Members.Length; i++)
        {
            // Who joins general does it by themselves; into a private room its maker lets them in.
            var user = users[room.Members[i]];
            yield return Next(new LogEntry(LogEntryType.MemberJoined, room.Handle is null ? creator : user, UserId: user, Role: RoleOf(room, i)), Start);
        }

        for (var i = 0; i < room.Messages; i++)
        {
            yield return Next(new LogEntry(LogEntryType.MessageCreated, users[room.Sender(i)], room.MessageIds[i]), room.At[i]);
        }

        object?[] Next(LogEntry entry, long at)
        {
            room.LastSeq++;
            room.Digest = Digest.Next(room.Digest, room.Id, room.LastSeq, entry, at);
            return
            [
                roomId, room.LastSeq, (int)entry.Type, at, database.Id(entry.By), entry.MessageId is { } m ? database.Id(m) : null, entry.UserId is { } u ? database.Id(u) : null, null,
                entry.Role is { } role ? (int)role : null,
            ];
        }
    }

    private async Task WritePersonal(BulkTables tables, CancellationToken ct)
    {
        await tables.Write(
            "msg_reads",
            "room_id,user_id,seq,at",
            rooms.SelectMany(r => r.Members.Select(user => (object?[])[database.Id(r.Id), database.Id(users[user]), r.LastSeq, now])),
            ct);
        var userSeq = new long[users.Length];
        await tables.Write(
            "msg_user_log",
            "user_id,user_seq,at,type,payload",
            rooms.SelectMany(r => r.Members.Select((user, i) => (object?[])[database.Id(users[user]), ++userSeq[user], Start, "room.added", Added(r, i)])),
            ct);
        await tables.Write("msg_user_heads", "user_id,seq", users.Select((id, i) => (object?[])[database.Id(id), userSeq[i]]), ct);
    }

    private string Added(SeedRoom room, int position)
    {
        var view = new MyRoomView(
            room.Id, room.Type, room.Name, room.Topic, null, users[room.Members[0]], Start, room.Members.Length, position, 0, 0, RoleOf(room, position), position, 0, 0, false, null, position, "", null);
        return JsonSerializer.Serialize(new { Room = view }, Json.Frames);
    }

    private sealed record SeededPerson(Guid UserId, string Username, string AccessToken, IReadOnlyList<Guid> Rooms);
}
