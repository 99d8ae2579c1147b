using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Mentions;

namespace ChatMonolith.Messaging.Log;

/// <summary>Something that waits for the writer. It gets exactly one outcome.</summary>
internal abstract class LogItem
{
    private List<Action<Floor>>? effects;
    private List<Action>? onCommitted;

    /// <summary>What its commit causes besides, in order.</summary>
    public List<Action<Floor>> Effects => effects ??= [];

    /// <summary>For caches that follow the log.</summary>
    public List<Action> OnCommitted => onCommitted ??= [];

    /// <summary>It is rolled back, and causes nothing.</summary>
    public void Forget()
    {
        effects = null;
        onCommitted = null;
    }

    public void RunCommitted() => onCommitted?.ForEach(static action => action());

    protected void RunEffects(Floor floor)
    {
        foreach (var effect in effects ?? [])
        {
            effect(floor);
        }
    }

    /// <summary>About how many bytes it holds while it waits.</summary>
    public virtual int Weight => 1_000;

    /// <summary>The commit failed, or never happened.</summary>
    public abstract void Fail(Error error);

    /// <summary>It neither reads messages or rooms' logs, nor changes them otherwise than by appending a plain message: see <see cref="LogTail"/>.</summary>
    public abstract bool IsPlain { get; }

    /// <summary>On the hub's loop, after the commit and in order: the reply first, then what it caused, then the caller goes on.</summary>
    public abstract void HandOut(Floor floor);
}

/// <summary>Work of a module, run inside the writer's transaction.</summary>
internal abstract class WorkItem : LogItem
{
    public abstract CommitOrigin Origin { get; }

    /// <summary>The caller goes on when this has ended: other nodes have to hear of it first. Null where nobody has to.</summary>
    public Task? Until { get; set; }

    /// <returns>True when the work is to be kept.</returns>
    public abstract Task<bool> Run(LogTransaction transaction, CancellationToken ct);

    public abstract void Refuse(Error error);
}

/// <param name="work">What is run.</param>
/// <param name="origin">Who asks for it.</param>
/// <param name="isPlain">See <see cref="LogItem.IsPlain"/>.</param>
internal sealed class WorkItem<T>(Func<ILogTransaction, CancellationToken, Task<Result<T>>> work, CommitOrigin origin, bool isPlain) : WorkItem
    where T : notnull
{
    private readonly TaskCompletionSource<Result<T>> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Result<T> result;

    public Task<Result<T>> Outcome => outcome.Task;

    public override CommitOrigin Origin => origin;

    public override bool IsPlain => isPlain;

    public override async Task<bool> Run(LogTransaction transaction, CancellationToken ct)
    {
        result = await work(transaction, ct).ConfigureAwait(false);
        return result.IsOk;
    }

    public override void Refuse(Error error) => result = error;

    public override void Fail(Error error) => outcome.TrySetResult(error);

    public override void HandOut(Floor floor)
    {
        if (result.IsOk)
        {
            Origin.Reply?.Committed(result.Value);
            RunEffects(floor);
        }

        if (Until is null)
        {
            outcome.TrySetResult(result);
        }
        else
        {
            _ = CompleteWhenHeard(Until);
        }
    }

    private async Task CompleteWhenHeard(Task heard)
    {
        try
        {
            await heard.ConfigureAwait(false);
            outcome.TrySetResult(result);
        }
        catch (TimeoutException)
        {
            // It is committed; whether it counts everywhere yet is not known.
            outcome.TrySetResult(Error.Unavailable());
        }
    }
}

/// <summary>One message on its way into a room's log: the live path.</summary>
/// <param name="command">What was asked for.</param>
/// <param name="requestMac">Tells a repeat from another request.</param>
/// <param name="html">The text, rendered.</param>
/// <param name="refusal">The answer to anything but a repeat; null where it is to be inserted.</param>
/// <param name="reply">Gets the outcome where nobody waits for it.</param>
internal sealed class SendItem(PostMessage.Command command, byte[] requestMac, string? html, Error? refusal, IPipelinedReply? reply = null) : LogItem
{
    private readonly TaskCompletionSource<Result<PostMessage.Posted>>? outcome = reply is null ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    private Result<PostMessage.Posted> result;
    private OutFrame frame;
    private LogHead? head;
    private LogHead.State? state;

    public PostMessage.Command Command => command;

    public byte[] RequestMac => requestMac;

    public string? Html => html;

    public Error? Refusal => refusal;

    /// <summary>The names that the text calls; null for most.</summary>
    public MentionText? Names { get; init; }

    /// <summary>Somebody has to be told of it besides those who listen: a reply, one that names people, one that is pushed.</summary>
    public bool IsForSomebody { get; init; }

    /// <summary>The room is slow for its sender: when they last wrote has to be known.</summary>
    public bool IsSlow { get; init; }

    /// <summary>What the sender is in the room, as the writer found it.</summary>
    public Membership Sender { get; set; } = null!;

    /// <summary>Puts the files that it shows into its room, in its transaction; null for a message without files.</summary>
    public Func<ILogTransaction, Guid, CancellationToken, Task<Result<IReadOnlyList<FileView>>>>? Attach { get; init; }

    /// <summary>Null where its files say it.</summary>
    public MessageType? Kind { get; init; }

    public override bool IsPlain => !IsForSomebody && !IsSlow && Attach is null;

    // Its text, what it is rendered to, and the frame that both become.
    public override int Weight => 1_000 + (4 * ((command.Text?.Length ?? 0) + (html?.Length ?? 0)));

    public Guid Id { get; } = MessageIds.Next();

    /// <summary>For those who wait.</summary>
    public Task<Result<PostMessage.Posted>> Outcome => outcome!.Task;

    /// <summary>It is not inserted: refused, or a repeat.</summary>
    public void Answer(Result<PostMessage.Posted> answer)
    {
        result = answer;
        state = null;
    }

    public void Insert(PostMessage.Posted posted, OutFrame encoded, LogHead logHead, LogHead.State newState)
    {
        result = posted;
        frame = encoded;
        head = logHead;
        state = newState;
    }

    public override void Fail(Error error) => Complete(error);

    public override void HandOut(Floor floor)
    {
        if (!result.IsOk)
        {
            Complete(result);
            return;
        }

        (reply ?? command.Reply)?.Committed(result.Value);
        if (state is not null)
        {
            head!.Published = state;
            floor.Publish(command.RoomId, state.Seq, frame);
            RunEffects(floor);
        }

        Complete(result);
    }

    private void Complete(Result<PostMessage.Posted> last)
    {
        if (reply is null)
        {
            outcome!.TrySetResult(last);
        }
        else if (!last.IsOk)
        {
            reply.Refused(last.Error);
        }
    }
}
