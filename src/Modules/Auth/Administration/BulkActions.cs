using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using MediatR;

namespace ChatMonolith.Auth.Administration;

internal sealed class BulkDeactivate(IMediator mediator) : IBulkAction
{
    public string Name => "users.deactivate";

    public async Task<Error?> Apply(Actor actor, Guid id, CancellationToken ct) => (await mediator.Send(new ChangeAccount.Command(id, IsActive: false, Role: null, actor), ct)).Error;
}

internal sealed class BulkActivate(IMediator mediator) : IBulkAction
{
    public string Name => "users.activate";

    public async Task<Error?> Apply(Actor actor, Guid id, CancellationToken ct) => (await mediator.Send(new ChangeAccount.Command(id, IsActive: true, Role: null, actor), ct)).Error;
}

internal sealed class BulkEndSessions(IMediator mediator) : IBulkAction
{
    public string Name => "users.end-sessions";

    public async Task<Error?> Apply(Actor actor, Guid id, CancellationToken ct) => (await mediator.Send(new EndAccountSessions.Command(id, Tokens: false, actor), ct)).Error;
}

internal sealed class BulkRemove(IMediator mediator) : IBulkAction
{
    public string Name => "users.delete";

    public async Task<Error?> Apply(Actor actor, Guid id, CancellationToken ct) =>
        (await mediator.Send(new RemoveAccount.Command(id, actor, new ClientInfo(actor.Address, "", "", IsLocal: false)), ct)).Error;
}

internal sealed class BulkEndTokens(IMediator mediator) : IBulkAction
{
    public string Name => "tokens.end";

    public async Task<Error?> Apply(Actor actor, Guid id, CancellationToken ct) => (await mediator.Send(new AdministerTokens.Delete(id, actor), ct)).Error;
}
