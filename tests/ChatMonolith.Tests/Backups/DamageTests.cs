using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.Backups.Checking;
using ChatMonolith.Backups.Creating;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Backups;

/// <summary>C11: whatever byte of a backup is not as it was written is found, and a restore that is refused has touched nothing.</summary>
public sealed class DamageTests
{
    private static readonly int Cases = Depth.IsDeep ? 5_000 : 400;

    [Fact]
    public async Task C11_every_flipped_byte_and_every_cut_of_a_backup_is_found_with_and_without_a_key()
    {
        using var set = await BackupSet.Make();
        var point = await Small(set);
        var whole = MemoryStore.Load(set.Store);
        (await BackupSet.Check(whole, point, set.Signer, set.Key)).Problems.ShouldBeEmpty();
        var dice = Dice.FromEnvironment();
        var names = whole.Files.Keys.Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < Cases; i++)
        {
            // Each file in turn, and in it each region: the first bytes, the last, and those between.
            var name = names[i % names.Length];
            var bytes = whole.Files[name];
            var at = (i / names.Length % 3) switch
            {
                0 => dice.Next(Math.Min(bytes.Length, 200)),
                1 => bytes.Length - 1 - dice.Next(Math.Min(bytes.Length, 200)),
                _ => dice.Next(bytes.Length),
            };
            var damaged = i % 4 == 3 ? bytes[..at] : [.. bytes];
            if (i % 4 != 3)
            {
                damaged[at] ^= (byte)(1 << dice.Next(8));
            }

            // Decrypting takes longer and finds no more: every twentieth.
            var found = await BackupSet.Check(whole.With(name, damaged), point, set.Signer, i % 20 == 0 ? set.Key : null);
            found.IsWhole.ShouldBeFalse($"{name}, {(i % 4 == 3 ? "cut at" : "flipped at")} {at} of {bytes.Length}; seed {dice.Seed}");
        }
    }

    [Fact]
    public async Task C11_missing_swapped_and_mixed_objects_are_found()
    {
        using var set = await BackupSet.Make();
        using var other = await BackupSet.Make();
        var point = await Small(set);
        var otherPoint = await Small(other);
        var (whole, foreign) = (MemoryStore.Load(set.Store), MemoryStore.Load(other.Store));
        var objects = whole.Files.Keys.Where(n => n.StartsWith("objects/", StringComparison.Ordinal)).ToArray();
        (await BackupSet.Check(whole.With(objects[0], null), point, set.Signer, null)).IsWhole.ShouldBeFalse();
        (await BackupSet.Check(whole.With(objects[0], whole.Files[objects[1]]), point, set.Signer, null)).IsWhole.ShouldBeFalse();
        (await BackupSet.Check(whole.With(StoreNames.OfManifest(point), foreign.Files[StoreNames.OfManifest(otherPoint)]), point, set.Signer, null)).IsWhole.ShouldBeFalse();

        // Another server's whole point under this one's name, and under its own.
        (await BackupSet.Check(whole.With(StoreNames.OfPoint(point), foreign.Files[StoreNames.OfPoint(otherPoint)]), point, set.Signer, null)).IsWhole.ShouldBeFalse();
        (await BackupSet.Check(foreign, otherPoint, set.Signer, null)).Problems.ShouldHaveSingleItem().ShouldContain("signature");
    }

    [Fact]
    public async Task A_refused_restore_changes_no_byte_of_what_is_live()
    {
        using var set = await BackupSet.Make();
        await using var server = await RunningServer.Start(Engine.Sqlite, set.Settings);
        await using var admin = await server.Register("admin");
        await admin.Store("a.bin", FilePeople.Random(100_000));
        await admin.BackUp();
        set.Keep(server);
        await admin.Post(await admin.CreateRoom("later"), "not in the backup");
        await server.Stop();
        var live = Fingerprint(server.DataFolder);
        (await set.Restore(server)).Refuses("--replace");
        foreach (var file in Directory.EnumerateFiles(set.Store, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            await File.WriteAllBytesAsync(file, [.. bytes[..(bytes.Length / 2)], (byte)(bytes[bytes.Length / 2] ^ 1), .. bytes[(bytes.Length / 2 + 1)..]]);
            (await set.Restore(server, "--replace")).ExitCode.ShouldBe(1, file);
            Fingerprint(server.DataFolder).ShouldBe(live, file);
            await File.WriteAllBytesAsync(file, bytes);
        }

        using var other = await BackupSet.Make();
        (await Chatctl.ChatctlRun.Beside(server, "", ["backup", "restore", "--replace", "--data", server.DataFolder, "--from", set.Store, "--signer", set.SignerFile, "--key", other.KeyFile, "--passphrase-file", other.PassphraseFile])).ExitCode.ShouldBe(4);
        Fingerprint(server.DataFolder).ShouldBe(live);
        (await set.Restore(server, "--replace")).Succeeds();
        Fingerprint(server.DataFolder).ShouldNotBe(live);
    }

    [Fact]
    public async Task A58_B26_a_hostile_manifest_is_refused_before_anything_is_written()
    {
        using var set = await BackupSet.Make();
        await Small(set);
        foreach (var name in (string[])["../../escaped", "/tmp/escaped", "..\\escaped", "C:escaped", "secret.key/../escaped"])
        {
            await RefusesNames(set, name);
        }
    }

    private static async Task RefusesNames(BackupSet set, string name)
    {
        var (store, point) = await Hostile(set, manifest => manifest with { Secrets = [new SecretFact(name, Convert.ToBase64String([1]))] });
        (await BackupSet.Check(store, point, set.Signer, set.Key)).Problems.ShouldHaveSingleItem().ShouldContain("manifest");
        var (sizes, second) = await Hostile(set, manifest => manifest with { Dump = manifest.Dump with { Size = 1L << 50 } });
        (await BackupSet.Check(sizes, second, set.Signer, set.Key)).IsWhole.ShouldBeFalse();
        var (named, third) = await Hostile(set, manifest => manifest with { Dump = manifest.Dump with { Chunks = [manifest.Dump.Chunks[0] with { Object = name }] } });
        (await BackupSet.Check(named, third, set.Signer, set.Key)).IsWhole.ShouldBeFalse();
        Should.Throw<BackupDamagedException>(() => PointFile.Read(Signed(set, b => b with { Objects = [new ObjectFact(name, 1, new string('0', 64))] }), null));
    }

    /// <summary>A small backup of a server of its own; it is kept below <c>server</c> in the set, where its signing key is too.</summary>
    private static async Task<Guid> Small(BackupSet set)
    {
        await using var server = await RunningServer.Start(Engine.Sqlite, set.Settings);
        await using var admin = await server.Register("admin");
        await admin.Store("a.bin", FilePeople.Random(70_000));
        await admin.Store("b.txt", Encoding.UTF8.GetBytes(new string('b', 100_000)));
        var point = await admin.BackUp();
        set.Keep(server);
        File.Copy(Path.Combine(server.DataFolder, SigningKey.FileName), set["signing.key"], overwrite: true);
        return point;
    }

    /// <summary>A point that the server itself has signed, with another manifest.</summary>
    private static async Task<(MemoryStore Store, Guid Point)> Hostile(BackupSet set, Func<Manifest, Manifest> change)
    {
        var store = MemoryStore.Load(set.Store);
        var point = (await Catalogue.Points(store, set.Signer, CancellationToken.None)).Single().Body!;
        var manifest = await PointCheck.Open(store.Files[StoreNames.OfManifest(point.Id)], point, set.Key, CancellationToken.None);
        var codec = new ChunkCodec([set.Key.Public], new byte[32]);
        var changed = await codec.SealWhole(JsonSerializer.SerializeToUtf8Bytes(change(manifest), JsonSerializerOptions.Web), CancellationToken.None);
        var made = Signed(set, b => b with { Manifest = ObjectWriter.Fact(point.Manifest.Name, changed) });
        return (store.With(StoreNames.OfManifest(point.Id), changed).With(StoreNames.OfPoint(point.Id), made), point.Id);
    }

    private static byte[] Signed(BackupSet set, Func<PointBody, PointBody> change)
    {
        using var signing = SigningKey.FromPkcs8(File.ReadAllBytes(set["signing.key"]));
        var file = File.ReadAllBytes(Directory.GetFiles(Path.Combine(set.Store, "points")).Single());
        return PointFile.Write(change(PointFile.Read(file, set.Signer)), signing);
    }

    private static string Fingerprint(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
