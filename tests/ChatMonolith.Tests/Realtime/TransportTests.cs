using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Realtime;

/// <summary>Both ways in which bytes reach a socket: taken out of the web server's hands, and through its stream under TLS.</summary>
public class TransportTests
{
    [Fact]
    public async Task Frames_that_come_in_one_piece_with_the_handshake_are_answered_in_their_order()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        var ann = await server.Register("ann");
        var ahead = Enumerable.Range(0, 50).SelectMany(i => RawSocket.Frame($$"""{"type":"ping","ref":"{{i}}"}""")).ToArray();
        await using var raw = await RawSocket.Connect(server.Address, SocketCredentials.Token(ann.AccessToken).PathAndQuery(), ahead);
        raw.Status.ShouldBe(101);
        (await raw.ReadFrame())!.Json.Type().ShouldBe("hello");
        for (var i = 0; i < 50; i++)
        {
            (await raw.ReadFrame())!.Json.Word("ref").ShouldBe($"{i}");
        }
    }

    [Fact]
    public async Task A_socket_under_TLS_sends_receives_replays_and_is_ended_like_any_other()
    {
        using var folder = new TemporaryFolder();
        await using var server = await RunningServer.Prepare(Engine.Sqlite);
        var tls = new UriBuilder(Uri.UriSchemeHttps, "127.0.0.1", FreePorts.Next()).Uri;
        await File.WriteAllBytesAsync(folder["server.pfx"], Certificate());
        server.Set("Kestrel__Endpoints__Plain__Url", server.Address.ToString());
        server.Set("Kestrel__Endpoints__Tls__Url", tls.ToString());
        server.Set("Kestrel__Endpoints__Tls__Certificate__Path", folder["server.pfx"]);
        await server.Restart();
        var ann = await server.Register("ann");
        var bob = await server.Register("bob");
        var room = await ann.CreateRoom("safe", "private", bob);
        var credentials = ("Authorization", "Bearer " + bob.AccessToken);
        await using var raw = await RawSocket.Connect(tls, "/ws", credentials);
        (await raw.ReadFrame())!.Json.Type().ShouldBe("hello");

        // More than fits into the buffers between the two at once.
        var text = new string('x', 8_000);
        for (var i = 0; i < 100; i++)
        {
            await ann.Post(room, text);
        }

        for (var i = 0; i < 100; i++)
        {
            (await raw.ReadFrame())!.Json.Type().ShouldBe("message.created");
        }

        await raw.SendBytes(RawSocket.Frame($$"""{"type":"message.send","ref":"r","roomId":"{{room}}","clientId":"c","text":"over TLS"}"""));
        (await raw.ReadFrame())!.Json.IsOk().ShouldBeTrue();
        (await raw.ReadFrame())!.Json.GetProperty("message").Text().ShouldBe("over TLS");

        (await bob.Http.Post("auth/logout")).Ok();
        (await raw.ReadFrame())!.Opcode.ShouldBe(RawSocket.CloseFrame);
    }

    private static byte[] Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return certificate.Export(X509ContentType.Pfx);
    }
}
