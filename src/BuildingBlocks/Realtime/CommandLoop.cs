using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// Takes the commands of one socket in the order of their arrival. Commands that are pipelined (sending) have taken their place in
/// the log's queue before the next frame is read; all others are waited for.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "No wait handle is ever made.")]
internal sealed class CommandLoop(
    Connection connection, FrameReader frames, SocketCommands commands, IServiceProvider services, RealtimeOptions options, bool limited, TimeProvider time, ILogger logger)
{
    private const int MaxRefLength = 64;
    private const int MaxBadFrames = 20;
    private const int MaxRefusals = 200;
    private const int BurstSeconds = 5;
    private static readonly TimeSpan BadFrameWindow = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim pipeline = new(options.PipelinedCommands, options.PipelinedCommands);
    private readonly Queue<long> badFrames = new();
    private double tokens = (double)options.CommandsPerSecond * BurstSeconds;
    private long refilled = time.GetTimestamp();
    private int refusals;

    public bool PeerHasClosed { get; private set; }

    /// <param name="reading">Ends the reading alone.</param>
    /// <param name="ct">Ends the commands too.</param>
    public async Task Run(CancellationToken reading, CancellationToken ct)
    {
        while (connection.ClosedWith is null && await frames.Read(reading).ConfigureAwait(false) is { } frame)
        {
            connection.Heard();
            switch (frame.Kind)
            {
                case InFrameKind.Text when connection.ClosedWith is null:
                    await Take(frame.Payload, ct).ConfigureAwait(false);
                    break;
                case InFrameKind.Ping:
                    connection.Send(OutFrame.Pong(frame.Payload.Span));
                    break;
                case InFrameKind.Close:
                    PeerHasClosed = true;
                    connection.Close(CloseCode.Normal, dropWaiting: false);
                    return;
            }
        }
    }

    /// <summary>After the reading has ended: what was accepted still gets its outcome.</summary>
    public async Task Drain()
    {
        for (var i = 0; i < options.PipelinedCommands; i++)
        {
            await pipeline.WaitAsync().ConfigureAwait(false);
        }
    }

    private ValueTask Take(ReadOnlyMemory<byte> payload, CancellationToken ct) => TookFlat(payload.Span) ? ValueTask.CompletedTask : TakeGeneral(payload, ct);

    /// <returns>False when the frame goes the general way.</returns>
    private bool TookFlat(ReadOnlySpan<byte> payload)
    {
        if (pipeline.CurrentCount == 0
            || !FlatFrame.TryRead(payload, out var frame)
            || !frame.TryGetRaw("type"u8, out var type)
            || commands.FlatOf(type) is not { } handler
            || !frame.TryGetString("ref"u8, out var reference)
            || reference.Length > MaxRefLength)
        {
            return false;
        }

        if (limited && !TakeToken(out var wait))
        {
            RefuseTooMany(reference, wait);
            return true;
        }

        // Only this loop takes from the pipeline, so there is a place.
        pipeline.Wait(0);
        var reply = new PipelinedReply(this, connection, reference);
        try
        {
            if (handler(frame, connection.Caller, services, reply))
            {
                return true;
            }
        }
        catch (Exception e)
        {
            reply.Refused(Explain(e));
            return true;
        }

        pipeline.Release();
        tokens++;
        return false;
    }

    private void RefuseTooMany(string reference, TimeSpan wait)
    {
        Refuse(reference, Error.RateLimited(wait));
        if (++refusals >= MaxRefusals)
        {
            connection.Close(CloseCode.Flood, dropWaiting: false);
        }
    }

    private async ValueTask TakeGeneral(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        if (!TryParse(payload, out var frame, out var type, out var reference))
        {
            Refuse(reference, new Error(ErrorCodes.BadFrame, "A frame is a JSON object with a string \"type\" and a string \"ref\"."));
            var now = time.GetTimestamp();
            badFrames.Enqueue(now);
            while (time.GetElapsedTime(badFrames.Peek(), now) > BadFrameWindow)
            {
                badFrames.Dequeue();
            }

            if (badFrames.Count >= MaxBadFrames)
            {
                connection.Close(CloseCode.Abuse, dropWaiting: false);
            }

            return;
        }

        if (limited && !TakeToken(out var wait))
        {
            RefuseTooMany(reference, wait);
            return;
        }

        if (!commands.TryGet(type, out var command))
        {
            Refuse(reference, new Error(ErrorCodes.UnknownType, "This server does not know that command."));
            return;
        }

        if (command.Pipelined)
        {
            await pipeline.WaitAsync(ct).ConfigureAwait(false);
            _ = Finish(await Prepare(command, frame, reference, ct).ConfigureAwait(false) ? Execute(command, frame, reference, ct) : Task.CompletedTask);
            return;
        }

        // Everything before it has taken effect first.
        await WaitForPipeline(ct).ConfigureAwait(false);
        await Execute(command, frame, reference, ct).ConfigureAwait(false);
    }

    private async ValueTask<bool> Prepare(SocketCommand command, JsonElement frame, string reference, CancellationToken ct)
    {
        try
        {
            if (command.Prepare is not null)
            {
                await command.Prepare(frame, services, ct).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Refuse(reference, Explain(e));
            return false;
        }
    }

    private async Task Finish(Task execution)
    {
        try
        {
            await execution.ConfigureAwait(false);
        }
        finally
        {
            pipeline.Release();
        }
    }

    private async ValueTask WaitForPipeline(CancellationToken ct)
    {
        if (pipeline.CurrentCount == options.PipelinedCommands)
        {
            return;
        }

        for (var i = 0; i < options.PipelinedCommands; i++)
        {
            await pipeline.WaitAsync(ct).ConfigureAwait(false);
        }

        pipeline.Release(options.PipelinedCommands);
    }

    private async Task Execute(SocketCommand command, JsonElement frame, string reference, CancellationToken ct)
    {
        var reply = new Reply(connection, reference);
        try
        {
            var scope = services.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                var call = new SocketCall(connection.Caller, connection, scope.ServiceProvider.GetRequiredService<IMediator>(), reply, ct);
                var result = await command.Handle(frame, call).ConfigureAwait(false);
                if (!result.IsOk)
                {
                    Refuse(reference, result.Error);
                }
                else
                {
                    reply.Committed(result.Value);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && connection.IsOver)
        {
            // The socket is gone; nobody waits for the reply.
        }
        catch (Exception e)
        {
            Refuse(reference, Explain(e));
        }
    }

    private Error Explain(Exception e)
    {
        if (DatabaseFailures.Classify(e) is { } known)
        {
            return known;
        }

        logger.LogError(e, "A socket command failed unexpectedly");
        return new Error(ErrorCodes.Internal, "Something went wrong on the server.");
    }

    private void Refuse(string? reference, Error error) => connection.Send(OutFrame.Text((reference, error), static (json, state) =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        if (state.reference is { Length: > 0 })
        {
            json.WriteString("ref"u8, state.reference);
        }

        json.WriteString("code"u8, state.error.Code);
        json.WriteString("message"u8, state.error.Detail);
        if (state.error.Extensions?.GetValueOrDefault(Error.ReasonMember) is string reason)
        {
            json.WriteString("reason"u8, reason);
        }

        if (state.error.RetryAfter is { } wait)
        {
            json.WriteNumber("retryAfterMs"u8, Math.Max(1, (long)Math.Ceiling(wait.TotalMilliseconds)));
        }

        json.WriteEndObject();
    }));

    private bool TakeToken(out TimeSpan wait)
    {
        var now = time.GetTimestamp();
        var rate = (double)options.CommandsPerSecond;
        tokens = Math.Min(rate * BurstSeconds, tokens + (time.GetElapsedTime(refilled, now).TotalSeconds * rate));
        refilled = now;
        if (tokens >= 1)
        {
            tokens--;
            wait = default;
            if (tokens > rate)
            {
                refusals = 0;
            }

            return true;
        }

        wait = TimeSpan.FromSeconds((1 - tokens) / rate);
        return false;
    }

    private static bool TryParse(ReadOnlyMemory<byte> payload, out JsonElement frame, out string type, out string reference)
    {
        frame = default;
        type = reference = "";
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = Http.Json.MaxDepth, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                return false;
            }

            var isRef = document.RootElement.TryGetProperty("ref"u8, out var refElement) && refElement.ValueKind is JsonValueKind.String;
            reference = isRef ? refElement.GetString()! : "";
            if (reference.Length > MaxRefLength)
            {
                reference = "";
                return false;
            }

            if (!document.RootElement.TryGetProperty("type"u8, out var typeElement) || typeElement.ValueKind is not JsonValueKind.String)
            {
                return false;
            }

            type = typeElement.GetString()!;
            frame = document.RootElement.Clone();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped lone surrogate cannot become a string.
            return false;
        }
    }

    private static OutFrame Ok(string reference, object value) => OutFrame.Text((reference, value), static (json, state) =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "ok"u8);
        json.WriteString("ref"u8, state.reference);
        WriteMembers(json, state.value);
        json.WriteEndObject();
    });

    private static void WriteMembers(Utf8JsonWriter json, object value)
    {
        if (value is IFrameMembers members)
        {
            members.WriteMembers(json);
            return;
        }

        var element = JsonSerializer.SerializeToElement(value, value.GetType(), Http.Json.Frames);
        foreach (var member in element.EnumerateObject())
        {
            member.WriteTo(json);
        }
    }

    private sealed class Reply(Connection connection, string reference) : ICommandReply
    {
        private bool sent;

        public void Committed(object value)
        {
            if (!Interlocked.Exchange(ref sent, true))
            {
                connection.Send(Ok(reference, value));
            }
        }
    }

    private sealed class PipelinedReply(CommandLoop loop, Connection connection, string reference) : IPipelinedReply
    {
        private bool sent;

        public void Committed(object value)
        {
            if (!Interlocked.Exchange(ref sent, true))
            {
                try
                {
                    connection.Send(Ok(reference, value));
                }
                finally
                {
                    loop.pipeline.Release();
                }
            }
        }

        public void Refused(Error error)
        {
            if (!Interlocked.Exchange(ref sent, true))
            {
                try
                {
                    loop.Refuse(reference, error);
                }
                finally
                {
                    loop.pipeline.Release();
                }
            }
        }
    }
}
