using System.Buffers.Binary;
using System.Text.Json;

namespace ChatMonolith.Tests.Realtime;

/// <summary>
/// Stands where a socket's stream stands: takes what the server hands over, frame by frame, at the moment of the handing-over, and can
/// stall as a slow reader's socket does.
/// </summary>
internal sealed class CapturedStream : Stream
{
    private readonly List<JsonElement> frames = [];
    private readonly Lock sync = new();
    private TaskCompletionSource? stall;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public int? CloseCode { get; private set; }

    public IReadOnlyList<JsonElement> Frames
    {
        get
        {
            lock (sync)
            {
                return [.. frames];
            }
        }
    }

    public void Stall() => stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Flow()
    {
        stall?.TrySetResult();
        stall = null;
    }

    public async Task<JsonElement> WaitFor(Func<JsonElement, bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            Task more;
            lock (sync)
            {
                foreach (var frame in frames)
                {
                    if (condition(frame))
                    {
                        return frame;
                    }
                }

                more = changed.Task;
            }

            try
            {
                await more.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"Waited for {what}; closed with {CloseCode}; frames: {string.Join('\n', Frames)}", e);
            }
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (sync)
        {
            Take(buffer.Span);
            changed.TrySetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return stall is { } waiting ? new ValueTask(waiting.Task.WaitAsync(cancellationToken)) : ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var opcode = bytes[0] & 0x0F;
            var (header, length) = bytes[1] switch
            {
                126 => (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
                127 => (10, (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..])),
                var small => (2, (int)small),
            };
            var payload = bytes.Slice(header, length);
            if (opcode == 1)
            {
                frames.Add(JsonElement.Parse(payload));
            }
            else if (opcode == 8)
            {
                CloseCode = BinaryPrimitives.ReadUInt16BigEndian(payload);
            }

            bytes = bytes[(header + length)..];
        }
    }
}
