namespace ChatMonolith.Contracts.Auth;

/// <summary>Who is a guest: they see only the rooms that somebody let them into. From memory, since every look at a public room asks.</summary>
public interface IGuests
{
    bool IsGuest(Guid userId);
}
