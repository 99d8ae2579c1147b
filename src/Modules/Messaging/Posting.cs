using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Messaging;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging;

internal sealed class Posting(IServiceScopeFactory scopes) : IPosting
{
    public async Task<Result<Guid>> Post(Guid roomId, Guid senderId, string clientId, string text, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var command = new PostMessage.Command(roomId, senderId, Guid.Empty, clientId, text, ReplyTo: null, ThreadId: null, Attachments: [], Reply: null);
        var sent = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(command, ct);
        return sent.Map(m => m.Id);
    }

    public string? Render(string text) => Rendering.Markdown.Render(text);
}
