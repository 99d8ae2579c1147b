using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChatMonolith.Hooks.Data;

/// <summary>An address that is told what happens in a room, and how far it has been told.</summary>
internal sealed class HookRow
{
    public const int MaxUrl = 1000;
    public const int MaxName = 80;
    public const int MaxProblem = 200;

    public Guid Id { get; init; }

    public Guid RoomId { get; init; }

    /// <summary>Whose right it is told by, asked anew for each delivery.</summary>
    public Guid CreatedBy { get; init; }

    public string Name { get; init; } = "";

    public string Url { get; init; } = "";

    /// <summary>What deliveries are signed with, encrypted under a key of the server's.</summary>
    public byte[] Sealed { get; init; } = [];

    public long CreatedAt { get; init; }

    /// <summary>The last number that the receiver has taken.</summary>
    public long LastSeq { get; set; }

    /// <summary>In a row.</summary>
    public int Failures { get; set; }

    public long NextAt { get; set; }

    public long? DisabledAt { get; set; }

    public string? Problem { get; set; }
}

/// <summary>A URL that posts into a room, as a bot of its own.</summary>
internal sealed class IncomingRow
{
    public Guid Id { get; init; }

    public Guid RoomId { get; init; }

    /// <summary>Who made it; it posts while they own the room.</summary>
    public Guid CreatedBy { get; init; }

    public Guid BotId { get; init; }

    public string Name { get; init; } = "";

    /// <summary>The SHA-256 of what stands in the URL.</summary>
    public byte[] Hash { get; init; } = [];

    public long CreatedAt { get; init; }
}

internal sealed class HooksDb : ModuleDbContext
{
    public const string Prefix = "hooks_";

    public HooksDb(DbContextOptions<HooksDb> options)
        : base(options)
    {
    }

    public DbSet<HookRow> Hooks => Set<HookRow>();

    public DbSet<IncomingRow> Incoming => Set<IncomingRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<HookRow>(Configure);
        modelBuilder.Entity<IncomingRow>(row =>
        {
            row.ToTable("hooks_incoming");
            row.HasKey(r => r.Id);
            row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            row.Property(r => r.RoomId).HasColumnName("room_id");
            row.Property(r => r.CreatedBy).HasColumnName("created_by");
            row.Property(r => r.BotId).HasColumnName("bot_id");
            row.Property(r => r.Name).HasColumnName("name").HasMaxLength(HookRow.MaxName);
            row.Property(r => r.Hash).HasColumnName("hash");
            row.Property(r => r.CreatedAt).HasColumnName("created_at");
            row.HasIndex(r => r.RoomId).HasDatabaseName("hooks_incoming_room");
        });
    }

    private static void Configure(EntityTypeBuilder<HookRow> row)
    {
        row.ToTable("hooks_outgoing");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.RoomId).HasColumnName("room_id");
        row.Property(r => r.CreatedBy).HasColumnName("created_by");
        row.Property(r => r.Name).HasColumnName("name").HasMaxLength(HookRow.MaxName);
        row.Property(r => r.Url).HasColumnName("url").HasMaxLength(HookRow.MaxUrl);
        row.Property(r => r.Sealed).HasColumnName("sealed");
        row.Property(r => r.CreatedAt).HasColumnName("created_at");
        row.Property(r => r.LastSeq).HasColumnName("last_seq");
        row.Property(r => r.Failures).HasColumnName("failures");
        row.Property(r => r.NextAt).HasColumnName("next_at");
        row.Property(r => r.DisabledAt).HasColumnName("disabled_at");
        row.Property(r => r.Problem).HasColumnName("problem").HasMaxLength(HookRow.MaxProblem);
        row.HasIndex(r => r.RoomId).HasDatabaseName("hooks_outgoing_room");
    }
}
