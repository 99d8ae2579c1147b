using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Backups.Creating;

/// <summary>The way back from an upgrade: the database as the earlier version left it. When it cannot be made, nothing is migrated.</summary>
internal sealed class BackupBeforeMigration(IServiceProvider services, IOptions<BackupsOptions> options) : IBeforeMigration
{
    public async Task Run(CancellationToken ct)
    {
        if (!options.Value.Works || !options.Value.BeforeMigration)
        {
            return;
        }

        var made = await services.GetRequiredService<BackupRounds>().MakeBackup("migration", ct).ConfigureAwait(false);
        if (made is not { Ok: true })
        {
            throw new StartRefusedException($"This version changes the database, and the backup before that failed: {made?.How} Mend it, or start once with --Backup:BeforeMigration=false.");
        }
    }
}
