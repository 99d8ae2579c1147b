using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Messaging.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// The name of the life of the logs, told in every <c>hello</c>. It is made with the database and changes only when that is restored
/// or imported: then every number that a client remembers is void.
/// </summary>
internal sealed class Epoch(IServiceScopeFactory scopes, Database database) : IHostedService
{
    public string Value { get; private set; } = "";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await Read(cancellationToken) is { } value)
        {
            Value = value;
            return;
        }

        Value = Guid.NewGuid().ToString("N");
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        db.Meta.Add(new MetaRow { Key = MetaRow.Epoch, Value = Value });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>By hand, since Entity Framework's model of the module would otherwise have to be built before the server is ready.</summary>
    private async Task<string?> Read(CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM msg_meta WHERE key = @key";
        command.With("@key", MetaRow.Epoch);
        return (string?)await command.ExecuteScalarAsync(ct);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
