using System.CommandLine;
using System.Globalization;
using ChatMonolith.Backups;
using ChatMonolith.Backups.Checking;
using ChatMonolith.Backups.Creating;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Chatctl.Encryption;
using ChatMonolith.Chatctl.Offline;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Chatctl.Backups;

/// <summary><c>chatctl backup …</c>: exit codes 0 done, 1 damage was found, 2 refused, 4 the key or passphrase is wrong.</summary>
internal static class BackupCommands
{
    public const int Damaged = 1;
    public const int WrongKey = 4;

    public static Command Command() => new("backup", "Backups: make, look at, verify, restore, rehearse. Exit codes: 0 done, 1 damaged, 2 refused, 4 wrong passphrase or key.")
    {
        Keygen.Command(), Create(), List(), Verify(), RestoreCommands.Restore(), RestoreCommands.Drill(),
    };

    /// <summary>Runs a command; damage and wrong keys have codes of their own.</summary>
    public static Task<int> Guard(Func<Task<int>> command) => Refusal.Guard(async () =>
    {
        try
        {
            return await command();
        }
        catch (BackupDamagedException e)
        {
            await Console.Error.WriteLineAsync("chatctl: the backup is damaged: " + e.Message);
            return Damaged;
        }
        catch (WrongKeyException e)
        {
            await Console.Error.WriteLineAsync("chatctl: " + e.Message);
            return WrongKey;
        }
        catch (BackupRefusedException e)
        {
            throw new RefusedException(e.Message);
        }
    });

    private static Command Create()
    {
        var data = DataOption.Create();
        var command = new Command("create", "Makes a backup of a stopped server's data; where to and for whom say the server's own settings in the environment (Backup__Provider, Backup__Recipients__0, …). A running server makes its own.") { data };
        command.SetAction((parsed, ct) => Guard(async () =>
        {
            await using var server = await OfflineServer.Open(parsed.GetRequiredValue(data), mayBeNew: false, ct);
            var rounds = server.Services.GetRequiredService<BackupRounds>();
            using var store = rounds.Options.Open(TimeProvider.System);
            using var told = new ProgressLine();
            var point = await server.Services.GetRequiredService<BackupMaker>().Make(store, "chatctl", told, ct);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"backup {point.Id:N}: {point.Files} files, {point.Bytes} bytes, in {store.Place}"));
            return 0;
        }));
        return command;
    }

    private static Command List()
    {
        var place = new BackupPlace();
        var command = new Command("list", "Shows the backups, the newest first.");
        Add(command, place.Store);
        command.SetAction((parsed, ct) => Guard(async () =>
        {
            using var store = place.Open(parsed);
            var damaged = false;
            foreach (var point in await Catalogue.Points(store, place.Signer(parsed), ct))
            {
                damaged |= point.Body is null;
                Console.WriteLine(point.Body is { } body
                    ? string.Create(CultureInfo.InvariantCulture, $"{point.Id:N}  {Clock.Format(body.CreatedAt)}  {body.Database}  {body.Bytes,14} bytes  {body.Files,8} files  {body.Reason}")
                    : $"{point.Id:N}  {point.Problem}");
            }

            return damaged ? Damaged : 0;
        }));
        return command;
    }

    private static Command Verify()
    {
        var place = new BackupPlace();
        var hashes = new Option<bool>("--hashes-only") { Description = "Compare the ciphertext with its signed hashes, without a key." };
        var all = new Option<bool>("--all") { Description = "Every backup, not the newest alone." };
        var command = new Command("verify", "Reads every byte of a backup and compares it with what was signed; with the key it also decrypts everything.") { place.Point, hashes, all };
        Add(command, [.. place.Store, .. place.Opening]);
        command.SetAction((parsed, ct) => Guard(async () =>
        {
            using var store = place.Open(parsed);
            var signer = place.Signer(parsed);
            var points = parsed.GetValue(all)
                ? (await Catalogue.Points(store, signer, ct)).ConvertAll(p => p.Body ?? throw new BackupDamagedException($"{p.Id:N}: {p.Problem}"))
                : [await place.Find(parsed, store, signer, ct)];
            using var key = parsed.GetValue(hashes) ? null : await place.Key(parsed, store, ct);
            var whole = true;
            foreach (var point in points)
            {
                using var told = new ProgressLine();
                var result = await new PointCheck(store, told).Run(point, key, ct);
                told.Dispose();
                whole &= result.IsWhole;
                foreach (var problem in result.Problems)
                {
                    await Console.Error.WriteLineAsync($"{point.Id:N}: {problem}");
                }

                Console.WriteLine(result.IsWhole
                    ? $"{point.Id:N} is whole: {result.Objects} objects were {(result.WithKey ? "decrypted and compared" : "compared with their signed hashes, not decrypted")}."
                    : $"{point.Id:N} is damaged.");
            }

            return whole ? 0 : Damaged;
        }));
        return command;
    }

    internal static void Add(Command command, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }
}
