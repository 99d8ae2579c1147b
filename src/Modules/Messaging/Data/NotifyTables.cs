using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Data;

/// <summary>Mentions, notifications and what people want of them.</summary>
internal static class NotifyTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<MentionRow>(b =>
        {
            b.ToTable("msg_mentions").HasKey(r => new { r.MessageId, r.UserId });
            b.Property(r => r.MessageId).HasColumnName("message_id");
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.Seq).HasColumnName("seq");
            b.Property(r => r.SenderId).HasColumnName("sender_id");
            b.Property(r => r.Counts).HasColumnName("counts");

            // Counts of unread mentions are answered from it alone.
            b.HasIndex(r => new { r.UserId, r.RoomId, r.Seq, r.MessageId, r.SenderId }).HasFilter("counts").HasDatabaseName("msg_mentions_unread");
        });
        model.Entity<NotificationRow>(b =>
        {
            b.ToTable("msg_notifications").HasKey(r => r.Id);
            b.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.Kind).HasColumnName("kind");
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.MessageId).HasColumnName("message_id");
            b.Property(r => r.TransferId).HasColumnName("transfer_id");
            b.Property(r => r.ActorId).HasColumnName("actor_id");
            b.Property(r => r.Seq).HasColumnName("seq");
            b.Property(r => r.ThreadId).HasColumnName("thread_id");
            b.Property(r => r.Text).HasColumnName("text").HasMaxLength(NotificationRow.MaxText);
            b.Property(r => r.CreatedAt).HasColumnName("created_at");
            b.Property(r => r.ReadAt).HasColumnName("read_at");
            b.HasIndex(r => new { r.UserId, r.Id }).HasDatabaseName("msg_notifications_user");
            b.HasIndex(r => new { r.UserId, r.RoomId, r.Seq }).HasFilter("read_at IS NULL").HasDatabaseName("msg_notifications_unread");
            b.HasIndex(r => r.MessageId).HasFilter("message_id IS NOT NULL").HasDatabaseName("msg_notifications_message");
        });
        model.Entity<PreferenceRow>(b =>
        {
            b.ToTable("msg_preferences").HasKey(r => r.UserId);
            b.Property(r => r.UserId).HasColumnName("user_id").ValueGeneratedNever();
            b.Property(r => r.InApp).HasColumnName("in_app");
            b.Property(r => r.Push).HasColumnName("push");
            b.Property(r => r.Mail).HasColumnName("mail");
            b.Property(r => r.DoNotDisturb).HasColumnName("do_not_disturb");
            b.Property(r => r.QuietFrom).HasColumnName("quiet_from");
            b.Property(r => r.QuietTo).HasColumnName("quiet_to");
            b.Property(r => r.Zone).HasColumnName("zone").HasMaxLength(PreferenceRow.MaxZone);
        });
    }
}
