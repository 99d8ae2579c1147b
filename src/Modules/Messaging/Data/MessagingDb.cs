using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Messaging.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChatMonolith.Messaging.Data;

internal sealed class MessagingDb(DbContextOptions<MessagingDb> options) : ModuleDbContext(options)
{
    public const string Prefix = "msg_";
    public const int EmojiLength = 64;

    public DbSet<RoomHeadRow> Heads => Set<RoomHeadRow>();

    public DbSet<LogRow> Log => Set<LogRow>();

    public DbSet<MessageRow> Messages => Set<MessageRow>();

    public DbSet<RevisionRow> Revisions => Set<RevisionRow>();

    public DbSet<ReactionRow> Reactions => Set<ReactionRow>();

    public DbSet<ReadRow> Reads => Set<ReadRow>();

    public DbSet<UserHeadRow> UserHeads => Set<UserHeadRow>();

    public DbSet<UserLogRow> UserLog => Set<UserLogRow>();

    public DbSet<MetaRow> Meta => Set<MetaRow>();

    public DbSet<MentionRow> Mentions => Set<MentionRow>();

    public DbSet<NotificationRow> Notifications => Set<NotificationRow>();

    public DbSet<TrimRow> Trims => Set<TrimRow>();

    public DbSet<ExpiryRow> Expiries => Set<ExpiryRow>();

    public DbSet<SpentRow> Spent => Set<SpentRow>();

    public DbSet<PushSubscriptionRow> PushSubscriptions => Set<PushSubscriptionRow>();

    public DbSet<PushOwedRow> PushOwed => Set<PushOwedRow>();

    public DbSet<PreferenceRow> Preferences => Set<PreferenceRow>();

