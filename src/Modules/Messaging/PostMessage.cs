using System.Buffers.Text;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using ChatMonolith.Messaging.Mentions;
using ChatMonolith.Messaging.Notifying;
using ChatMonolith.Messaging.Reading;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging;

/// <summary>
/// Sends a message. The checks run in the contract's order: may they post here, is it a repeat, everything else; the log's writer
/// asks the first two once more, at the commit.
/// </summary>
internal static class PostMessage
{
    public const int MaxText = 8_000;
    public const int MaxClientId = 64;
    public const int MaxAttachments = 20;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms/{id:id}/messages", async (Guid id, Body body, Caller caller, IMediator mediator, MessagingDb db, IMessageFiles files, CancellationToken ct) =>
            {
                var sent = await mediator.Send(body.ToCommand(id, caller, reply: null), ct);
                if (!sent.IsOk)
                {
                    return sent.Error.ToProblem();
                }

                var view = sent.Value.View
                    ?? (await MessageViews.Load(db, files, [sent.Value.Id], ct)).GetValueOrDefault(sent.Value.Id)
                    ?? sent.Value.Expired(id, caller.UserId, body.ClientId!);
                return sent.Value.Duplicate ? Results.Ok(view) : Results.Created($"/api/v1/messages/{view.Id}", view);
            })
            .WithTags("Messages").WithSummary("Send a message; a repeat with the same clientId answers 200 with the first")
            .WithDescription("@username names members of the room (mentions); @all, @here and @channel everybody (mentionsAll), from owners and moderators in rooms of up to 500 people, from everyone in rooms of up to 50. In a room with slow mode, who is neither answers rate_limited until their time has come.")
            .Produces<MessageView>(201).Produces<MessageView>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(429);

    public static void MapCommand(SocketCommands commands)
    {
        commands.MapPipelined<Frame, Posted>(
            "message.send",
            (frame, services, ct) => TryGetRoom(frame, out var roomId)
                ? services.GetRequiredService<IRoomAccess>().Load(roomId, ct)
                : ValueTask.CompletedTask,
            (frame, call) => call.Mediator.Send(frame.ToCommand(call.Caller, call.Reply), CancellationToken.None));
        commands.MapFlat("message.send"u8, static (frame, caller, services, reply) => services.GetRequiredService<Handler>().TryTake(frame, caller, reply));
    }

    private static bool TryGetRoom(JsonElement frame, out Guid roomId)
    {
        roomId = default;
        try
        {
            return frame.TryGetProperty("roomId"u8, out var room) && room.ValueKind is JsonValueKind.String && room.TryGetGuid(out roomId);
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate is valid JSON that no string can hold.
            return false;
        }
    }

    internal record Body(string? ClientId, string? Text, Guid? ReplyTo, Guid? ThreadId, IReadOnlyList<Guid>? Attachments)
    {
        public Command ToCommand(Guid roomId, Caller caller, ICommandReply? reply) =>
            new(roomId, caller.UserId, caller.SessionId, ClientId ?? "", Text ?? "", ReplyTo, ThreadId, Attachments ?? [], reply);
    }

    internal sealed record Frame(string? RoomId, string? ClientId, string? Text, Guid? ReplyTo, Guid? ThreadId, IReadOnlyList<Guid>? Attachments)
        : Body(ClientId, Text, ReplyTo, ThreadId, Attachments)
    {
        public Command ToCommand(Caller caller, ICommandReply reply) => ToCommand(Guid.TryParseExact(RoomId, "D", out var id) ? id : default, caller, reply);
    }

    internal sealed record Command(
        Guid RoomId, Guid SenderId, Guid SessionId, string ClientId, string Text, Guid? ReplyTo, Guid? ThreadId, IReadOnlyList<Guid> Attachments, ICommandReply? Reply)
        : IRequest<Result<Posted>>;

    /// <summary>What <c>ok</c> adds.</summary>
    internal sealed record Posted(Guid Id, long Seq, Instant CreatedAt, bool Duplicate) : IFrameMembers
    {
        /// <summary>What was inserted just now; null for a repeat, which may have changed since.</summary>
        public MessageView? View { get; init; }

        /// <summary>What a repeat is answered when retention has removed the first one: that it was there.</summary>
        public MessageView Expired(Guid roomId, Guid senderId, string clientId) => new(
            Id, roomId, Seq, senderId, clientId, MessageType.Text, Text: "", Html: null, ReplyTo: null, ThreadId: null, ReplyCount: 0, LastReplyAt: null, ReplierIds: [],
            Attachments: [], Reactions: [], Mentions: [], IsEdited: false, EditedAt: null, IsDeleted: true, Pinned: false, CreatedAt);

        public void WriteMembers(Utf8JsonWriter json)
        {
            Span<byte> at = stackalloc byte[Clock.FormattedLength];
            Clock.Format(CreatedAt.UnixMilliseconds, at);
            json.WriteString("id"u8, Id);
            json.WriteNumber("seq"u8, Seq);
            json.WriteString("createdAt"u8, at);
            json.WriteBoolean("duplicate"u8, Duplicate);
        }
    }

    /// <summary>Both ways into the log: the general one, and the short one of plain messages.</summary>
    internal sealed class Handler(IRoomAccess access, LogWriter log, RequestMac mac, MessageNotices notices, IMessageFiles files, DiskReserve reserve) : IRequestHandler<Command, Result<Posted>>
    {
        /// <summary>Members that a plain message has: type, ref, roomId, clientId, text.</summary>
        private const int PlainMembers = 5;

        public async Task<Result<Posted>> Handle(Command command, CancellationToken cancellationToken)
        {
            var member = await access.Member(command.RoomId, command.SenderId, cancellationToken);
            var item = member.IsOk ? Judge(command, member.Value, reply: null) : member.Error;
            return item.IsOk ? await log.Send(item.Value) : item.Error;
        }

        /// <summary>A file as a message of its own.</summary>
        public async Task<Result<Posted>> SendFile(
            FileMessage message, Func<ILogTransaction, Guid, CancellationToken, Task<Result<IReadOnlyList<FileView>>>> insert, CancellationToken ct)
        {
            var member = await access.Member(message.RoomId, message.SenderId, ct);
            if (!member.IsOk)
            {
                return member.Error;
            }

            if (ClientIdProblem(message.ClientId) is { } problem)
            {
                return problem;
            }

            // No text holds a NUL, so that no other message has this MAC.
            var command = new Command(message.RoomId, message.SenderId, message.SessionId, message.ClientId, "", null, null, [], null);
            return await log.Send(new SendItem(command, mac.Of(command with { Text = "\0" + message.Identity }), html: null, reserve.IsSpent ? DiskReserve.DiskFull : null)
            {
                Attach = insert,
                IsForSomebody = notices.IsPushed(message.RoomId, member.Value),
                IsSlow = member.Value.IsSlowed,
            });
        }

        /// <summary>Takes a plain message of somebody whose rights are in memory.</summary>
        public bool TryTake(FlatFrame frame, Caller caller, IPipelinedReply reply)
        {
            if (frame.Count != PlainMembers
                || !frame.TryGetRaw("roomId"u8, out var room)
                || !Utf8Parser.TryParse(room, out Guid roomId, out var parsed, 'D')
                || parsed != room.Length
                || !frame.TryGetString("clientId"u8, out var clientId)
                || !frame.TryGetString("text"u8, out var text))
            {
                return false;
            }

            var member = access.MemberFromMemory(roomId, caller.UserId);
            if (member is { Error.Code: ErrorCodes.Unavailable })
            {
                return false;
            }

            var item = member.IsOk ? Judge(new Command(roomId, caller.UserId, caller.SessionId, clientId, text, null, null, [], null), member.Value, reply) : member.Error;
            if (item.IsOk)
            {
                log.SendPipelined(item.Value);
            }
            else
            {
                reply.Refused(item.Error);
            }

            return true;
        }

        private Result<SendItem> Judge(Command command, Membership sender, IPipelinedReply? reply)
        {
            if (ClientIdProblem(command.ClientId) is { } problem)
            {
                return problem;
            }

            // Whether it is a repeat comes before everything else, and only the log's writer knows.
            var refusal = Check(command) ?? (reserve.IsSpent ? DiskReserve.DiskFull : null);
            var names = refusal is null ? MentionText.Of(command.Text) : null;
            return new SendItem(command, mac.Of(command), refusal is null && command.Text.Length > 0 ? Rendering.Markdown.Render(command.Text) : null, refusal, reply)
            {
                Names = names,
                Attach = command.Attachments.Count == 0
                    ? null
                    : (tx, messageId, ct) => files.Attach(tx, command.RoomId, messageId, command.SenderId, command.Attachments, ct),
                IsForSomebody = names is not null || command.ReplyTo is not null || command.ThreadId is not null || notices.IsPushed(command.RoomId, sender),
                IsSlow = sender.IsSlowed,
            };
        }

        private static Error? ClientIdProblem(string clientId) => clientId.Length is 0 or > MaxClientId || HasControl(clientId)
            ? Error.Validation("clientId", $"Give each message a clientId of your own, of 1 to {MaxClientId} characters, none of them a control character.")
            : null;

        private static bool HasControl(string text)
        {
            foreach (var c in text)
            {
                if (char.IsControl(c))
                {
                    return true;
                }
            }

            return false;
        }

        private static Error? Check(Command command)
        {
            if (command.Attachments.Count > MaxAttachments || command.Attachments.Distinct().Count() < command.Attachments.Count)
            {
                return Error.Validation("attachments", $"Attach at most {MaxAttachments} files, each once.");
            }

            if (command.Text.Length > MaxText)
            {
                return Error.Validation("text", $"A message has at most {MaxText} characters. Send it in parts.");
            }

            return (string.IsNullOrWhiteSpace(command.Text) && command.Attachments.Count == 0) || command.Text.Contains('\0', StringComparison.Ordinal)
                ? Error.Validation("text", "Write something: a message without an attachment needs a text, and no NUL characters.")
                : null;
        }
    }
}
