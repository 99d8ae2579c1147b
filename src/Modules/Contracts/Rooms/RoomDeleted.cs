using MediatR;

namespace ChatMonolith.Contracts.Rooms;

/// <summary>
/// A room was deleted some time ago and nobody can reach it any more: subscribers remove what they still hold of it, in small
/// transactions. It is told again until every subscriber has returned without an exception.
/// </summary>
public sealed record RoomDeleted(Guid RoomId) : INotification;
