using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Realtime;

namespace ChatMonolith.Messaging.Log.Nodes;

/// <summary>
/// Writes nothing: passes through the writer to wait for what is before it, and for what the other nodes have committed to be followed.
/// Where it names a log, that log's head is in memory when it is done.
/// </summary>
/// <param name="roomId">Whose head is loaded.</param>
/// <param name="userId">Whose head is loaded.</param>
/// <param name="onTurn">Called when its turn has come: what is committed from then on is another one's.</param>
internal sealed class QuietItem(Guid? roomId = null, Guid? userId = null, Action? onTurn = null) : LogItem
{
    private readonly TaskCompletionSource<Result<Nothing>> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid? RoomId => roomId;

    public Guid? UserId => userId;

    public void Begin() => onTurn?.Invoke();

    /// <summary>It needs no lock: it only looks.</summary>
    public bool IsLook => roomId is null && userId is null;

    public Task<Result<Nothing>> Outcome => outcome.Task;

    public override int Weight => 200;

    public override bool IsPlain => true;

    public override void Fail(Error error)
    {
        Begin();
        outcome.TrySetResult(error);
    }

    public override void HandOut(Floor floor) => outcome.TrySetResult(Nothing.Value);
}
