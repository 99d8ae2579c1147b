using System.Collections.Concurrent;

namespace ChatMonolith.Tests.Harness;

/// <summary>
/// What a server's first start leaves in its folder and its database, made once for each engine and copied for every test that is about
/// something later: making the schema anew would be half of what their starts cost.
/// </summary>
internal sealed class FirstStart : IDisposable
{
    private static readonly ConcurrentDictionary<Engine, Lazy<Task<FirstStart>>> Made = new();

    // Made again by each start, and large.
    private const string Reserve = "reserve";
    private readonly TemporaryFolder folder = new();

    private FirstStart() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();

    /// <summary>The template of PostgreSQL's databases.</summary>
    public string? Database { get; private set; }

    public static Task<FirstStart> Of(Engine engine) => Made.GetOrAdd(engine, e => new Lazy<Task<FirstStart>>(() => Make(e))).Value;

    public void CopyTo(string data) => Copy(folder.Root, data);

    public void Dispose() => folder.Dispose();

    private static async Task<FirstStart> Make(Engine engine)
    {
        var made = new FirstStart();
        await using var server = await RunningServer.Prepare(engine);
        await server.Restart();
        (await server.Stop()).ShouldBe(0, server.Output);
        Copy(server.DataFolder, made.folder.Root);
        if (engine is Engine.PostgreSql)
        {
            made.Database = await (await PostgresCluster.Shared).KeepAsTemplate(server.ConnectionString);
        }

        return made;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, File.GetUnixFileMode(from));
        foreach (var one in Directory.EnumerateDirectories(from))
        {
            Copy(one, Path.Combine(to, Path.GetFileName(one)));
        }

        foreach (var one in Directory.EnumerateFiles(from).Where(f => Path.GetFileName(f) != Reserve))
        {
            File.Copy(one, Path.Combine(to, Path.GetFileName(one)));
        }
    }
}
