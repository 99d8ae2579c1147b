using ChatMonolith.Contracts.Messaging;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Data;

/// <summary>A browser that wants to be told, of one session; it ends with it.</summary>
internal sealed class PushSubscriptionRow
{
    public const int MaxEndpoint = 1000;

    public Guid Id { get; set; }

    public Guid UserId { get; set; }

    public Guid SessionId { get; set; }

    public string Endpoint { get; set; } = "";

    /// <summary>SHA-256 of the endpoint, by which one is found again.</summary>
    public byte[] EndpointHash { get; set; } = [];

    public byte[] Key { get; set; } = [];

    public byte[] Secret { get; set; } = [];

    public long CreatedAt { get; set; }

    /// <summary>Refusals in a row.</summary>
    public int Refusals { get; set; }
}

/// <summary>Something that a browser is owed. It names the message, whose text is read when it is sent.</summary>
internal sealed class PushOwedRow
{
    public Guid Id { get; set; }

    public Guid SubscriptionId { get; set; }

    public Guid UserId { get; set; }

    public NotificationKind Kind { get; set; }

    public Guid? NotificationId { get; set; }

    public Guid? RoomId { get; set; }

    public Guid? MessageId { get; set; }

    public Guid? ActorId { get; set; }

    public Guid? ThreadId { get; set; }

    public long Seq { get; set; }

    public string Text { get; set; } = "";

    public long CreatedAt { get; set; }

    public long NextAt { get; set; }

    public int Attempts { get; set; }
}

internal static class PushTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<PushSubscriptionRow>(b =>
        {
            b.ToTable("msg_push_subscriptions").HasKey(r => r.Id);
            b.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.SessionId).HasColumnName("session_id");
            b.Property(r => r.Endpoint).HasColumnName("endpoint").HasMaxLength(PushSubscriptionRow.MaxEndpoint);
            b.Property(r => r.EndpointHash).HasColumnName("endpoint_hash");
            b.Property(r => r.Key).HasColumnName("key");
            b.Property(r => r.Secret).HasColumnName("secret");
            b.Property(r => r.CreatedAt).HasColumnName("created_at");
            b.Property(r => r.Refusals).HasColumnName("refusals");
            b.HasIndex(r => r.EndpointHash).IsUnique().HasDatabaseName("msg_push_subscriptions_endpoint");
            b.HasIndex(r => r.UserId).HasDatabaseName("msg_push_subscriptions_user");
            b.HasIndex(r => r.SessionId).HasDatabaseName("msg_push_subscriptions_session");
        });
        model.Entity<PushOwedRow>(b =>
        {
            b.ToTable("msg_push_owed").HasKey(r => r.Id);
            b.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            b.Property(r => r.SubscriptionId).HasColumnName("subscription_id");
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.Kind).HasColumnName("kind");
            b.Property(r => r.NotificationId).HasColumnName("notification_id");
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.MessageId).HasColumnName("message_id");
            b.Property(r => r.ActorId).HasColumnName("actor_id");
            b.Property(r => r.ThreadId).HasColumnName("thread_id");
            b.Property(r => r.Seq).HasColumnName("seq");
            b.Property(r => r.Text).HasColumnName("text").HasMaxLength(NotificationRow.MaxText);
            b.Property(r => r.CreatedAt).HasColumnName("created_at");
            b.Property(r => r.NextAt).HasColumnName("next_at");
            b.Property(r => r.Attempts).HasColumnName("attempts");
            b.HasIndex(r => r.NextAt).HasDatabaseName("msg_push_owed_next");
            b.HasIndex(r => r.MessageId).HasFilter("message_id IS NOT NULL").HasDatabaseName("msg_push_owed_message");
            b.HasIndex(r => r.SubscriptionId).HasDatabaseName("msg_push_owed_subscription");
        });
    }
}
