using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;

namespace ChatMonolith.Rooms.Members;

/// <summary>The contract's <c>member</c>.</summary>
internal sealed record MemberView(UserView User, RoomRole Role, Instant JoinedAt)
{
    /// <summary>Deleted accounts are left out.</summary>
    public static async Task<IReadOnlyList<MemberView>> Of(IPeople people, IReadOnlyList<RoomMember> members, CancellationToken ct)
    {
        var users = await people.Find([.. members.Select(m => m.UserId)], ct);
        return [.. members.Where(m => users.ContainsKey(m.UserId)).Select(m => new MemberView(users[m.UserId], m.Role, m.JoinedAt))];
    }
}
