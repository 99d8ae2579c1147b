using System.Globalization;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Files;

/// <summary>The tus project's own client, through a network that breaks.</summary>
public class TusClientTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_real_tus_client_uploads_a_large_file_through_twenty_cuts_in_flat_memory(bool onS3)
    {
        var megabytes = Depth.IsDeep ? 1_024 : 64;
        await using var s3 = onS3 ? await S3Store.Start() : null;
        await using var server = await RunningServer.Start(Engine.Sqlite, [("DOTNET_GCgen0size", "2000000"), .. s3?.Settings ?? []]);
        await using var ann = await server.Register("Ann");
        using var folder = new TemporaryFolder();
        var path = folder["large.bin"];
        string hash;
        await using (var file = File.Create(path))
        {
            using var sum = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
            for (var i = 0; i < megabytes; i++)
            {
                var block = FilePeople.Random(1024 * 1024);
                sum.AppendData(block);
                await file.WriteAsync(block, TestContext.Current.CancellationToken);
            }

            hash = Convert.ToHexStringLower(sum.GetHashAndReset());
        }

        await ann.Store("warm", new byte[6_000_000]);
        var before = server.Process.ResidentBytes();
        var seed = Dice.FromEnvironment().Next(1_000_000);
        await using var client = await NodePrograms.Start("tus.js", new Uri(server.Address, "/api/v1/uploads").ToString(), ann.AccessToken, path, "20", seed.ToString(CultureInfo.InvariantCulture));
        var most = 0L;
        await Deadline.Until(
            () =>
            {
                most = Math.Max(most, server.Process.ResidentBytes());
                return client.HasExited;
            },
            "the client to be done",
            TimeSpan.FromMinutes(Depth.IsDeep ? 10 : 3));
        client.Output.ShouldContain("done ", Case.Sensitive, $"seed {seed}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{client.Output.Trim()}; memory grew by {(most - before) / 1_000_000} MB");
        var upload = client.Output.Split(' ')[1];
        var uploaded = (await ann.Http.Get($"files/{upload.UploadId()}")).Ok();
        uploaded["sha256"].GetString().ShouldBe(hash);
        FilePeople.Sha256(await ann.Download(upload.UploadId())).ShouldBe(hash);
        int.Parse(client.Output.Split("cuts ")[1], CultureInfo.InvariantCulture).ShouldBeGreaterThan(10);
        (most - before).ShouldBeLessThan(60_000_000);
    }
}
