using System.Diagnostics;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Pictures;
using ChatMonolith.Files.Blobs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Files.Kinds;

/// <summary>
/// Thumbnails by libvips' <c>vipsthumbnail</c>, in a process of its own with bounded memory and time: what decodes a stranger's picture
/// is not the server. Where the program is not installed the clients make them.
/// </summary>
internal sealed class Thumbnails(IOptions<FilesOptions> options, IBlobStore blobs, DataFolder folder, ILogger<Thumbnails> logger) : IDisposable
{
    /// <summary>A larger file or picture is not decoded at all; a header that claims more is not believed.</summary>
    private const long MostBytes = 64L * 1024 * 1024;
    private const long MostPixels = 64_000_000;
    private const string Side = "640x640>";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string[] Kinds = ["image/png", "image/jpeg", "image/gif", "image/webp"];
    private readonly string? program = options.Value.Thumbnails ? Find("vipsthumbnail") : null;
    private readonly string? limiter = Find("prlimit");
    private readonly SemaphoreSlim places = new(2);

    /// <summary>The server makes them.</summary>
    public bool IsActive => program is not null && limiter is not null;

    /// <returns>A picture without metadata; null where none can be made.</returns>
    public async Task<Picture?> Of(Guid blobId, long size, string contentType, (int Width, int Height)? sides, CancellationToken ct)
    {
        if (!IsActive || size > MostBytes || !Kinds.Contains(contentType) || sides is not { } s || (long)s.Width * s.Height > MostPixels)
        {
            return null;
        }

        await places.WaitAsync(ct);
        var work = Directory.CreateDirectory(folder.File(Path.Combine("thumbnails", Guid.NewGuid().ToString("N")))).FullName;
        try
        {
            return await Make(blobId, size, work, ct);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            logger.LogWarning(e, "No thumbnail could be made");
            return null;
        }
        finally
        {
            places.Release();
            Directory.Delete(work, recursive: true);
        }
    }

    public void Dispose() => places.Dispose();

    private async Task<Picture?> Make(Guid blobId, long size, string work, CancellationToken ct)
    {
        var source = Path.Combine(work, "source");
        var target = Path.Combine(work, "thumbnail.webp");
        await using (var bytes = await blobs.Read(blobId, 0, size, ct))
        {
            if (bytes is null)
            {
                return null;
            }

            await using var file = File.Create(source);
            await bytes.CopyToAsync(file, ct);
        }

        var start = new ProcessStartInfo(limiter!, ["--as=1500000000", "--cpu=10", "--fsize=8388608", "--nofile=64", program!, "--size", Side, "--rotate", "-o", target + "[Q=75,strip]", source])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = work,
        };
        start.Environment.Clear();
        start.Environment["VIPS_BLOCK_UNTRUSTED"] = "1";
        start.Environment["VIPS_CONCURRENCY"] = "1";
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token), process.WaitForExitAsync(limit.Token));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return null;
        }

        // Read once more by what keeps nothing but the picture.
        var made = process.ExitCode == 0 && File.Exists(target) && new FileInfo(target).Length <= Picture.MaxBytes ? Picture.Read(await File.ReadAllBytesAsync(target, ct)) : default;
        return made.IsOk ? made.Value : null;
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(p => p.Length > 0).Select(p => Path.Combine(p, name)).FirstOrDefault(File.Exists);
}
