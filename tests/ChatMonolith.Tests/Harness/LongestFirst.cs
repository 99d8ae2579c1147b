using ChatMonolith.Tests.Cluster;
using ChatMonolith.Tests.Fuzzing;
using ChatMonolith.Tests.Realtime;
using ChatMonolith.Tests.Reliability;
using Xunit.Sdk;
using Xunit.v3;

namespace ChatMonolith.Tests.Harness;

/// <summary>What takes minutes begins first, so that nobody waits for it alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        SeveralNodes.Name, .. new[] { typeof(ResumeScheduleTests), typeof(CrashTests.OnSqlite), typeof(CrashTests.OnPostgreSql), typeof(HttpFuzzTests.OnSqlite), typeof(HttpFuzzTests.OnPostgreSql) }.Select(t => t.FullName!),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => Place(c.TestCollectionDisplayName))];

    private static int Place(string name)
    {
        var at = Array.FindIndex(Long, type => name.Contains(type, StringComparison.Ordinal));
        return at < 0 ? Long.Length : at;
    }
}
