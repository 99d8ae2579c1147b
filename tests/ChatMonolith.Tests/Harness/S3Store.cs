using System.Globalization;

namespace ChatMonolith.Tests.Harness;

/// <summary>An S3 server of its own with an empty bucket.</summary>
public sealed class S3Store : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly ChildProcess process;

    private S3Store(TemporaryFolder folder, ChildProcess process, int port)
    {
        (this.folder, this.process) = (folder, process);
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
    }

    public string Endpoint { get; }

    /// <summary>Where it keeps its objects.</summary>
    public string Folder => folder.Root;

    /// <summary>What a server needs to use it.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Storage__Provider", "S3"), ("Storage__Endpoint", Endpoint), ("Storage__Bucket", "chat"), ("Storage__AccessKey", "S3RVER"), ("Storage__SecretKey", "S3RVER"), ("Storage__PartMegaBytes", "5"),
    ];

    public static async Task<S3Store> Start()
    {
        var objects = new TemporaryFolder();
        var program = await NodePrograms.Start("s3.js", objects.Root);
        await Deadline.Until(() => program.HasExited || program.Output.Contains("port ", StringComparison.Ordinal), "the S3 server to start");
        var line = program.Output.Split('\n').FirstOrDefault(l => l.StartsWith("port ", StringComparison.Ordinal)) ?? throw new InvalidOperationException(program.Output);
        return new S3Store(objects, program, int.Parse(line[5..], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
