using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Data;

/// <summary>How far a room's log is compacted, with the digest there: the chain goes on from it.</summary>
internal sealed class TrimRow
{
    public Guid RoomId { get; set; }

    public long ToSeq { get; set; }

    /// <summary>d(<see cref="ToSeq"/>), 32 bytes.</summary>
    public byte[] Digest { get; set; } = [];

    public long At { get; set; }
}

/// <summary>What an entry <c>messages.expired</c> says beside its number.</summary>
internal sealed class ExpiryRow
{
    public Guid RoomId { get; set; }

    public long Seq { get; set; }

    public long UpToSeq { get; set; }
}

/// <summary>A client id whose message has expired. It is spent for ever: a repeat is still one.</summary>
internal sealed class SpentRow
{
    public Guid RoomId { get; set; }

    public Guid SenderId { get; set; }

    public string ClientId { get; set; } = "";

    public Guid MessageId { get; set; }

    public long Seq { get; set; }

    public long CreatedAt { get; set; }

    public byte[] RequestMac { get; set; } = [];
}

internal static class RetentionTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<TrimRow>(b =>
        {
            b.ToTable("msg_trims").HasKey(r => r.RoomId);
            b.Property(r => r.RoomId).HasColumnName("room_id").ValueGeneratedNever();
            b.Property(r => r.ToSeq).HasColumnName("to_seq");
            b.Property(r => r.Digest).HasColumnName("digest");
            b.Property(r => r.At).HasColumnName("at");
        });
        model.Entity<ExpiryRow>(b =>
        {
            b.ToTable("msg_expiries").HasKey(r => new { r.RoomId, r.Seq });
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.Seq).HasColumnName("seq");
            b.Property(r => r.UpToSeq).HasColumnName("up_to_seq");
        });
        model.Entity<SpentRow>(b =>
        {
            b.ToTable("msg_spent").HasKey(r => new { r.RoomId, r.SenderId, r.ClientId });
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.SenderId).HasColumnName("sender_id");
            b.Property(r => r.ClientId).HasColumnName("client_id").HasMaxLength(PostMessage.MaxClientId);
            b.Property(r => r.MessageId).HasColumnName("message_id");
            b.Property(r => r.Seq).HasColumnName("seq");
            b.Property(r => r.CreatedAt).HasColumnName("created_at");
            b.Property(r => r.RequestMac).HasColumnName("request_mac");
        });
    }
}
