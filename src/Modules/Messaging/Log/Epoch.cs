using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// The name of the life of the logs, told in every <c>hello</c>. It is made with the database and changes only when that is restored
/// or imported: then every number that a client remembers is void.
/// </summary>
internal sealed class Epoch(IServiceScopeFactory scopes) : IHostedService
{
    public string Value { get; private set; } = "";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var row = await db.Meta.SingleOrDefaultAsync(m => m.Key == MetaRow.Epoch, cancellationToken);
        if (row is null)
        {
            row = new MetaRow { Key = MetaRow.Epoch, Value = Guid.NewGuid().ToString("N") };
            db.Meta.Add(row);
            await db.SaveChangesAsync(cancellationToken);
        }

        Value = row.Value;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
