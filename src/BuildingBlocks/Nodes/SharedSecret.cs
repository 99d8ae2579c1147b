using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ChatMonolith.BuildingBlocks.Nodes;

/// <summary>
/// The server's secret where there are several nodes: in the database, sealed with AES-256-GCM under a key that HKDF-SHA-256 (RFC 5869)
/// derives from <see cref="NodesOptions.Secret"/>. The first node brings the one of its folder, so that a server that becomes a node keeps
/// its sessions and what it has sealed; the others take that one. A folder with a secret that the nodes do not have is refused.
/// </summary>
public sealed class SharedSecret(Database database, DataFolder folder, ServerKeys keys, IOptions<NodesOptions> options)
{
    private const string Name = "server";

    /// <summary>After the migrations, before anything derives a key.</summary>
    /// <exception cref="StartRefusedException">It was sealed with another <see cref="NodesOptions.Secret"/>.</exception>
    public async Task Agree(CancellationToken ct)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(options.Value.Secret), ServerKeys.Bytes, info: "chatmonolith/nodes"u8.ToArray());
        var hasOwn = System.IO.File.Exists(folder.File(ServerKeys.FileName));
        var own = hasOwn ? folder.ReadOrCreateSecret(ServerKeys.FileName, ServerKeys.Bytes, ServerKeys.MostGenerations) : RandomNumberGenerator.GetBytes(ServerKeys.Bytes);
        await using var connection = (NpgsqlConnection)await database.Open(ct).ConfigureAwait(false);
        await using (var insert = new NpgsqlCommand("INSERT INTO nodes_secrets (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", connection) { Parameters = { new() { Value = Name }, new() { Value = SealedBytes.Close(key, own, bound: []) } } })
        {
            await insert.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }

        await using var select = new NpgsqlCommand("SELECT sealed FROM nodes_secrets WHERE name = $1", connection) { Parameters = { new() { Value = Name } } };
        var shared = SealedBytes.Open(key, (byte[])(await select.ExecuteScalarAsync(ct).ConfigureAwait(false))!, bound: [])
            ?? throw new StartRefusedException("Nodes:Secret is not the one with which the other nodes started. Give all of them the same.");
        if (hasOwn && CryptographicOperations.FixedTimeEquals(shared, own))
        {
            return;
        }

        if (hasOwn && !own.Chunk(ServerKeys.Bytes).All(generation => IsAmong(generation, shared)))
        {
            throw new StartRefusedException(
                $"The secret {folder.File(ServerKeys.FileName)} is not the one that the nodes of this database have in common, and what was sealed with it could not be read any more. "
                + "If this folder is another server's, give this one an empty folder. If it is the folder of the server that became a node, and a new node was started before it: docs/operations/several-nodes.md says what to do.");
        }

        folder.ReplaceSecret(ServerKeys.FileName, shared);
        keys.Reload();
    }

    private static bool IsAmong(byte[] generation, byte[] shared) => shared.Chunk(ServerKeys.Bytes).Any(other => CryptographicOperations.FixedTimeEquals(other, generation));
}
