using System.Diagnostics;
using OpenTelemetry;

namespace ChatMonolith.Host.Telemetry;

/// <summary>
/// Takes out of a trace what may carry a secret or say who talks to whom: a request's query holds tickets and search texts, its path the
/// secrets of incoming hooks and the ids of rooms (the route's template says as much), its header who asks.
/// </summary>
internal sealed class WithoutSecrets : BaseProcessor<Activity>
{
    private static readonly string[] Left =
        ["url.path", "url.query", "url.full", "http.target", "http.url", "user_agent.original", "client.address", "network.peer.address", "db.statement", "db.query.text"];

    public override void OnEnd(Activity data)
    {
        foreach (var key in Left)
        {
            data.SetTag(key, null);
        }
    }
}
