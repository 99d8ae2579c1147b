using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ChatMonolith.BuildingBlocks.Nodes;

/// <summary>Section <c>Nodes</c>: several servers on one PostgreSQL database and one bucket.</summary>
public sealed class NodesOptions
{
    public const string Section = "Nodes";

    /// <summary>This server is one of several. Needs PostgreSQL, blobs in S3, and <see cref="Secret"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>What the administration calls this node; the machine's name where it is empty.</summary>
    [MaxLength(60)]
    public string Name { get; set; } = "";

    /// <summary>What this node is called.</summary>
    public string NameOrMachine => Name.Length > 0 ? Name : Environment.MachineName;

    /// <summary>The same on all nodes, at least 32 characters: seals the keys that they share in the database.</summary>
    [MaxLength(500)]
    public string Secret { get; set; } = "";

    /// <summary>So long a node may act without having renewed its lease. A node that dies holds what it held for as long.</summary>
    [Range(2, 60)]
    public int LeaseSeconds { get; set; } = 5;

    /// <summary>So long the other nodes have to say that a right has ended, before the one that does not is shut out.</summary>
    [Range(100, 10_000)]
    public int AcknowledgeMilliseconds { get; set; } = 1_000;

    /// <summary>For what is composed before there are options.</summary>
    public static bool AreEnabled(IConfiguration configuration) => configuration.GetValue<bool>($"{Section}:{nameof(Enabled)}");
}
