using System.Buffers.Binary;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Realtime;

namespace ChatMonolith.Tests.Realtime;

/// <summary>
/// Stands where a socket's connection stands: takes what the server hands over, frame by frame, at the moment of the handing-over. It can
/// stall as a slow reader's socket does, and now and then takes half of what it is offered, as a kernel with a full buffer does.
/// </summary>
internal sealed class CapturedWire : Wire
{
    private const int HalvesEvery = 5;
    private readonly List<JsonElement> frames = [];
    private readonly Lock sync = new();
    private readonly List<byte> begun = [];
    private TaskCompletionSource? stall;
    private int offers;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    public void Stall()
    {
        lock (sync)
        {
            stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Flow()
    {
        lock (sync)
        {
            stall?.TrySetResult();
            stall = null;
        }
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

    public override bool WritesAtOnce => true;

    public override int TryWrite(ReadOnlySpan<byte> bytes)
    {
        lock (sync)
        {
            if (stall is not null)
            {
                return 0;
            }

            var taken = ++offers % HalvesEvery == 0 ? bytes.Length / 2 : bytes.Length;
            Take(bytes[..taken]);
            return taken;
        }
    }

    public override ValueTask Write(ReadOnlyMemory<byte> bytes)
    {
        lock (sync)
        {
            Take(bytes.Span);
            return stall is { } waiting ? new ValueTask(waiting.Task) : ValueTask.CompletedTask;
        }
    }

    public override ValueTask<int> Read(Memory<byte> target, CancellationToken ct) => throw new NotSupportedException();

    public override void CutOff() => Flow();

    public override void Hang() => Flow();

    private void Take(ReadOnlySpan<byte> bytes)
    {
        begun.AddRange(bytes);
        var rest = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(begun);
        var before = rest.Length;
        while (TakeFrame(rest) is > 0 and var length)
        {
            rest = rest[length..];
        }

        begun.RemoveRange(0, before - rest.Length);
        changed.TrySetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <returns>The frame's length; 0 while it is not whole.</returns>
    private int TakeFrame(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2)
        {
            return 0;
        }

        var header = bytes[1] switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < header)
        {
            return 0;
        }

        var length = header switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            10 => (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => bytes[1],
        };
        if (bytes.Length < header + length)
        {
            return 0;
        }

        var payload = bytes.Slice(header, length);
        switch (bytes[0] & 0x0F)
        {
            case 1:
                frames.Add(JsonElement.Parse(payload));
                break;
            case 8:
                CloseCode = BinaryPrimitives.ReadUInt16BigEndian(payload);
                break;
        }

        return header + length;
    }
}
