using System.Collections.Concurrent;
using ChatMonolith.Admin.Jobs;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Auth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace ChatMonolith.Admin.Live;

/// <summary>
/// The sockets of admins who watch. Whether somebody still is an admin is asked at each event, so that a role that was taken away tells
/// nothing more. Nothing is lost that matters: the lists are the truth.
/// </summary>
internal sealed class AdminWatchers(IServiceScopeFactory scopes, ISessionState sessions, ILogger<AdminWatchers> logger) : IConnectionObserver
{
    private readonly ConcurrentDictionary<Connection, bool> watching = new();

    public void Opened(Connection connection)
    {
    }

    public void Closed(Connection connection) => watching.TryRemove(connection, out _);

    public void Set(Connection connection, bool on)
    {
        if (on)
        {
            watching[connection] = true;
            if (connection.Ended.IsCancellationRequested)
            {
                watching.TryRemove(connection, out _);
            }
        }
        else
        {
            watching.TryRemove(connection, out _);
        }
    }

    public async Task TellJob(string name)
    {
        if (watching.IsEmpty)
        {
            return;
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var jobs = scope.ServiceProvider.GetRequiredService<JobViews>();
            if (await jobs.Find(name, CancellationToken.None) is { } key)
            {
                Tell(new JobEvent("admin.job", await jobs.Of(key, CancellationToken.None)));
            }
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "Admins could not be told of the job {Job}", name);
        }
    }

    public void Tell<T>(T told)
    {
        if (watching.IsEmpty)
        {
            return;
        }

        var frame = OutFrame.Text(told);
        foreach (var connection in watching.Keys)
        {
            if (sessions.IsAdmin(connection.Caller.SessionId))
            {
                connection.Send(frame, ephemeral: true);
            }
            else
            {
                watching.TryRemove(connection, out _);
            }
        }
    }

    private sealed record JobEvent(string Type, JobView Job);
}
