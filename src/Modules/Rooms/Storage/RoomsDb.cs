using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChatMonolith.Rooms.Storage;

internal sealed class RoomsDb(DbContextOptions<RoomsDb> options) : ModuleDbContext(options)
{
    public const string Prefix = "rooms_";

    public DbSet<Room> Rooms => Set<Room>();

    public DbSet<RoomMember> Members => Set<RoomMember>();

    public DbSet<RoomInvite> Invites => Set<RoomInvite>();

    public DbSet<PersonPresence> Presence => Set<PersonPresence>();

    public DbSet<RoomAvatar> Avatars => Set<RoomAvatar>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Room>(Map);
        modelBuilder.Entity<RoomMember>(Map);
        modelBuilder.Entity<RoomInvite>(Map);
        modelBuilder.Entity<PersonPresence>(Map);
        modelBuilder.Entity<RoomAvatar>(Map);
    }

    private static void Map(EntityTypeBuilder<Room> room)
    {
        room.ToTable("rooms_rooms");
        room.HasKey(r => r.Id);
        room.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        room.Property(r => r.Type).HasColumnName("type");
        room.Property(r => r.Name).HasColumnName("name").HasMaxLength(RoomText.MaxName);
        room.Property(r => r.NameKey).HasColumnName("name_key").HasMaxLength(RoomText.MaxName);
        room.Property(r => r.Topic).HasColumnName("topic").HasMaxLength(RoomText.MaxTopic);
        room.Property(r => r.CreatedBy).HasColumnName("created_by");
        room.Property(r => r.CreatedAt).HasColumnName("created_at");
        room.Property(r => r.MemberCount).HasColumnName("member_count");
        room.Property(r => r.SlowModeSeconds).HasColumnName("slow_mode_seconds");
        room.Property(r => r.RetentionDays).HasColumnName("retention_days");
        room.Property(r => r.PairKey).HasColumnName("pair_key").HasMaxLength(Storage.PairKey.Length);
        room.Property(r => r.Handle).HasColumnName("handle").HasMaxLength(Room.MaxHandle);
        room.Property(r => r.DeletedAt).HasColumnName("deleted_at");
        room.Property(r => r.AvatarVersion).HasColumnName("avatar_version").HasMaxLength(Room.MaxAvatarVersion);
        room.Ignore(r => r.AvatarUrl);
        room.HasIndex(r => r.PairKey).IsUnique().HasDatabaseName("rooms_rooms_pair");
        room.HasIndex(r => r.Handle).IsUnique().HasDatabaseName("rooms_rooms_handle");
        room.HasIndex(r => new { r.Type, r.NameKey, r.Id }).HasDatabaseName("rooms_rooms_directory");
        room.HasIndex(r => r.DeletedAt).HasDatabaseName("rooms_rooms_deleted");
    }

    private static void Map(EntityTypeBuilder<RoomMember> member)
    {
        member.ToTable("rooms_members");
        member.HasKey(m => new { m.RoomId, m.UserId });
        member.Property(m => m.RoomId).HasColumnName("room_id");
        member.Property(m => m.UserId).HasColumnName("user_id");
        member.Property(m => m.Role).HasColumnName("role");
        member.Property(m => m.JoinedAt).HasColumnName("joined_at");
        member.Property(m => m.Muted).HasColumnName("muted");
        member.Property(m => m.Notify).HasColumnName("notify");
        member.HasOne<Room>().WithMany().HasForeignKey(m => m.RoomId).HasConstraintName("rooms_members_room").OnDelete(DeleteBehavior.Restrict);
        member.HasIndex(m => new { m.UserId, m.RoomId }).HasDatabaseName("rooms_members_user");
        member.HasIndex(m => new { m.RoomId, m.JoinedAt, m.UserId }).HasDatabaseName("rooms_members_joined");
        member.HasIndex(m => new { m.RoomId, m.Role }).HasDatabaseName("rooms_members_role");
    }

    private static void Map(EntityTypeBuilder<RoomInvite> invite)
    {
        invite.ToTable("rooms_invites");
        invite.HasKey(i => i.Id);
        invite.Property(i => i.Id).HasColumnName("id").ValueGeneratedNever();
        invite.Property(i => i.RoomId).HasColumnName("room_id");
        invite.Property(i => i.CodeHash).HasColumnName("code_hash").HasMaxLength(RoomInvite.HashBytes);
        invite.Property(i => i.CreatedBy).HasColumnName("created_by");
        invite.Property(i => i.CreatedAt).HasColumnName("created_at");
        invite.Property(i => i.ExpiresAt).HasColumnName("expires_at");
        invite.Property(i => i.MaxUses).HasColumnName("max_uses");
        invite.Property(i => i.Uses).HasColumnName("uses");
        invite.Property(i => i.UsedUpAt).HasColumnName("used_up_at");
        invite.HasOne<Room>().WithMany().HasForeignKey(i => i.RoomId).HasConstraintName("rooms_invites_room").OnDelete(DeleteBehavior.Restrict);
        invite.HasIndex(i => i.CodeHash).IsUnique().HasDatabaseName("rooms_invites_code");
        invite.HasIndex(i => new { i.RoomId, i.Id }).HasDatabaseName("rooms_invites_room_id");
        invite.HasIndex(i => i.ExpiresAt).HasDatabaseName("rooms_invites_expires");
        invite.HasIndex(i => i.UsedUpAt).HasDatabaseName("rooms_invites_used_up");
    }

    private static void Map(EntityTypeBuilder<RoomAvatar> avatar)
    {
        avatar.ToTable("rooms_avatars");
        avatar.HasKey(a => a.RoomId);
        avatar.Property(a => a.RoomId).HasColumnName("room_id").ValueGeneratedNever();
        avatar.Property(a => a.Version).HasColumnName("version").HasMaxLength(Room.MaxAvatarVersion);
        avatar.Property(a => a.ContentType).HasColumnName("content_type").HasMaxLength(32);
        avatar.Property(a => a.Bytes).HasColumnName("bytes");
        avatar.HasOne<Room>().WithOne().HasForeignKey<RoomAvatar>(a => a.RoomId).HasConstraintName("rooms_avatars_room").OnDelete(DeleteBehavior.Cascade);
    }

    private static void Map(EntityTypeBuilder<PersonPresence> presence)
    {
        presence.ToTable("rooms_presence");
        presence.HasKey(p => p.UserId);
        presence.Property(p => p.UserId).HasColumnName("user_id").ValueGeneratedNever();
        presence.Property(p => p.Chosen).HasColumnName("chosen");
        presence.Property(p => p.LastSeenAt).HasColumnName("last_seen_at");
    }
}
