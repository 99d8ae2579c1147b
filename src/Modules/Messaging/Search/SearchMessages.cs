using System.Globalization;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Reading;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Database = ChatMonolith.BuildingBlocks.Persistence.Database;
using DiskReserve = ChatMonolith.BuildingBlocks.Persistence.DiskReserve;

namespace ChatMonolith.Messaging.Search;

/// <summary>Messages by what their text holds, in the rooms that the caller is in now.</summary>
internal static class SearchMessages
{
    private const int MaxTime = 40;
    private const int MaxFrom = 40;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
            "/search",
            async (string? q, string? roomId, string? from, string? before, string? after, string? has, int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Query(q ?? "", roomId, from, before, after, has, limit, cursor, caller), ct)).ToOk())
            .InClass(RouteClass.Costly).WithTags("Messages").WithSummary("Search the messages of the rooms that the caller is in, newest first")
            .WithDescription(
                """
                Every word of q must be found, without regard to case, width or order: as a part of a word from two characters on, of a script without spaces from one;
                a single letter or digit beside others as a whole word. "In quotes": whole words that follow each other. q has 2 to 200 characters, or one of such a script.
                roomId looks in one room. from is a user id or a username. after (from then on) and before (up to then, exclusive) are RFC 3339 times, or dates, which stand for
                their midnight in UTC. has is file. highlights are ranges of the message's text in UTF-16 units, ascending, apart, 100 at most.
                One request does a bounded amount of work: a page may hold fewer hits than limit, or none, and still have a nextCursor. The end is where nextCursor is null.
                What was acknowledged before the request is found; what is deleted, and in a room that the caller has left, is not.
                """)
            .Produces<Page<Hit>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(503);

    /// <param name="Message">As it is now.</param>
    /// <param name="Highlights">What was found, as ranges of the message's text.</param>
    public sealed record Hit(MessageView Message, IReadOnlyList<Highlight> Highlights);

    public sealed record Query(
        string Text, string? RoomId, string? From, string? Before, string? After, string? Has, int? Limit, string? Cursor, Caller Caller) : IRequest<Result<Page<Hit>>>, IPagedBySeq;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Text).Cascade(CascadeMode.Stop)
                .Must(t => t.Length <= SearchPattern.MaxLength).OverridePropertyName("q").WithMessage($"Search for at most {SearchPattern.MaxLength} characters.")
                .Must(t => SearchPattern.Parse(t) is not null).WithMessage($"Search for at least {SearchPattern.MinLength} characters, with a letter or digit among them.");
            RuleFor(q => q.From).Must(f => f is null || (f.Length is > 0 and <= MaxFrom && !f.Any(char.IsControl))).WithMessage("from is a user id or a username.");
            RuleFor(q => q.Before).Must(IsTime).WithMessage("before is a date or an RFC 3339 time with its offset, such as 2026-03-01 or 2026-03-01T08:00:00Z.");
            RuleFor(q => q.After).Must(IsTime).WithMessage("after is a date or an RFC 3339 time with its offset, such as 2026-03-01 or 2026-03-01T08:00:00Z.");
            RuleFor(q => q.Has).Must(h => h is null or "file").WithMessage("has is file.");
            SeqCursor.Check(this);
        }

        private static bool IsTime(string? text) => text is null || Time(text) is not null;
    }

    internal sealed class Handler(IRoomAccess access, IPeople people, SearchIndex index, SearchPlaces places, DiskReserve reserve, Database database, MessagingDb db, IMessageFiles files) : IRequestHandler<Query, Result<Page<Hit>>>
    {
        /// <summary>How long a search waits for the index. It is seconds behind only while a large history is indexed for the first time.</summary>
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

        public async Task<Result<Page<Hit>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rooms = await Rooms(request, cancellationToken);
            if (!rooms.IsOk)
            {
                return rooms.Error;
            }

            var sender = request.From is { } from ? await Sender(from, cancellationToken) : null;
            if (rooms.Value.Count == 0 || (request.From is not null && sender is null))
            {
                return new Page<Hit>([], NextCursor: null);
            }

            if (!reserve.IsSpent)
            {
                await index.CatchUp(rooms.Value, Patience, cancellationToken);
            }

            using var place = await places.Take(cancellationToken);
            if (place is null)
            {
                return Error.Unavailable("Many people are searching just now. Try again in a moment.");
            }

            var pattern = SearchPattern.Parse(request.Text)!;
            var search = new SearchRequest(
                pattern, rooms.Value, sender, request.Has is not null, Time(request.After), Time(request.Before), SeqCursor.Read(request.Cursor), request.Limit ?? Page<Hit>.DefaultLimit);
            var hits = await SearchPlaces.Walk(database, search, cancellationToken);
            return new Page<Hit>(await Show(hits.MessageIds, pattern, request.Caller.UserId, cancellationToken), hits.Next is { } next ? SeqCursor.Write(next) : null);
        }

        private async Task<Result<IReadOnlyCollection<Guid>>> Rooms(Query request, CancellationToken ct)
        {
            if (request.RoomId is null)
            {
                return Result<IReadOnlyCollection<Guid>>.Of(await access.RoomsOf(request.Caller.UserId, ct));
            }

            if (!Guid.TryParse(request.RoomId, out var roomId))
            {
                return Error.NotFound;
            }

            var member = await access.Member(roomId, request.Caller.UserId, ct);
            return member.IsOk ? Result<IReadOnlyCollection<Guid>>.Of([roomId]) : member.Error;
        }

        private async Task<Guid?> Sender(string from, CancellationToken ct) =>
            Guid.TryParse(from, out var id) ? id : await people.IdOf(from.StartsWith('@') ? from[1..] : from, ct);

        /// <summary>
        /// Matched once more as it is shown, since it may have been edited or deleted while it was looked for; and rights are asked once
        /// more after the reading, so that nothing is handed out once a removal has returned.
        /// </summary>
        private async Task<IReadOnlyList<Hit>> Show(IReadOnlyList<Guid> messageIds, SearchPattern pattern, Guid userId, CancellationToken ct)
        {
            var views = await MessageViews.Load(db, files, [.. messageIds], ct);
            var shown = new List<Hit>(messageIds.Count);
            var allowed = new Dictionary<Guid, bool>();
            foreach (var id in messageIds)
            {
                if (!views.TryGetValue(id, out var view) || view.IsDeleted || pattern.Highlights(view.Text) is not { } highlights)
                {
                    continue;
                }

                if (!allowed.TryGetValue(view.RoomId, out var isMember))
                {
                    allowed[view.RoomId] = isMember = (await access.Member(view.RoomId, userId, ct)).IsOk;
                }

                if (isMember)
                {
                    shown.Add(new Hit(view, highlights));
                }
            }

            return shown;
        }
    }

    /// <summary>UTC milliseconds of a time with its offset, or of a date's midnight in UTC; null for anything else.</summary>
    private static long? Time(string? text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();
        }

        string[] formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        return text is { Length: > 19 and <= MaxTime } && (text[^1] is 'Z' || text[^6] is '+' or '-')
            && DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeMilliseconds()
            : null;
    }
}
