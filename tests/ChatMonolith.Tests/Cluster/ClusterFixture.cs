using System.Globalization;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Cluster;

/// <summary>Three nodes and thirty people for all tests of several nodes, which use them one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SeveralNodes : ICollectionFixture<ClusterFixture>
{
    public const string Name = "Several nodes";
}

public sealed class ClusterFixture : IAsyncLifetime
{
    public const int People = 30;
    private readonly List<Person> people = [];
    private ServerCluster? cluster;

    public ServerCluster Cluster => cluster!;

    /// <summary>Makes the rooms; the first account, so an admin.</summary>
    public Person Owner { get; private set; } = null!;

    public IReadOnlyList<Person> Clients => people;

    public async ValueTask InitializeAsync()
    {
        cluster = await ServerCluster.Start();
        Owner = await cluster[0].Register("Owner");
        for (var i = 0; i < People; i++)
        {
            people.Add(await cluster[i % ServerCluster.Nodes].Register(string.Create(CultureInfo.InvariantCulture, $"p{i}")));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }

        await (Owner?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
