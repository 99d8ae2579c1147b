using System.Security.Cryptography;
using System.Text;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Security;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Notices;

/// <summary>Remembers the kinds of devices an account was used on, and tells its owner of a new one.</summary>
internal sealed class KnownDevices(AuthDb db, AccountNotices notices, ServerKeys keys)
{
    private const int Most = 50;
    private readonly byte[] key = keys.Lasting("auth/devices");

    /// <summary>Within the transaction of the login.</summary>
    public async Task See(Account account, ClientInfo client, long now, CancellationToken ct)
    {
        // Without its numbers: a browser that was updated is the same device.
        var kind = string.Concat(client.UserAgent.Where(c => !char.IsAsciiDigit(c) && c != '.'));
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{account.Id:N}\n{kind}"));
        if (await db.Devices.Where(d => d.AccountId == account.Id && d.Hash == hash).ExecuteUpdateAsync(set => set.SetProperty(d => d.SeenAt, now), ct) > 0)
        {
            return;
        }

        var others = await db.Devices.CountAsync(d => d.AccountId == account.Id, ct);
        if (others >= Most)
        {
            var oldest = await db.Devices.Where(d => d.AccountId == account.Id).MinAsync(d => d.SeenAt, ct);
            await db.Devices.Where(d => d.AccountId == account.Id && d.SeenAt == oldest).ExecuteDeleteAsync(ct);
        }

        db.Devices.Add(new DeviceRow { AccountId = account.Id, Hash = hash, SeenAt = now });
        if (others > 0)
        {
            await notices.NewDevice(db, account, client, ct);
        }
    }
}
