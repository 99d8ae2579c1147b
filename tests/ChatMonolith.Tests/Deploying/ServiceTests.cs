using System.Net.Sockets;
using System.Text;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Deploying;

/// <summary>What a service manager and an operator are told.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task The_service_manager_is_told_when_the_server_serves_and_when_it_stops()
    {
        using var folder = new TemporaryFolder();
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(folder["notify"]));
        await using var server = await RunningServer.Start(Engine.Sqlite, ("NOTIFY_SOCKET", folder["notify"]));
        (await Told(manager)).ShouldBe("READY=1");
        (await server.Stop()).ShouldBe(0);
        (await Told(manager)).ShouldBe("STOPPING=1");
    }

    [Fact]
    public async Task The_program_tells_its_version_without_starting()
    {
        var told = await ChildProcess.Run("dotnet", Repository.ServerBinary, "--version");
        var said = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "Directory.Build.props"))).Single(l => l.Contains("<Version>", StringComparison.Ordinal)).Trim().Split('>', '<')[2];
        told.Trim().Split('+')[0].ShouldBe(said);
        (await ChildProcess.Run("dotnet", Repository.ChatctlBinary, "--version")).Trim().Split('+')[0].ShouldBe(said);
    }

    private static async Task<string> Told(Socket manager)
    {
        var buffer = new byte[256];
        var length = await manager.ReceiveAsync(buffer.AsMemory()).AsTask().Within("the service manager to be told");
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
