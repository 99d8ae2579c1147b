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

internal static class MarkNotificationsRead
{
    private const int MaxIds = 200;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/notifications/read", async (Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, body.Ids, body.All), ct)).ToNoContent())
            .WithTags("Notifications").WithSummary("Mark notifications as read")
            .WithDescription($"Either ids (at most {MaxIds}; foreign and unknown ones are passed over) or all. The other devices are told by notifications.read. Those of a room's timeline are also read when the read position reaches them.")
            .Produces(204).ProducesProblem(400);

    public sealed record Body(IReadOnlyList<Guid>? Ids, bool? All);

    public sealed record Command(Caller Caller, IReadOnlyList<Guid>? Ids, bool? All) : IRequest<Result<Nothing>>;

    private sealed record Read(IReadOnlyList<Guid>? Ids, bool All, Guid? UpTo);

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Ids).NotNull().When(c => c.All is not true).WithMessage("Name the notifications in ids, or all of them with all.");
            RuleFor(c => c.Ids).Must(ids => ids!.Count <= MaxIds).When(c => c.Ids is not null).WithMessage($"Name at most {MaxIds} notifications.");
        }
    }

    internal sealed class Handler(IRoomLog log) : IRequestHandler<Command, Result<Nothing>>
    {
        public Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var me = request.Caller.UserId;
                    var unread = tx.Use<MessagingDb>().Notifications.Where(n => n.UserId == me && n.ReadAt == null);
                    var ids = request.Ids ?? [];
                    var marked = request.All is true ? unread : unread.Where(n => ids.Contains(n.Id));
                    var upTo = await marked.OrderByDescending(n => n.Id).Select(n => (Guid?)n.Id).FirstOrDefaultAsync(ct);
                    if (upTo is null)
                    {
                        return Nothing.Value;
                    }

                    await marked.ExecuteUpdateAsync(set => set.SetProperty(n => n.ReadAt, tx.At), ct);
                    await tx.AppendUser(me, "notifications.read", request.All is true ? new Read(null, All: true, upTo) : new Read(ids, All: false, null), ct);
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
