using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Files.Blobs;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Files;

/// <summary>The bytes of files for backups and copies.</summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The text is constant.")]
internal sealed class StoredBytes(IBlobStore blobs, BlobHolds holds, IOptions<StorageOptions> options) : IStoredBytes
{
    /// <summary>As <see cref="Jobs.BlobReferences"/>, but without uploads that go on: a copy of theirs would end nowhere.</summary>
    private const string NeededSql =
        "SELECT blob_id, size, sha256 FROM files_files WHERE missing_at IS NULL "
        + "UNION ALL SELECT blob_id, size, sha256 FROM files_versions "
        + "UNION ALL SELECT thumbnail_id, NULL, NULL FROM files_files WHERE thumbnail_id IS NOT NULL "
        + "UNION ALL SELECT blob_id, NULL, NULL FROM files_transfer_files WHERE blob_id IS NOT NULL";

    public Task<IDisposable> Hold(CancellationToken ct) => holds.Hold(ct);

    public async IAsyncEnumerable<StoredBlob> Needed(DbConnection connection, [EnumeratorCancellation] CancellationToken ct)
    {
        var seen = new HashSet<Guid>();
        await using var command = connection.CreateCommand();
        command.CommandText = NeededSql;
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var id = Database.ReadId(reader, 0);
            if (seen.Add(id))
            {
                yield return new StoredBlob(id, reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2));
            }
        }
    }

    public Task<Stream?> Read(Guid id, CancellationToken ct) => blobs.Read(id, 0, 0, ct);

    public Task<long?> Length(Guid id, CancellationToken ct) => blobs.Length(id, ct);

    public async Task Write(Guid id, Stream bytes, CancellationToken ct)
    {
        await using var writer = await blobs.Write(id, length: null, BlobState.None, ct);
        var buffer = new byte[81_920];
        int read;
        while ((read = await bytes.ReadAsync(buffer, ct)) > 0)
        {
            await writer.Write(buffer.AsMemory(0, read), ct);
        }

        await writer.Finish(ct);
    }

    public IStoredBytes? In(string dataFolder) =>
        options.Value.Provider is StorageProvider.Disk && options.Value.Directory.Length == 0 ? new StoredBytes(new DiskBlobStore(Path.Combine(dataFolder, "blobs")), new BlobHolds(), options) : null;
}
