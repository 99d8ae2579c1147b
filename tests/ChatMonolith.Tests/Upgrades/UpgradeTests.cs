using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.Tests.Admin;
using ChatMonolith.Tests.Auth;
using ChatMonolith.Tests.Backups;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Upgrades;

/// <summary>Every version that people may have is taken over whole; what an upgrade cannot take back is backed up before.</summary>
public class UpgradeTests
{
    private const int Refused = 2;

    public static TheoryData<string, Engine> All()
    {
        var all = new TheoryData<string, Engine>();
        foreach (var name in EarlierVersion.Names)
        {
            all.Add(name, Engine.Sqlite);
            all.Add(name, Engine.PostgreSql);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task No_row_of_an_earlier_version_is_lost_or_changed_and_a_backup_was_made_before(string name, Engine engine)
    {
        using var backups = await BackupSet.Make();
        await using var earlier = await EarlierVersion.Unpack(name, engine, backups.Settings);
        var before = await earlier.Tables();
        before.Count.ShouldBeGreaterThan(12);
        before["msg_messages"].Rows.ShouldBeGreaterThan(200);
        await earlier.Migrate();
        var after = await earlier.Tables(before);
        foreach (var (table, was) in before)
        {
            after[table].ShouldBe(was with { Columns = after[table].Columns }, table);
        }

        // Where the schema is this version's own nothing is migrated, and nothing backed up.
        Directory.Exists(backups.Store).ShouldBe(before.Count != (await earlier.Tables()).Count);
    }

    [Theory]
    [InlineData("first", Engine.Sqlite)]
    [InlineData("first", Engine.PostgreSql)]
    [InlineData("files", Engine.Sqlite)]
    [InlineData("files", Engine.PostgreSql)]
    public async Task After_an_upgrade_old_passwords_work_and_rooms_and_files_are_as_they_were(string name, Engine engine)
    {
        using var backups = await BackupSet.Make();
        await using var earlier = await EarlierVersion.Unpack(name, engine, backups.Settings);
        await earlier.Server.Restart();
        var people = earlier.Expected.GetProperty("people").EnumerateArray().Select(p => p.GetProperty("username").GetString()!).ToArray();
        var password = earlier.Expected.GetProperty("password").GetString()!;
        using var first = await LogIn(earlier.Server, people[0], password);
        foreach (var room in earlier.Expected.GetProperty("rooms").EnumerateArray())
        {
            var id = room.GetProperty("id").GetGuid();
            var (texts, count) = await Texts(first, id);
            texts.ShouldBe(room.GetProperty("texts").GetString());
            count.ShouldBe(room.GetProperty("messages").GetInt32());
            (await first.Get($"rooms/{id}/events?after=0&limit=1")).Ok(200)["lastSeq"].GetInt64().ShouldBe(room.GetProperty("lastSeq").GetInt64());
        }

        foreach (var file in earlier.Expected.GetProperty("files").EnumerateArray())
        {
            var (answer, bytes) = await first.Fetch($"files/{file.GetProperty("id").GetGuid()}/content");
            answer.Ok(200);
            Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(file.GetProperty("sha256").GetString());
        }

        // A second factor that was set up before is still asked for, and its app's codes still count.
        foreach (var totp in earlier.Expected.GetProperty("totp").EnumerateArray().Take(1))
        {
            var username = totp.GetProperty("username").GetString();
            (await earlier.Server.Anonymous.Post("auth/login", new { login = username, password })).Fails(401, "two_factor_required");
            (await earlier.Server.Anonymous.Post("auth/login", new { login = username, password, code = new TotpApp(totp.GetProperty("secret").GetString()!).Now })).Ok(200);
        }

        // The first one is the admin; the backup of before the upgrade is on their list.
        (await first.Post("auth/step-up", new { password })).Ok(204);
        (await first.Get("admin/backups")).Ok(200)["items"].EnumerateArray().ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("migration");
        var room0 = earlier.Expected.GetProperty("rooms")[0].GetProperty("id").GetGuid();
        (await first.Post($"rooms/{room0}/messages", new { clientId = Person.NewClientId(), text = "and it goes on" })).Ok(201);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task An_older_program_refuses_what_a_newer_one_has_migrated_and_says_so(Engine engine)
    {
        await using var earlier = await EarlierVersion.Unpack("first", engine);
        await earlier.Migrate();
        await using (var data = await StoppedData.Open(earlier.Server))
        {
            await data.Execute("INSERT INTO rooms_migrations (\"MigrationId\", \"ProductVersion\") VALUES ('20990101000000_Later', '99.0.0')");
        }

        var before = await earlier.Tables();
        var process = earlier.Server.Launch();
        (await process.Exited()).ShouldBe(Refused);
        var line = process.Output.Split('\n').Where(l => l.StartsWith("Cannot start:", StringComparison.Ordinal)).ShouldHaveSingleItem(process.Output);
        line.ShouldContain("written by a newer version");
        line.ShouldContain("20990101000000_Later");
        foreach (var (table, was) in await earlier.Tables(before))
        {
            was.Digest.ShouldBe(before[table].Digest, table);
        }
    }

    private static async Task<HttpCaller> LogIn(RunningServer server, string username, string password)
    {
        var answer = (await server.Anonymous.Post("auth/login", new { login = username, password })).Ok(200);
        return new HttpCaller(server.Address) { AccessToken = answer["accessToken"].GetString() };
    }

    /// <summary>As tools/fixtures/fill.py summed them up.</summary>
    private static async Task<(string Digest, int Count)> Texts(HttpCaller caller, Guid room)
    {
        var all = new StringBuilder();
        var (after, count) = (0L, 0);
        while (true)
        {
            var page = (await caller.Get($"rooms/{room}/messages?after={after}&limit=200")).Ok(200);
            foreach (var message in page["items"].EnumerateArray())
            {
                after = message.GetProperty("seq").GetInt64();
                all.Append(System.Globalization.CultureInfo.InvariantCulture, $"{message.GetProperty("id").GetString()}|{after}|{(message.GetProperty("text") is { ValueKind: JsonValueKind.String } text ? text.GetString() : "")}\n");
                count++;
            }

            if (!page["hasAfter"].GetBoolean())
            {
                return (Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString()))), count);
            }
        }
    }
}
