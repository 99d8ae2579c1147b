using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Notifying;

internal static class SetPreferences
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPut("/users/me/notifications", async (PreferenceView body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, body.Kinds, body.DoNotDisturb), ct)).ToOk())
            .WithTags("Notifications").WithSummary("Say of what I want to be notified")
            .WithDescription("What is left out stays. inApp: a notification is made. push: my devices are sent it. mail: kept, but nothing is mailed yet. During doNotDisturb nothing is pushed. Rooms are muted by PUT /rooms/{id}/preferences. The own devices are told by preferences.")
            .Produces<PreferenceView>().ProducesProblem(400);

    public sealed record Command(Caller Caller, IReadOnlyDictionary<string, KindPreference>? Kinds, QuietHours? DoNotDisturb) : IRequest<Result<PreferenceView>>;

    private sealed record Changed(PreferenceView Preferences);

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Kinds).Must(kinds => kinds is null || kinds.All(k => k.Value is not null && PreferenceViews.KindOf(k.Key) is not null))
                .WithMessage($"The kinds are {string.Join(", ", PreferenceRow.Kinds.Select(PreferenceViews.NameOf))}.");
            RuleFor(c => c.DoNotDisturb!.From).Must(IsClock).When(c => c.DoNotDisturb is not null).WithMessage("Give a time of day as HH:MM.");
            RuleFor(c => c.DoNotDisturb!.To).Must(IsClock).When(c => c.DoNotDisturb is not null).WithMessage("Give a time of day as HH:MM.");
            RuleFor(c => c.DoNotDisturb!.TimeZone)
                .Must(zone => zone is null || (zone.Length <= PreferenceRow.MaxZone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)))
                .When(c => c.DoNotDisturb is not null).WithMessage("Give a time zone by its IANA name, such as Europe/Berlin.");
        }

        private static bool IsClock(string? text) => text is null || PreferenceViews.TryReadClock(text, out _);
    }

    internal sealed class Handler(IRoomLog log) : IRequestHandler<Command, Result<PreferenceView>>
    {
        public Task<Result<PreferenceView>> Handle(Command request, CancellationToken cancellationToken) =>
            log.Commit<PreferenceView>(
                async (tx, ct) =>
                {
                    var me = request.Caller.UserId;
                    var db = tx.Use<MessagingDb>();
                    var row = await db.Preferences.SingleOrDefaultAsync(p => p.UserId == me, ct);
                    if (row is null)
                    {
                        row = new PreferenceRow { UserId = me };
                        db.Preferences.Add(row);
                    }

                    PreferenceViews.Apply(new PreferenceView(request.Kinds, request.DoNotDisturb), row);
                    var view = PreferenceViews.Of(row);
                    if (db.ChangeTracker.HasChanges())
                    {
                        await db.SaveChangesAsync(ct);
                        await tx.AppendUser(me, "preferences", new Changed(view), ct);
                    }

                    return view;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
