using System.Globalization;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Hosting;

/// <summary>
/// A80: request smuggling. Each request is followed, on the same connection, by one that a reader with another idea of the first one's
/// end would answer; it must get no answer.
/// </summary>
public class MessageBoundaryTests(SqliteServer fixture) : IAsyncLifetime
{
    private const string Json = """{"login":"nobody","password":"not this one"}""";
    private const string Second = "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    private const string Chunks = "2C\r\n" + Json + "\r\n0\r\n\r\n";
    private const string Length = "Content-Length: 44\r\n";
    private const string Chunked = "Transfer-Encoding: chunked\r\n";
    private RunningServer server = null!;

    public static TheoryData<string, string, string> Ambiguous => new()
    {
        { "both lengths, the longer", Chunked + "Content-Length: 200\r\n", Chunks },
        { "both lengths, the shorter first", "Content-Length: 4\r\n" + Chunked, Chunks },
        { "both lengths, the mark of one set aside", Chunked + "X-Content-Length: 4\r\n", Chunks },
        { "two different lengths", Length + "Content-Length: 3\r\n", Json },
        { "two equal lengths", Length + Length, Json },
        { "a list of lengths", "Content-Length: 44, 44\r\n", Json },
        { "a negative length", "Content-Length: -1\r\n", Json },
        { "a hexadecimal length", "Content-Length: 0x2c\r\n", Json },
        { "a length beyond 64 bits", "Content-Length: 18446744073709551660\r\n", Json },
        { "a space before the colon of the length", "Content-Length : 44\r\n", Json },
        { "chunked in two lines", Chunked + Chunked, Chunks },
        { "chunked twice", "Transfer-Encoding: chunked, chunked\r\n", Chunks },
        { "compressed and chunked", "Transfer-Encoding: gzip, chunked\r\n", Chunks },
        { "chunked, but not last", "Transfer-Encoding: chunked, identity\r\n", Chunks },
        { "identity", "Transfer-Encoding: identity\r\n", Chunks },
        { "an unknown encoding", "Transfer-Encoding: xchunked\r\n", Chunks },
        { "a quoted encoding", "Transfer-Encoding: \"chunked\"\r\n", Chunks },
        { "a vertical tab before the encoding", "Transfer-Encoding: \vchunked\r\n", Chunks },
        { "a space before the colon of the encoding", "Transfer-Encoding : chunked\r\n", Chunks },
        { "the encoding in a folded line", "Transfer-Encoding:\r\n chunked\r\n", Chunks },
        { "the encoding hidden in a folded line", "X-Note: a\r\n Transfer-Encoding: chunked\r\n" + Length, Json },
        { "the encoding behind a bare LF", "X-Note: a\nTransfer-Encoding: chunked\r\n", Chunks },
        { "the length behind a bare LF", "X-Note: a\n" + Length, Json },
        { "the encoding behind a bare CR", "X-Note: a\rTransfer-Encoding: chunked\r\n" + Length, Json },
        { "NUL in a header", "X-Note: a\0b\r\n" + Length, Json },
        { "a header without a colon", "X-Note\r\n" + Length, Json },
        { "two hosts", "Host: other\r\n" + Length, Json },
        { "a chunk's size beyond 64 bits", Chunked, "1000000000000002C\r\n" + Json + "\r\n0\r\n\r\n" },
        { "a chunk's size beyond 32 bits", Chunked, "10000002C\r\n" + Json + "\r\n0\r\n\r\n" },
        { "a negative chunk", Chunked, "-2C\r\n" + Json + "\r\n0\r\n\r\n" },
        { "a chunk's size with 0x", Chunked, "0x2C\r\n" + Json + "\r\n0\r\n\r\n" },
        { "a chunk's size that is no number", Chunked, "zz\r\n" + Json + "\r\n0\r\n\r\n" },
        { "chunks that end with LF", Chunked, "2C\n" + Json + "\n0\n\n" },
        { "LF in a chunk's extension", Chunked, "2C;a\nb\r\n" + Json + "\r\n0\r\n\r\n" },
        { "CR in a chunk's extension", Chunked, "2C;a\rb\r\n" + Json + "\r\n0\r\n\r\n" },
        { "a chunk longer than its size", Chunked, "2B\r\n" + Json + "\r\n0\r\n\r\n" },
        { "a chunk without its end", Chunked, "2C\r\n" + Json + "0\r\n\r\n" },
    };

    public static TheoryData<string, string, int> Plain => new()
    {
        { Length, Json, 401 },
        { Chunked, Chunks, 401 },
        { "Transfer-Encoding: CHUNKED\r\n", Chunks, 401 },
        { Chunked, "2C\r\n" + Json + "\r\n0\r\nContent-Length: 5\r\n\r\n", 401 },
    };

    public async ValueTask InitializeAsync() => server = await fixture.Running;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task A80_a_request_with_a_doubtful_end_is_answered_400_once_and_the_connection_ends(string what, string headers, string body)
    {
        var (statuses, ended) = await RawHttp.Exchange(server.Address, Head("HTTP/1.1") + headers + "\r\n" + body + Second);
        statuses.ShouldBe([400], what);
        ended.ShouldBeTrue(what);
    }

    [Fact]
    public async Task A80_chunks_in_HTTP_1_0_and_lines_without_CR_are_refused_as_well()
    {
        foreach (var bytes in (string[])
            [
                Head("HTTP/1.0") + "Connection: keep-alive\r\n" + Chunked + "\r\n" + Chunks + Second,
                (Head("HTTP/1.1") + Length + "\r\n").Replace("\r\n", "\n", StringComparison.Ordinal) + Json + Second,
                "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n" + Chunked + "\r\n0\r\n\r\n" + Second,
            ])
        {
            var (statuses, ended) = await RawHttp.Exchange(server.Address, bytes);
            statuses.ShouldBe([400], bytes);
            ended.ShouldBeTrue(bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Plain))]
    public async Task A80_a_plain_request_ends_where_it_says_and_the_next_one_is_answered(string headers, string body, int status)
    {
        var last = Second.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal);
        (await RawHttp.Exchange(server.Address, Head("HTTP/1.1") + headers + "\r\n" + body + last)).Statuses.ShouldBe([status, 200]);
    }

    [Fact]
    public async Task A80_a_body_that_a_route_does_not_read_is_not_taken_for_a_request()
    {
        var hidden = Second.Length.ToString(CultureInfo.InvariantCulture);
        foreach (var line in (string[])["GET /health/live", "POST /api/v1/rooms", "GET /api/v1/nothing", "DELETE /health/live"])
        {
            var (statuses, _) = await RawHttp.Exchange(server.Address, $"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {hidden}\r\nConnection: close\r\n\r\n{Second}");
            statuses.Length.ShouldBe(1, line);
        }
    }

    private static string Head(string version) => $"POST /api/v1/auth/login {version}\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
}
