namespace ChatMonolith.Tests.Harness;

/// <summary>Waiting is a probe with a deadline, never a sleep: it returns as soon as it may, and says what it waited for when it may not.</summary>
public static class Deadline
{
    /// <summary>Generous, since two test classes and a database share two cores; nothing that works comes near it.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    public static async Task<T> Within<T>(this Task<T> task, string what, TimeSpan? limit = null)
    {
        try
        {
            return await task.WaitAsync(limit ?? Usual);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Waited {limit ?? Usual} for: {what}", e);
        }
    }

    public static async Task Within(this Task task, string what, TimeSpan? limit = null)
    {
        try
        {
            await task.WaitAsync(limit ?? Usual);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Waited {limit ?? Usual} for: {what}", e);
        }
    }

    public static async Task Until(Func<Task<bool>> probe, string what, TimeSpan? limit = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await probe())
        {
            if (TimeProvider.System.GetElapsedTime(started) > (limit ?? Usual))
            {
                throw new TimeoutException($"Waited {limit ?? Usual} for: {what}");
            }

            await Task.Delay(Pace);
        }
    }

    public static Task Until(Func<bool> probe, string what, TimeSpan? limit = null) => Until(() => Task.FromResult(probe()), what, limit);
}
