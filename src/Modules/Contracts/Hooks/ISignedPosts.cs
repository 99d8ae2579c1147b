namespace ChatMonolith.Contracts.Hooks;

/// <param name="Text">Why a post was not taken, in a sentence without the address.</param>
/// <param name="HasAnswered">False: nobody was reached, or not in time; what is sent after it will fare no better just now.</param>
/// <param name="IsFinal">The answer says that this post will never be taken: 4xx, except 408 and 429.</param>
public sealed record PostProblem(string Text, bool HasAnswered, bool IsFinal);

/// <summary>Posts JSON to an address outside as hooks do: on the public Internet only unless the operator allows more, signed, without following redirects.</summary>
public interface ISignedPosts
{
    /// <summary>How long to wait before the next attempt: as hooks do, doubled each time, to an hour.</summary>
    /// <param name="failures">0 for the first wait.</param>
    TimeSpan WaitAfter(int failures);

    /// <param name="url">An address of the operator's.</param>
    /// <param name="secret">ASCII. What the receiver checks <c>X-Chat-Signature</c> with.</param>
    /// <param name="body">JSON.</param>
    /// <param name="delivery">The same for a repeat; becomes <c>X-Chat-Delivery</c>.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <returns>Null when it was taken (2xx), else why not.</returns>
    Task<PostProblem?> Send(string url, string secret, ReadOnlyMemory<byte> body, string delivery, CancellationToken ct);
}
