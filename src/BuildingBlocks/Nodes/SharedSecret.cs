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
/// its sessions and what it has sealed; the others take that one, and put it in their folder's place.
/// </summary>
public sealed class SharedSecret(Database database, DataFolder folder, ServerKeys keys, IOptions<NodesOptions> options)
{
    private const string Name = "server";
    private const int TagBytes = 16;
    private const int NonceBytes = 12;

    /// <summary>After the migrations, before anything derives a key.</summary>
    /// <exception cref="StartRefusedException">It was sealed with another <see cref="NodesOptions.Secret"/>.</exception>
    public async Task Agree(CancellationToken ct)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        var own = folder.ReadOrCreateSecret(ServerKeys.FileName, ServerKeys.Bytes, ServerKeys.MostGenerations);
        await using var connection = (NpgsqlConnection)await database.Open(ct).ConfigureAwait(false);
        await using (var insert = new NpgsqlCommand("INSERT INTO nodes_secrets (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", connection) { Parameters = { new() { Value = Name }, new() { Value = Close(own) } } })
        {
            await insert.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }

        await using var select = new NpgsqlCommand("SELECT sealed FROM nodes_secrets WHERE name = $1", connection) { Parameters = { new() { Value = Name } } };
        var shared = Open((byte[])(await select.ExecuteScalarAsync(ct).ConfigureAwait(false))!);
        if (!CryptographicOperations.FixedTimeEquals(shared, own))
        {
            folder.ReplaceSecret(ServerKeys.FileName, shared);
            keys.Reload();
        }
    }

    private byte[] Key() => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(options.Value.Secret), 32, info: "chatmonolith/nodes"u8.ToArray());

    private byte[] Close(byte[] secret)
    {
        var result = new byte[NonceBytes + TagBytes + secret.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(Key(), TagBytes);
        aes.Encrypt(result.AsSpan(0, NonceBytes), secret, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes));
        return result;
    }

    private byte[] Open(byte[] closed)
    {
        var secret = new byte[closed.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(Key(), TagBytes);
        try
        {
            aes.Decrypt(closed.AsSpan(0, NonceBytes), closed.AsSpan(NonceBytes + TagBytes), closed.AsSpan(NonceBytes, TagBytes), secret);
            return secret;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new StartRefusedException("Nodes:Secret is not the one with which the other nodes started. Give all of them the same.", e);
        }
    }
}
