using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Files;

/// <summary>The server is killed at any moment of uploads; what was acknowledged is there, and nothing lies about when it is swept.</summary>
public class UploadCrashTests
{
    private const int FileBytes = 700_000;

    [Theory]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.PostgreSql, false)]
    [InlineData(Engine.Sqlite, true)]
    public async Task C9_no_acknowledged_offset_or_file_is_lost_when_the_server_is_killed_and_no_bytes_are_left_over(Engine engine, bool onS3)
    {
        var dice = Dice.FromEnvironment();
        await using var s3 = onS3 ? await S3Store.Start() : null;
        await using var server = await RunningServer.Start(engine, [("Files__OrphanMinutes", "1"), ("Files__UploadHours", "1"), .. s3?.Settings ?? []]);
        await using var ann = await server.Register("Ann");
        var room = await ann.CreateRoom("work");
        var whole = new Dictionary<Guid, string>();
        var crashes = Depth.IsDeep ? 200 : 6;
        for (var i = 0; i < crashes; i++)
        {
            var bytes = FilePeople.Random(FileBytes);
            var killing = Task.Run(async () =>
            {
                await Task.Delay(dice.Next(250));
                await server.Kill9();
            });
            var (upload, acknowledged) = await UploadUntilKilled(ann, room, i, bytes, dice.Fork());
            await killing;
            await server.Restart();
            if (upload is null)
            {
                continue;
            }

            var offset = await ann.Offset(upload);
            offset.ShouldBeGreaterThanOrEqualTo(acknowledged, $"crash {i}, seed {dice.Seed}");
            while (offset < FileBytes)
            {
                var answer = await ann.Append(upload, offset, bytes[(int)offset..Math.Min(FileBytes, (int)offset + 200_000)]);
                answer.Ok(204);
                offset = await ann.Offset(upload);
            }

            whole[upload.UploadId()] = FilePeople.Sha256(bytes);
        }

        foreach (var (id, sha256) in whole)
        {
            FilePeople.Sha256(await ann.Download(id)).ShouldBe(sha256, $"seed {dice.Seed}");
        }

        var messages = (await ann.History(room)).SelectMany(m => m.GetProperty("attachments").EnumerateArray()).Select(f => f.Id()).ToList();
        messages.ShouldBeUnique();
        whole.Keys.ShouldBeSubsetOf(messages);
        (await ann.Http.Get("files?limit=200")).Ok()["items"].GetArrayLength().ShouldBe(messages.Count);
    }

    /// <returns>The upload, if its beginning was acknowledged, and the last offset that was.</returns>
    private static async Task<(string? Upload, long Acknowledged)> UploadUntilKilled(Person ann, Guid room, int i, byte[] bytes, Dice dice)
    {
        string? upload = null;
        var offset = 0L;
        try
        {
            upload = await ann.BeginUpload(bytes.Length, ("filename", $"f{i}.bin"), ("roomId", room.ToString()), ("clientId", $"c{i}"));
            while (offset < bytes.Length)
            {
                var next = Math.Min(bytes.Length, offset + 1 + dice.Next(150_000));
                if ((await ann.Append(upload, offset, bytes[(int)offset..(int)next])).Status != 204)
                {
                    break;
                }

                offset = next;
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }

        return (upload, offset);
    }
}
