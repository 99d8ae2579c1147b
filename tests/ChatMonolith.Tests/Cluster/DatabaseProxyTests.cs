using System.Text;
using ChatMonolith.Tests.Harness;
using Npgsql;

namespace ChatMonolith.Tests.Cluster;

/// <summary>The faults are real ones: a test of them that a broken proxy would pass proves nothing.</summary>
public sealed class DatabaseProxyTests : IAsyncLifetime
{
    private static readonly byte[] Sent = [.. Message('Z', "I"), .. Message('A', "1234chat\0hello\0"), .. Message('1', ""), .. Message('D', new string('x', 300)), .. Message('A', ""), .. Message('Z', "T")];
    private string database = "";
    private DatabaseProxy proxy = null!;

    private string Way => new NpgsqlConnectionStringBuilder(database)
    {
        Port = proxy.Port, SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable, Pooling = false, Timeout = 3,
    }.ToString();

    public async ValueTask InitializeAsync()
    {
        var cluster = await PostgresCluster.Shared;
        database = await cluster.CreateDatabase();
        proxy = DatabaseProxy.Start(cluster.Port, new Dice(1));
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await (await PostgresCluster.Shared).DropDatabase(database);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Only_notifications_are_left_out_wherever_the_pieces_end(int piece)
    {
        var filter = new NotificationFilter(() => true);
        using var kept = new MemoryStream();
        foreach (var part in Sent.Chunk(piece))
        {
            filter.Pass(part, kept);
        }

        kept.ToArray().ShouldBe([.. Message('Z', "I"), .. Message('1', ""), .. Message('D', new string('x', 300)), .. Message('Z', "T")]);
    }

    [Fact]
    public void What_is_not_dropped_passes_as_it_is()
    {
        var filter = new NotificationFilter(() => false);
        using var kept = new MemoryStream();
        filter.Pass(Sent, kept);
        kept.ToArray().ShouldBe(Sent);
    }

    [Fact]
    public async Task A_dropped_notification_is_not_heard_and_all_else_is()
    {
        await using var listening = await Connect();
        var heard = new List<string>();
        listening.Notification += (_, told) => heard.Add(told.Payload);
        await Run(listening, "LISTEN chat");
        proxy.LostInHundred = 100;
        await Run(listening, "NOTIFY chat, 'lost'; SELECT 1");
        proxy.LostInHundred = 0;
        await Run(listening, "NOTIFY chat, 'heard'; SELECT 1");
        heard.ShouldBe(["heard"]);
        proxy.Dropped.ShouldBe(1);
    }

    [Fact]
    public async Task A_cut_breaks_what_is_open_and_refuses_what_is_new_until_it_is_healed()
    {
        await using var open = await Connect();
        proxy.Cut();
        await Should.ThrowAsync<NpgsqlException>(() => Run(open, "SELECT 1"));
        await Should.ThrowAsync<NpgsqlException>(Connect);
        proxy.Heal();
        await using var again = await Connect();
        await Run(again, "SELECT 1");
    }

    [Fact]
    public async Task A_stall_holds_what_is_sent_and_heals_without_a_loss()
    {
        await using var open = await Connect();
        await Run(open, "CREATE TABLE kept (n int)");
        proxy.Stall();
        var insert = Run(open, "INSERT INTO kept VALUES (1)");
        await Should.ThrowAsync<NpgsqlException>(Connect);
        insert.IsCompleted.ShouldBeFalse("nothing passes");
        proxy.Heal();
        await insert.Within("the statement that waited");
    }

    private static byte[] Message(char type, string body)
    {
        var length = body.Length + 4;
        return [(byte)type, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. Encoding.ASCII.GetBytes(body)];
    }

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // The texts are this file's own.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlConnection> Connect()
    {
        var connection = new NpgsqlConnection(Way);
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
