using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.Files.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Files.Transfers;

/// <summary>Downloads of transfers that flow on this node, so that taking a transfer back ends them, on whichever node that is done.</summary>
internal sealed class RunningDownloads(INodeBus bus, IServiceScopeFactory scopes) : INodeListener
{
    private readonly ConcurrentDictionary<(Guid TransferId, HttpContext Context), byte> running = new();

    public string Topic => "files.downloads";

    public void Add(Guid transferId, HttpContext context)
    {
        running[(transferId, context)] = 0;
        context.Response.OnCompleted(() =>
        {
            running.TryRemove((transferId, context), out _);
            return Task.CompletedTask;
        });
    }

    /// <summary>When it returns, nothing of the transfer flows any more, on any node.</summary>
    public Task Abort(Guid transferId)
    {
        AbortHere(transferId);
        return bus.TellAndWait(Topic, transferId.ToString("N"));
    }

    /// <summary>Here at once, and at the other nodes in a moment: for many.</summary>
    public void AbortSoon(Guid transferId)
    {
        AbortHere(transferId);
        bus.Tell(Topic, transferId.ToString("N"));
    }

    public Task Hear(Guid from, string letter)
    {
        AbortHere(Guid.ParseExact(letter, "N"));
        return Task.CompletedTask;
    }

    public async Task Missed()
    {
        var ids = running.Keys.Select(k => k.TransferId).Distinct().ToList();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<FilesDb>();
        foreach (var revoked in await db.Transfers.Where(t => ids.Contains(t.Id) && t.RevokedAt != null).Select(t => t.Id).ToListAsync())
        {
            AbortHere(revoked);
        }
    }

    private void AbortHere(Guid transferId)
    {
        foreach (var ((id, context), _) in running)
        {
            if (id == transferId)
            {
                context.Abort();
            }
        }
    }
}
