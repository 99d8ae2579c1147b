using System.Text.Json;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Messaging;

/// <summary>The room's log over HTTP: the twin of <c>resume</c>, and with <c>wait</c> a live feed for networks that block WebSockets.</summary>
internal static class GetEvents
{
    public const int MaxWaitSeconds = 25;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/events", async (Guid id, long? after, int? limit, int? wait, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Query(id, caller.UserId, after ?? 0, limit ?? LogReader.MaxReplay, wait ?? 0), ct)).ToHttp<Events>(events => new EventsResult(id, events)))
            .WithTags("Messages").WithSummary("The room's log after a number; holds the answer for up to 25 s when asked to wait")
            .Produces(200, contentType: "application/json").ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);

    internal sealed record Query(Guid RoomId, Guid UserId, long After, int Limit, int Wait) : IRequest<Result<Events>>;

    /// <param name="Items">Ascending, without a gap, from the asked number on.</param>
    /// <param name="LastSeq">The head of the log when it was read.</param>
    /// <param name="Epoch">The life of the log.</param>
    /// <param name="Digest">The log's digest at <paramref name="LastSeq"/>.</param>
    internal sealed record Events(IReadOnlyList<ToldEntry> Items, long LastSeq, string Epoch, string Digest);

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.After).GreaterThanOrEqualTo(0);
            RuleFor(q => q.Limit).InclusiveBetween(1, LogReader.MaxReplay);
            RuleFor(q => q.Wait).InclusiveBetween(0, MaxWaitSeconds);
        }
    }

    internal sealed class Handler(IRoomAccess access, MessagingDb db, LogReader reader, LogWriter log, Hub hub, Epoch epoch, IHostApplicationLifetime lifetime, TimeProvider time)
        : IRequestHandler<Query, Result<Events>>
    {
        public async Task<Result<Events>> Handle(Query query, CancellationToken cancellationToken)
        {
            var member = await access.Member(query.RoomId, query.UserId, cancellationToken);
            if (!member.IsOk)
            {
                return member.Error;
            }

            if (query.Wait > 0)
            {
                await WaitForNews(query, cancellationToken);
            }

            var head = await db.Heads.AsNoTracking().SingleOrDefaultAsync(h => h.RoomId == query.RoomId, cancellationToken);
            if (head is null)
            {
                return Error.NotFound;
            }

            var items = await reader.Room(query.RoomId, query.After, head.Seq, query.Limit, cancellationToken);

            // Asked again after the reading: nothing is told once a removal has returned.
            var still = await access.Member(query.RoomId, query.UserId, cancellationToken);
            return still.IsOk ? new Events(items, head.Seq, epoch.Value, Digest.Show(head.Digest)) : still.Error;
        }

        private async Task WaitForNews(Query query, CancellationToken ct)
        {
            var head = await log.Head(query.RoomId, ct);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
            var next = await hub.Ask(floor => head.Published.Seq > query.After ? Task.CompletedTask : floor.Next(query.RoomId));
            try
            {
                await next.WaitAsync(TimeSpan.FromSeconds(query.Wait), time, over.Token);
            }
            catch (TimeoutException)
            {
                // Nothing happened; the answer says so.
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // The server stops: what is there is told at once.
            }
        }
    }

    private sealed class EventsResult(Guid roomId, Events events) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, new JsonWriterOptions { Encoder = Json.Http.Encoder });
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (var item in events.Items)
            {
                EntryFrames.Write(json, roomId, item.Seq, item.At, item.Entry);
            }

            json.WriteEndArray();
            json.WriteNumber("lastSeq", events.LastSeq);
            json.WriteString("epoch", events.Epoch);
            json.WriteString("digest", events.Digest);
            json.WriteEndObject();
            await json.FlushAsync(httpContext.RequestAborted);
        }
    }
}
