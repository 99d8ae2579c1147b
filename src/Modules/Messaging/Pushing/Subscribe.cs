using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Messaging.Pushing;

internal static class Subscribe
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/push/subscriptions", async (Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, body.Endpoint, body.Keys?.P256dh, body.Keys?.Auth), ct))
                .ToHttp(made => made.IsNew ? Results.Created($"/api/v1/push/subscriptions/{made.View.Id}", made.View) : Results.Ok(made.View)))
            .WithTags("Push").WithSummary("Push to this browser")
            .WithDescription("The body is what PushSubscription.toJSON() gives. It belongs to the session that calls and ends with it; the same endpoint again answers 200. Endpoints are called over https at public addresses only.")
            .Produces<SubscriptionView>(201).Produces<SubscriptionView>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);

    public sealed record Body(string? Endpoint, BodyKeys? Keys);

    public sealed record BodyKeys(string? P256dh, string? Auth);

    public sealed record Command(Caller Caller, string? Endpoint, string? Key, string? Secret) : IRequest<Result<Made>>;

    public sealed record Made(SubscriptionView View, bool IsNew);

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator(IOptions<PushOptions> options)
        {
            RuleFor(c => c.Endpoint).Must(e => IsEndpoint(e, options.Value.AllowPrivateAddresses))
                .WithMessage($"Give the endpoint that the browser has got: an https address of at most {PushSubscriptionRow.MaxEndpoint} characters, on the public Internet.");
            RuleFor(c => c.Key).Must(k => Decode(k, PushEncryption.PointBytes) is { } bytes && PushEncryption.IsPoint(bytes))
                .OverridePropertyName("keys.p256dh").WithMessage("p256dh is a point on P-256, uncompressed, in base64url.");
            RuleFor(c => c.Secret).Must(s => Decode(s, PushEncryption.SecretBytes) is not null)
                .OverridePropertyName("keys.auth").WithMessage("auth is 16 bytes in base64url.");
        }

        private static bool IsEndpoint(string? text, bool allowPrivate)
        {
            if (text is not { Length: > 0 and <= PushSubscriptionRow.MaxEndpoint } || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            {
                return false;
            }

            // Names are judged by their addresses, when they are called.
            return allowPrivate
                ? uri.Scheme is "https" or "http"
                : uri.Scheme is "https" && (!IPAddress.TryParse(uri.DnsSafeHost, out var address) || PublicAddress.IsPublic(address));
        }
    }

    internal sealed class Handler(IRoomLog log, PushAudience audience, IOptions<PushOptions> options) : IRequestHandler<Command, Result<Made>>
    {
        public async Task<Result<Made>> Handle(Command request, CancellationToken cancellationToken) =>
            options.Value.Enabled
                ? await log.Commit<Made>((tx, ct) => Add(tx, request, ct), new CommitOrigin(request.Caller.SessionId), cancellationToken)
                : Error.NotFound;

        private async Task<Result<Made>> Add(ILogTransaction tx, Command request, CancellationToken ct)
        {
            var db = tx.Use<MessagingDb>();
            var me = request.Caller.UserId;
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(request.Endpoint!));
            var row = await db.PushSubscriptions.SingleOrDefaultAsync(s => s.EndpointHash == hash, ct);
            if (row is not null && row.UserId != me)
            {
                // Another person's browser profile is mine now: what it was owed is not for my eyes.
                await db.PushOwed.Where(o => o.SubscriptionId == row.Id).ExecuteDeleteAsync(ct);
                await db.PushSubscriptions.Where(s => s.Id == row.Id).ExecuteDeleteAsync(ct);
                db.ChangeTracker.Clear();
                row = null;
            }

            var isNew = row is null;
            if (row is null)
            {
                if (await db.PushSubscriptions.CountAsync(s => s.UserId == me, ct) >= options.Value.SubscriptionsPerPerson)
                {
                    return Error.Conflict($"{options.Value.SubscriptionsPerPerson} of your browsers are pushed to already. Remove one first.", ConflictReasons.TooManyDevices);
                }

                row = new PushSubscriptionRow { Id = Guid.CreateVersion7(), UserId = me, Endpoint = request.Endpoint!, EndpointHash = hash, CreatedAt = tx.At };
                db.PushSubscriptions.Add(row);
            }

            row.SessionId = request.Caller.SessionId;
            row.Key = Decode(request.Key, PushEncryption.PointBytes)!;
            row.Secret = Decode(request.Secret, PushEncryption.SecretBytes)!;
            row.Refusals = 0;
            await db.SaveChangesAsync(ct);
            tx.OnCommitted(() => audience.Add(me));
            return new Made(SubscriptionView.Of(row, request.Caller.SessionId), isNew);
        }
    }

    /// <summary>Null for what is not base64url (with or without padding) of so many bytes.</summary>
    private static byte[]? Decode(string? text, int length) =>
        text is { Length: > 0 and < 200 } && Base64Url.IsValid(text, out var decoded) && decoded == length ? Base64Url.DecodeFromChars(text) : null;
}
