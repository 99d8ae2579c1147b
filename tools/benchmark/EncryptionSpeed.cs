using System.Diagnostics;
using System.Security.Cryptography;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Benchmark;

/// <summary>How fast files of the encrypted format are written and read on one core, and what AES-256-GCM alone takes.</summary>
internal static class EncryptionSpeed
{
    private const int Chunk = 65_536;
    private const int Repeats = 5;

    public static async Task<int> Measure(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        var length = (long)megabytes << 20;
        var (plain, secret, back) = (Path.Combine(folder, "plain"), Path.Combine(folder, "sealed"), Path.Combine(folder, "back"));
        await WriteNoise(plain, length);
        using var key = PrivateKey.Create();
        Recipient[] recipients = [Recipient.Key(key.Public)];
        Row("AES-256-GCM alone, chunks of 65,536 bytes in the cache", length, await Best(() => Task.Run(() => CipherAlone(length))));
        Row("copying the file, page cache to page cache", length, await Best(() => Copy(plain, back)));
        Row("sealing, from a file to nowhere", length, await Best(() => Seal(plain, null, recipients)));
        Row("sealing, from a file to a file", length, await Best(() => Seal(plain, secret, recipients)));
        Row("opening, from a file to nowhere", length, await Best(() => Open(secret, null, Opener.Key(key))));
        Row("opening, from a file to a file", length, await Best(() => Open(secret, back, Opener.Key(key))));
        var header = await Best(async () =>
        {
            PublicKey[] keys = [.. Enumerable.Repeat(key.Public, 200)];
            await using var sealing = await EncryptedFile.Seal(Stream.Null, [.. keys.Select(Recipient.Key)], default);
            await sealing.Complete(default);
        });
        Console.WriteLine($"| a header for 200 people | {header * 1000:F0} ms | |");
        foreach (var file in (string[])[plain, secret, back])
        {
            File.Delete(file);
        }

        return 0;
    }

    private static void Row(string what, long length, double seconds) =>
        Console.WriteLine($"| {what} | {length / seconds / 1e9:F2} GB/s | {(double)GC.GetTotalAllocatedBytes() / (1 << 20):F0} |");

    private static async Task<double> Best(Func<Task> run)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Repeats; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        return best;
    }

    private static void CipherAlone(long length)
    {
        using var aes = new AesGcm(RandomNumberGenerator.GetBytes(32), 16);
        var (plain, target, tag, nonce) = (new byte[Chunk], new byte[Chunk], new byte[16], new byte[12]);
        for (long at = 0; at < length; at += Chunk)
        {
            BitConverter.TryWriteBytes(nonce, at);
            aes.Encrypt(nonce, plain, target, tag, nonce);
        }
    }

    private static async Task Copy(string from, string to)
    {
        await using var source = Reading(from);
        await using var target = Writing(to);
        await source.CopyToAsync(target, 1 << 20);
    }

    private static async Task Seal(string from, string? to, Recipient[] recipients)
    {
        await using var source = Reading(from);
        await using var target = to is null ? Stream.Null : Writing(to);
        await using var sealing = await EncryptedFile.Seal(target, recipients, default);
        await sealing.WriteFrom(source, progress: null, default);
        await sealing.Complete(default);
    }

    private static async Task Open(string from, string? to, Opener opener)
    {
        await using var source = Reading(from);
        await using var target = to is null ? Stream.Null : Writing(to);
        await using var opening = await EncryptedFile.Open(source, opener, default);
        await opening.ReadTo(target, progress: null, default);
    }

    private static async Task WriteNoise(string path, long length)
    {
        await using var target = Writing(path);
        var block = RandomNumberGenerator.GetBytes(1 << 20);
        for (long at = 0; at < length; at += block.Length)
        {
            await target.WriteAsync(block);
        }
    }

    private static FileStream Reading(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    private static FileStream Writing(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
}
