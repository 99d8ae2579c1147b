using System.Text.Json;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Backups.Creating;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Chatctl.Importing.Sources;
using ChatMonolith.Chatctl.Moving;
using ChatMonolith.Chatctl.Offline;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Chatctl.Importing.Making;

/// <summary>
/// Makes an export of our own format from what was read, as the server's own transactions would have left its tables: logs numbered
/// without gaps, their digests chained, repeats recognisable. The importer takes it as it takes any other.
/// </summary>
internal sealed class ExportMaker(OfflineServer server, Reading reading, string folder)
{
    private readonly Workspace workspace = reading.Workspace;

    public async Task<ImportSource> Make(string source, CancellationToken ct)
    {
        using var tables = new ExportTables(folder, TableShape.All(server.Services.GetServices<IModuleDatabase>()));
        tables.Of("auth_installation", "key,installation_id,created_at").Add(InstallationRow.TheKey, Guid.CreateVersion7(), reading.Now);
        tables.Of("msg_meta", "key,value").Add("epoch", Guid.NewGuid().ToString("N"));
        WritePeople(tables);
        WriteRooms(tables);
        var messages = new MessageMaker(server.Services.GetRequiredService<Messaging.Log.RequestMac>(), reading, tables);
        await messages.Write(ct);
        var file = new ExportFile
        {
            CreatedAt = Clock.Format(reading.Now),
            Database = source,
            Schema = await Migrations(ct),
            Tables = tables.Finish(),
            Rooms = messages.Rooms,
            Blobs = messages.Blobs,
            Missing = [],
        };
        await File.WriteAllBytesAsync(Path.Combine(folder, ExportFile.Name), JsonSerializer.SerializeToUtf8Bytes(file, JsonSerializerOptions.Web), ct);
        return new ImportSource(folder, file, (blob, _) => Task.FromResult(reading.Archive.Open(messages.EntryOf(blob.Id))));
    }

    private async Task<IReadOnlyList<string>> Migrations(CancellationToken ct)
    {
        await using var connection = await server.Services.GetRequiredService<Database>().Open(ct);
        return await DatabaseFacts.Migrations(connection, ct);
    }

    private void WritePeople(ExportTables tables)
    {
        var rows = tables.Of(
            "auth_accounts",
            "id,username,email,email_key,email_verified,password_hash,security_stamp,display_name,display_name_key,bio,role,is_bot,is_active,created_at,last_login_at,avatar_version,key_fingerprint,language,second_failures,second_locked_until,email_code_blocked,deleted_at");
        foreach (var p in workspace.People)
        {
            // Nobody has proven to us that an address is theirs; the link to a first password does.
            rows.Add(
                p.Id, p.Username, p.Email, p.Email is null ? null : Account.EmailKey(p.Email), false, null, Secrets.NewToken(), p.DisplayName, Account.SearchKey(p.DisplayName), p.Bio,
                (int)p.Role, p.IsBot, p.IsActive, Math.Min(p.FirstAt, reading.Now), null, null, null, p.Language, 0, 0L, false, null);
        }
    }

    private void WriteRooms(ExportTables tables)
    {
        var rooms = tables.Of("rooms_rooms", "id,type,name,name_key,topic,created_by,created_at,member_count,slow_mode_seconds,retention_days,pair_key,handle,deleted_at,avatar_version");
        var members = tables.Of("rooms_members", "room_id,user_id,role,joined_at,muted,notify");
        foreach (var room in workspace.Rooms)
        {
            room.CreatedAt = Math.Min(room.CreatedAt > 0 ? room.CreatedAt : reading.Now, Math.Min(room.FirstAt, reading.Now));
            var people = room.Members.Keys.Select(n => workspace.People[n]).ToList();
            rooms.Add(
                room.Id, (int)room.Type, room.Name, room.Name?.ToLowerInvariant(), Workspace.OneLine(room.Topic, ChatMonolith.Rooms.RoomText.MaxTopic), Maker(room).Id, room.CreatedAt, people.Count, 0, 0,
                room.Type is RoomType.Direct ? PairKey.Of(people[0].Id, people[1].Id) : null, room.IsGeneral ? Room.General : null, null, null);
            foreach (var (number, role) in room.Members)
            {
                members.Add(room.Id, workspace.People[number].Id, (int)role, room.CreatedAt, false, null);
            }
        }
    }

    /// <summary>Who made it, or owns it; of a room without people the first of all.</summary>
    private ImportedPerson Maker(ImportedRoom room) =>
        room.Creator ?? workspace.People[room.Members.Where(m => m.Value is RoomRole.Owner).Select(m => m.Key).FirstOrDefault(room.Members.Count > 0 ? room.Members.Keys.First() : 0)];
}