    public DbSet<SearchHeadRow> SearchHeads => Set<SearchHeadRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RoomHeadRow>(b =>
        {
            b.ToTable("msg_heads").HasKey(r => r.RoomId);
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.Seq).HasColumnName("seq");
            b.Property(r => r.Digest).HasColumnName("digest");
        });
        modelBuilder.Entity<LogRow>(b =>
        {
            b.ToTable("msg_log").HasKey(r => new { r.RoomId, r.Seq });
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.Seq).HasColumnName("seq");
            b.Property(r => r.Type).HasColumnName("type");
            b.Property(r => r.At).HasColumnName("at");
            b.Property(r => r.ById).HasColumnName("by_id");
            b.Property(r => r.MessageId).HasColumnName("message_id");
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.Emoji).HasColumnName("emoji").HasMaxLength(EmojiLength);
            b.Property(r => r.Role).HasColumnName("role");
        });
        modelBuilder.Entity<MessageRow>(ConfigureMessages);
        NotifyTables.Configure(modelBuilder);
        PushTables.Configure(modelBuilder);
        SearchModel.Configure(modelBuilder);
        RetentionTables.Configure(modelBuilder);
        modelBuilder.Entity<RevisionRow>(b =>
        {
            b.ToTable("msg_revisions").HasKey(r => new { r.MessageId, r.Number });
            b.Property(r => r.MessageId).HasColumnName("message_id");
            b.Property(r => r.Number).HasColumnName("number").ValueGeneratedNever();
            b.Property(r => r.Text).HasColumnName("text").HasMaxLength(PostMessage.MaxText);
            b.Property(r => r.At).HasColumnName("at");
        });
        modelBuilder.Entity<ReactionRow>(b =>
        {
            b.ToTable("msg_reactions").HasKey(r => new { r.MessageId, r.Emoji, r.UserId });
            b.Property(r => r.MessageId).HasColumnName("message_id");
            b.Property(r => r.Emoji).HasColumnName("emoji").HasMaxLength(EmojiLength);
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.At).HasColumnName("at");
        });
        modelBuilder.Entity<ReadRow>(b =>
        {
            b.ToTable("msg_reads").HasKey(r => new { r.RoomId, r.UserId });
            b.HasIndex(r => r.UserId).HasDatabaseName("msg_reads_user");
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.Seq).HasColumnName("seq");
            b.Property(r => r.At).HasColumnName("at");
        });
        modelBuilder.Entity<UserHeadRow>(b =>
        {
            b.ToTable("msg_user_heads").HasKey(r => r.UserId);
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.Seq).HasColumnName("seq");
        });
        modelBuilder.Entity<UserLogRow>(b =>
        {
            b.ToTable("msg_user_log").HasKey(r => new { r.UserId, r.UserSeq });
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.UserSeq).HasColumnName("user_seq");
            b.Property(r => r.At).HasColumnName("at");
            b.Property(r => r.Type).HasColumnName("type").HasMaxLength(32);
            b.Property(r => r.Payload).HasColumnName("payload");
        });
        modelBuilder.Entity<MetaRow>(b =>
        {
            b.ToTable("msg_meta").HasKey(r => r.Key);
            b.Property(r => r.Key).HasColumnName("key").HasMaxLength(32);
            b.Property(r => r.Value).HasColumnName("value").HasMaxLength(200);
        });
        if (Database.IsSqlite())
        {
            modelBuilder.Entity<TailRow>(b =>
            {
                b.ToTable("msg_tail").HasKey(r => r.Number);
                b.Property(r => r.Number).HasColumnName("n").ValueGeneratedNever();
                b.Property(r => r.Messages).HasColumnName("messages");
            });
        }
        else
        {
            modelBuilder.Entity<NodeBatchRow>(b =>
            {
                b.ToTable("msg_batches").HasKey(r => new { r.Node, r.Number });
                b.Property(r => r.Node).HasColumnName("node");
                b.Property(r => r.Number).HasColumnName("n");
                b.Property(r => r.At).HasColumnName("at");
                b.Property(r => r.Note).HasColumnName("note");
            });
            modelBuilder.Entity<NodeWriterRow>(b =>
            {
                b.ToTable("msg_writers").HasKey(r => r.Node);
                b.Property(r => r.Node).HasColumnName("node").ValueGeneratedNever();
                b.Property(r => r.Number).HasColumnName("n");
                b.Property(r => r.At).HasColumnName("at");
            });
        }
    }

    private static void ConfigureMessages(EntityTypeBuilder<MessageRow> b)
    {
        b.ToTable("msg_messages").HasKey(r => r.Id);
        b.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        b.Property(r => r.RoomId).HasColumnName("room_id");
        b.Property(r => r.Seq).HasColumnName("seq");
        b.Property(r => r.SenderId).HasColumnName("sender_id");
        b.Property(r => r.ClientId).HasColumnName("client_id").HasMaxLength(64);
        b.Property(r => r.RequestMac).HasColumnName("request_mac");
        b.Property(r => r.Type).HasColumnName("type");
        b.Property(r => r.Text).HasColumnName("text").HasMaxLength(PostMessage.MaxText);
        b.Property(r => r.Html).HasColumnName("html");
        b.Property(r => r.ReplyToId).HasColumnName("reply_to_id");
        b.Property(r => r.ThreadId).HasColumnName("thread_id");
        b.Property(r => r.CreatedAt).HasColumnName("created_at");
        b.Property(r => r.EditedAt).HasColumnName("edited_at");
        b.Property(r => r.DeletedAt).HasColumnName("deleted_at");
        b.Property(r => r.PinnedAt).HasColumnName("pinned_at");
        b.Property(r => r.PinnedBy).HasColumnName("pinned_by");
        b.Property(r => r.ReplyCount).HasColumnName("reply_count");
        b.Property(r => r.LastReplyAt).HasColumnName("last_reply_at");

        // One message for ever for each (room, sender, client id): the schema is the judge of repeats.
        b.HasIndex(r => new { r.RoomId, r.SenderId, r.ClientId }).IsUnique().HasDatabaseName("msg_messages_once");

        // History walks it, and unread counts are answered from it alone; thread replies stand in an index of their own.
        b.HasIndex(r => new { r.RoomId, r.Seq, r.SenderId, r.DeletedAt }).HasFilter("thread_id IS NULL").HasDatabaseName("msg_messages_history");
        b.HasIndex(r => new { r.ThreadId, r.Seq }).HasFilter("thread_id IS NOT NULL").HasDatabaseName("msg_messages_thread");
        b.HasIndex(r => new { r.RoomId, r.PinnedAt }).HasFilter("pinned_at IS NOT NULL").HasDatabaseName("msg_messages_pins");
        b.HasIndex(r => new { r.LastReplyAt, r.Id, r.RoomId }).HasFilter("last_reply_at IS NOT NULL").HasDatabaseName("msg_messages_threads");
    }
}
