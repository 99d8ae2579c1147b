using System.Text;

namespace ChatMonolith.Mail.Smtp;

/// <summary>A reply with its last line's text. What a server says is bounded and printable before anybody sees it.</summary>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public bool IsPositive => Code is >= 200 and < 400;

    public bool IsFinalRefusal => Code is >= 500 and < 600;

    public override string ToString() => $"{Code} {string.Join(' ', Lines)}";
}

/// <summary>The lines of an SMTP conversation (RFC 5321, 4.2 and 4.5.3.1.5).</summary>
internal sealed class SmtpLines(Stream stream, TimeSpan patience) : IAsyncDisposable
{
    private const int LongestLine = 1024;
    private const int MostLines = 100;
    private readonly byte[] buffer = new byte[4096];
    private int start;
    private int end;

    /// <summary>Bytes that came and were not read yet.</summary>
    public bool HasMore => start < end;

    public Stream Stream => stream;

    /// <exception cref="SmtpFailure">No reply in time, an end, or nothing like a reply.</exception>
    public async Task<SmtpReply> Read(CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(patience);
        try
        {
            var lines = new List<string>();
            while (lines.Count < MostLines)
            {
                var line = await ReadLine(timeout.Token).ConfigureAwait(false);
                if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, null, out var code) || (line.Length > 3 && line[3] is not (' ' or '-')))
                {
                    throw new SmtpFailure("The mail server does not speak SMTP.");
                }

                lines.Add(line.Length > 4 ? line[4..] : "");
                if (line.Length == 3 || line[3] == ' ')
                {
                    return new SmtpReply(code, lines);
                }
            }

            throw new SmtpFailure("The mail server's reply does not end.");
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new SmtpFailure($"The mail server did not answer within {patience.TotalSeconds:F0} s.", inner: e);
        }
        catch (IOException e)
        {
            throw new SmtpFailure("The mail server ended the connection.", inner: e);
        }
    }

    public Task Write(string line, CancellationToken ct) =>
        line.AsSpan().ContainsAny('\r', '\n') ? throw new ArgumentException("One command is one line.", nameof(line)) : Write(Encoding.ASCII.GetBytes(line + "\r\n"), ct);

    public async Task Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(patience);
        try
        {
            await stream.WriteAsync(bytes, timeout.Token).ConfigureAwait(false);
            await stream.FlushAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new SmtpFailure($"The mail server took nothing for {patience.TotalSeconds:F0} s.", inner: e);
        }
        catch (IOException e)
        {
            throw new SmtpFailure("The mail server ended the connection.", inner: e);
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<string> ReadLine(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (line.Length <= LongestLine)
        {
            if (start == end)
            {
                start = 0;
                end = await stream.ReadAsync(buffer, ct).ConfigureAwait(false);
                if (end == 0)
                {
                    throw new SmtpFailure("The mail server ended the connection.");
                }
            }

            var b = buffer[start++];
            if (b == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(b is >= 32 and < 127 || b == '\r' ? (char)b : '?');
        }

        throw new SmtpFailure("The mail server's reply is too long.");
    }
}
