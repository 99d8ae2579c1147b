using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Messaging.Sockets;
using ChatMonolith.Tests.Harness;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Tests.Realtime;

/// <summary>
/// The whole server in this process, on SQLite in memory-backed files where there are any, so that thousands of schedules run against
/// the real log and the real sequencer. Only what is below the sockets is the test's own.
/// </summary>
internal sealed class InProcess : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string folder;

    private InProcess(WebApplication app, string folder)
    {
        this.app = app;
        this.folder = folder;
    }

    public IServiceProvider Services => app.Services;

    public WebApplication App => app;

    public Hub Hub => Services.GetRequiredService<Hub>();

    public Uri Address => new(app.Urls.First());

    public static Task<InProcess> Start(params string[] settings) => Start(TimeProvider.System, settings);

    /// <param name="time">The server's clock.</param>
    /// <param name="settings">As on the command line.</param>
    public static async Task<InProcess> Start(TimeProvider time, params string[] settings)
    {
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var data = Directory.CreateDirectory(Path.Combine(root, "chat-" + Guid.NewGuid().ToString("N"))).FullName;
        Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        var server = Host.Server.Build([$"--Data:Directory={data}", "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning", "--RateLimits:Enabled=false", "--Data:ReserveMegaBytes=0", .. settings], time);
        _ = server.Services.GetRequiredService<DataFolder>();
        await server.Services.GetRequiredService<Schema>().Migrate(CancellationToken.None);
        await server.StartAsync();
        return new InProcess(server, data);
    }

    /// <summary>An account, made over HTTP as anybody would.</summary>
    public async Task<Caller> Register(string name)
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var body = new StringContent(
            JsonSerializer.Serialize(new { username = name, email = name + "@example.org", password = "a long enough phrase" }), System.Text.Encoding.UTF8, "application/json");
        var answer = await Answer.Read(await http.PostAsync("/api/v1/auth/register", body));
        return new Caller(answer.Ok(201)["user"].GetProperty("id").GetGuid(), Guid.CreateVersion7(), IsAdmin: false);
    }

    public async Task<T> Send<T>(IRequest<T> request)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Opens a socket as the endpoint does after its handshake.</summary>
    public async Task<Device> Open(Caller caller, bool resume)
    {
        var wire = new CapturedWire();
        var connection = new Connection(caller, null, wire, Services.GetRequiredService<IOptions<RealtimeOptions>>().Value, TimeProvider.System);
        (await Hub.Ask(floor => floor.Register(connection, 1000))).ShouldBeTrue();
        await Services.GetRequiredService<ISocketApplication>().Opened(connection, resume, CancellationToken.None);
        return new Device(this, connection, wire);
    }

    /// <summary>One socket of the test.</summary>
    internal sealed class Device(InProcess server, Connection connection, CapturedWire wire)
    {
        public CapturedWire Wire => wire;

        public async Task<JsonElement> Resume(long userSeq, IReadOnlyDictionary<string, long> rooms)
        {
            var hello = await wire.WaitFor(f => f.Type() == "hello", "hello");
            await using var scope = server.Services.CreateAsyncScope();
            var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
            var call = new SocketCall(connection.Caller, connection, mediator, new Reply(connection), connection.Ended);
            var result = await mediator.Send(new Resume.Command(hello.Word("epoch"), userSeq, rooms, call));
            result.IsOk.ShouldBeTrue(result.Error?.ToString());
            return await wire.WaitFor(f => f.Type() == "ok", "the resume's reply");
        }

        public async Task Drop()
        {
            wire.Flow();
            await server.Hub.Do(floor => floor.Unregister(connection));
            connection.End(abort: true);
        }
    }

    private sealed class Reply(Connection connection) : ICommandReply
    {
        public void Committed(object value) => connection.Send(OutFrame.Text(value, static (json, v) =>
        {
            json.WriteStartObject();
            json.WriteString("type", "ok");
            foreach (var member in JsonSerializer.SerializeToElement(v, v.GetType(), Json.Frames).EnumerateObject())
            {
                member.WriteTo(json);
            }

            json.WriteEndObject();
        }));
    }
}
