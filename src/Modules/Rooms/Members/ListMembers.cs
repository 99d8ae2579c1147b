using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Members;

internal static class ListMembers
{
    private const int MaxQuery = 80;
    private const int PeoplePerStep = 200;
    private const int MaxSteps = 25;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/members", async (Guid id, string? query, int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, id, query, limit, cursor), ct)).ToOk())
            .WithTags("Rooms")
            .WithSummary("The people of a room, in the order in which they joined")
            .WithDescription("With query: the active ones whose username or display name begins with it, in the order of their usernames, at most limit and without a cursor; for the completion of mentions.")
            .Produces<Page<MemberView>>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed record Query(Caller Caller, Guid RoomId, string? Text, int? Limit, string? Cursor) : IPaged, IRequest<Result<Page<MemberView>>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            Include(new PagedValidator());
            RuleFor(q => q.Text).MaximumLength(MaxQuery).Must(text => text is null || !text.Any(char.IsControl)).OverridePropertyName("query")
                .WithMessage($"A query has at most {MaxQuery} characters, and no control characters.");
        }
    }

    internal sealed class Handler(RoomsDb db, IRoomAccess access, IPeople people, IUsernames usernames) : IRequestHandler<Query, Result<Page<MemberView>>>
    {
        public async Task<Result<Page<MemberView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var may = await access.Member(request.RoomId, request.Caller.UserId, cancellationToken);
            if (!may.IsOk)
            {
                return may.Error;
            }

            if (!string.IsNullOrWhiteSpace(request.Text))
            {
                var named = await Named(request, request.Text.Trim(), cancellationToken);
                var inside = await access.Member(request.RoomId, request.Caller.UserId, cancellationToken);
                return inside.IsOk ? new Page<MemberView>(named, NextCursor: null) : inside.Error;
            }

            var members = db.Members.AsNoTracking().Where(m => m.RoomId == request.RoomId);
            if (request.Cursor is not null)
            {
                if (!Cursor.TryRead(request.Cursor, out long joinedAt, out var userId))
                {
                    return Cursor.Malformed;
                }

                members = members.Where(m => m.JoinedAt > joinedAt || (m.JoinedAt == joinedAt && m.UserId > userId));
            }

            var limit = request.Limit ?? Page<MemberView>.DefaultLimit;
            var rows = await members.OrderBy(m => m.JoinedAt).ThenBy(m => m.UserId).Take(limit + 1).ToListAsync(cancellationToken);
            var next = rows.Count > limit ? Cursor.Write(rows[limit - 1].JoinedAt, rows[limit - 1].UserId) : null;
            var views = await MemberView.Of(people, [.. rows.Take(limit)], cancellationToken);

            // Asked again after the read, so that somebody who was removed meanwhile does not get the list.
            var still = await access.Member(request.RoomId, request.Caller.UserId, cancellationToken);
            return still.IsOk ? new Page<MemberView>(views, next) : still.Error;
        }

        /// <summary>Walks those whose names fit and keeps who is in the room, in a bounded number of steps: the longer the prefix, the surer.</summary>
        private async Task<IReadOnlyList<MemberView>> Named(Query request, string prefix, CancellationToken ct)
        {
            var limit = request.Limit ?? Page<MemberView>.DefaultLimit;
            var inside = new List<UserView>(limit);
            string? after = null;
            for (var step = 0; step < MaxSteps && inside.Count < limit; step++)
            {
                var some = await usernames.Find(prefix, after, PeoplePerStep, ct);
                foreach (var user in some)
                {
                    if (inside.Count < limit && (await access.Member(request.RoomId, user.Id, ct)).IsOk)
                    {
                        inside.Add(user);
                    }
                }

                if (some.Count < PeoplePerStep)
                {
                    break;
                }

                after = some[^1].Username;
            }

            var ids = inside.ConvertAll(u => u.Id);
            var rows = await db.Members.AsNoTracking().Where(m => m.RoomId == request.RoomId && ids.Contains(m.UserId)).ToDictionaryAsync(m => m.UserId, ct);
            return [.. inside.Where(u => rows.ContainsKey(u.Id)).Select(u => new MemberView(u, rows[u.Id].Role, rows[u.Id].JoinedAt))];
        }
    }
}
