using System.Globalization;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Reading;

internal static class ListThreads
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/threads", async (bool? mine, int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(mine ?? false, limit, cursor, caller), ct)).ToOk())
            .WithTags("Messages").WithSummary("The messages with replies, of all rooms that the caller is in, the last answered first")
            .WithDescription(
                """
                mine=true leaves those that the caller wrote or answered. One request does a bounded amount of work: a page may hold fewer than limit, or none, and still
                have a nextCursor. The end is where nextCursor is null. A thread that is answered while one pages moves to the front.
                """)
            .Produces<Page<MessageView>>().ProducesProblem(400).ProducesProblem(401);

    internal sealed record Query(bool Mine, int? Limit, string? Cursor, Caller Caller) : IRequest<Result<Page<MessageView>>>;

    /// <summary>Where a page ended: when its last thread was last answered, and which it was.</summary>
    internal sealed record Place(long At, Guid Id)
    {
        public static readonly Place Front = new(long.MaxValue, Guid.Empty);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At}.{Id:N}");

        public static Place? Read(string text) =>
            text.Split('.') is [var at, var id] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && Guid.TryParseExact(id, "N", out var message)
                ? new Place(time, message)
                : null;
    }

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Limit).InclusiveBetween(1, Page<object>.MaxLimit).WithMessage($"limit is 1 to {Page<object>.MaxLimit}.");
            RuleFor(q => q.Cursor).Must(c => c is null || Place.Read(c) is not null).WithMessage("This cursor is not one that this list gave out.");
        }
    }

    internal sealed class Handler(MessagingDb db, IMessageFiles files, IRoomAccess access) : IRequestHandler<Query, Result<Page<MessageView>>>
    {
        /// <summary>Threads that are looked at in one step, and the most steps of a request.</summary>
        private const int Looked = 250;
        private const int MostSteps = 8;

        public async Task<Result<Page<MessageView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var me = request.Caller.UserId;
            var rooms = (await access.RoomsOf(me, cancellationToken)).ToHashSet();
            var from = request.Cursor is { } cursor ? Place.Read(cursor)! : Place.Front;
            var (found, next) = await Walk(rooms, request.Mine ? me : null, from, request.Limit ?? Page<object>.DefaultLimit, cancellationToken);
            var views = await MessageViews.Load(db, files, found, cancellationToken);

            // Asked after the texts were read, so that none leaves for somebody who was removed meanwhile.
            var still = (await access.RoomsOf(me, cancellationToken)).ToHashSet();
            return new Page<MessageView>([.. found.Where(views.ContainsKey).Select(id => views[id]).Where(v => still.Contains(v.RoomId))], next?.ToString());
        }

        /// <summary>
        /// From the last answered on, through the threads of all rooms: an index alone tells whose room each is in, and a person is in
        /// most of those in which much is said.
        /// </summary>
        private async Task<(IReadOnlyList<Guid> Found, Place? Next)> Walk(HashSet<Guid> rooms, Guid? participant, Place from, int limit, CancellationToken ct)
        {
            var found = new List<Place>(limit + 1);
            for (var step = 0; step < MostSteps; step++)
            {
                var looked = await Step(db, from, Looked, ct);
                var here = looked.Where(t => rooms.Contains(t.RoomId)).Select(t => t.Place).ToList();
                found.AddRange(participant is { } person ? await OfPerson(db, here, person, ct) : here);
                if (found.Count > limit)
                {
                    return ([.. found.Take(limit).Select(p => p.Id)], found[limit - 1]);
                }

                if (looked.Count < Looked)
                {
                    return ([.. found.Select(p => p.Id)], null);
                }

                from = looked[^1].Place;
            }

            return ([.. found.Select(p => p.Id)], from);
        }

        internal static async Task<IReadOnlyList<(Place Place, Guid RoomId)>> Step(MessagingDb db, Place from, int count, CancellationToken ct)
        {
            var (at, id) = from;
            var rows = await db.Messages.AsNoTracking()
                .Where(m => m.LastReplyAt <= at && (m.LastReplyAt < at || m.Id < id))
                .OrderByDescending(m => m.LastReplyAt).ThenByDescending(m => m.Id)
                .Select(m => new { m.Id, m.RoomId, At = m.LastReplyAt!.Value })
                .Take(count)
                .ToListAsync(ct);
            return [.. rows.Select(r => (new Place(r.At, r.Id), r.RoomId))];
        }

        /// <summary>Those that a person wrote or answered.</summary>
        internal static async Task<IEnumerable<Place>> OfPerson(MessagingDb db, IReadOnlyCollection<Place> threads, Guid person, CancellationToken ct)
        {
            if (threads.Count == 0)
            {
                return [];
            }

            var ids = threads.Select(t => t.Id).ToArray();
            var written = await db.Messages.AsNoTracking().Where(m => ids.Contains(m.Id) && m.SenderId == person).Select(m => m.Id).ToListAsync(ct);
            var answered = await db.Messages.AsNoTracking()
                .Where(m => m.ThreadId != null && ids.Contains(m.ThreadId.Value) && m.SenderId == person && m.DeletedAt == null)
                .Select(m => m.ThreadId!.Value)
                .Distinct()
                .ToListAsync(ct);
            var theirs = written.Concat(answered).ToHashSet();
            return threads.Where(t => theirs.Contains(t.Id));
        }
    }
}
