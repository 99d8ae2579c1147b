using System.Runtime.CompilerServices;
using ChatMonolith.Backups;
using ChatMonolith.Backups.Stores;

namespace ChatMonolith.Chatctl.Doctor;

/// <summary>Where the bytes of files lie: something is written there, read and removed again.</summary>
internal static class StoreChecks
{
    private const string Check = "files";

    public static async IAsyncEnumerable<Finding> Run(Patient patient, [EnumeratorCancellation] CancellationToken ct)
    {
        var section = patient.Configuration.GetSection("Storage");
        if (section["Provider"]?.Equals("S3", StringComparison.OrdinalIgnoreCase) == true)
        {
            var options = new BackupsOptions
            {
                Provider = BackupProvider.S3, Endpoint = section["Endpoint"] ?? "", Region = section["Region"] ?? "us-east-1", Bucket = section["Bucket"] ?? "", Prefix = section["Prefix"] ?? "",
                AccessKey = section["AccessKey"] ?? "", SecretKey = section["SecretKey"] ?? "", PathStyle = !bool.TryParse(section["PathStyle"], out var inPath) || inPath,
            };
            yield return await Probe(options, ct) is { } refused
                ? Finding.Problem(Check, $"The bucket {options.Bucket} cannot be used: {refused}", "See that Storage:Endpoint, Bucket, AccessKey and SecretKey are right, and that the key may list, read, write and delete there.")
                : Finding.Ok(Check, $"The bucket {options.Bucket} takes, gives back and deletes.");
        }
        else if (section["Directory"] is { Length: > 0 } folder)
        {
            yield return Directory.Exists(folder) && await FolderChecks.Writable(folder, ct) is not { } problem ? Finding.Ok(Check, $"{folder} can be written.")
                : Finding.Problem(Check, $"Storage:Directory is {folder}, which is not there or cannot be written.", "Mount it, or give the server's user the right to write there.");
        }
    }

    /// <returns>Why not; null when all of it works.</returns>
    public static async Task<string?> Probe(BackupsOptions options, CancellationToken ct)
    {
        var name = $"doctor/{Guid.NewGuid():N}";
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeSpan.FromSeconds(20));
            using var store = new S3BackupStore(options);
            await store.Write(name, "probe"u8.ToArray(), limit.Token);
            var read = await store.ReadWhole(name, 100, limit.Token);
            await store.Remove(name, limit.Token);
            return read is not null && read.AsSpan().SequenceEqual("probe"u8) ? null : "what was written does not come back.";
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            return e is OperationCanceledException ? "no answer within 20 s." : e.GetBaseException().Message;
        }
    }
}
