using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Admin.Settings;

/// <summary>
/// Brings what admins have set into the configuration, at the start and after each change. By hand, as all that is read before the server
/// is ready. A value that is none any more (a later version has other bounds) is left out, and told.
/// </summary>
internal sealed class SettingsStore(Database database, RuntimeConfiguration configuration, IEnumerable<RuntimeSetting> settings, ILogger<SettingsStore> logger) : IHostedService, INodeListener
{
    public const string Changed = "admin.settings";
    private bool isLoaded;

    public string Topic => Changed;

    public Task Hear(Guid from, string letter) => Load(CancellationToken.None);

    public Task Missed() => Load(CancellationToken.None);

    public Task StartAsync(CancellationToken cancellationToken) => Load(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task Load(CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var known = settings.ToDictionary(s => s.Key, StringComparer.OrdinalIgnoreCase);
        await using var connection = await database.Open(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT key, value FROM admin_settings";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (key, value) = (reader.GetString(0), reader.GetString(1));
            if (known.GetValueOrDefault(key)?.Check(value, out _) is { } good)
            {
                values[key] = good;
            }
            else
            {
                logger.LogWarning("The setting {Key} that an admin had set is not taken any more", key);
            }
        }

        if (values.Count > 0 || isLoaded)
        {
            configuration.Apply(values);
        }

        isLoaded = true;
    }
}
