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

/// <summary>What came into a room with a bot of its own.</summary>
internal interface IWithBot
{
    Guid Id { get; }

    Guid RoomId { get; }

    Guid BotId { get; }
}

/// <summary>A URL that posts into a room, as a bot of its own.</summary>
internal sealed class IncomingRow : IWithBot
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

/// <summary>A command of a room's, <c>/name</c>, that a program outside answers.</summary>
internal sealed class CommandRow : IWithBot
{
    public const int MaxName = 32;
    public const int MaxHint = 80;
    public const int MaxDescription = 200;
    public const int MaxAnswerBytes = 64 * 1024;

    public Guid Id { get; init; }

    public Guid RoomId { get; init; }

    /// <summary>Who made it; it works while they own the room.</summary>
    public Guid CreatedBy { get; init; }

    /// <summary>As whom it answers into the room.</summary>
    public Guid BotId { get; init; }

    /// <summary>Without its slash; unique in its room.</summary>
    public string Name { get; init; } = "";

    public string Url { get; init; } = "";

    /// <summary>What follows the name, for completion.</summary>
    public string Hint { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>What it is signed with, encrypted under a key of the server's.</summary>
    public byte[] Sealed { get; init; } = [];

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

    public DbSet<CommandRow> Commands => Set<CommandRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<HookRow>(Configure);
        modelBuilder.Entity<CommandRow>(Configure);
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

    private static void Configure(EntityTypeBuilder<CommandRow> row)
    {
        row.ToTable("hooks_commands");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.RoomId).HasColumnName("room_id");
        row.Property(r => r.CreatedBy).HasColumnName("created_by");
        row.Property(r => r.BotId).HasColumnName("bot_id");
        row.Property(r => r.Name).HasColumnName("name").HasMaxLength(CommandRow.MaxName);
        row.Property(r => r.Url).HasColumnName("url").HasMaxLength(HookRow.MaxUrl);
        row.Property(r => r.Hint).HasColumnName("hint").HasMaxLength(CommandRow.MaxHint);
        row.Property(r => r.Description).HasColumnName("description").HasMaxLength(CommandRow.MaxDescription);
        row.Property(r => r.Sealed).HasColumnName("sealed");
        row.Property(r => r.CreatedAt).HasColumnName("created_at");
        row.HasIndex(r => new { r.RoomId, r.Name }).IsUnique().HasDatabaseName("hooks_commands_name");
    }
}
