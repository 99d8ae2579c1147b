using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.Authorization;

namespace ChatMonolith.Host;

/// <summary>Section <c>RateLimits</c>: requests a minute, by class of route. Each bucket holds a minute's worth and fills steadily.</summary>
internal sealed class RequestLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>False turns all limits off, here and on sockets: for tests and load generators only.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Reading, of one account.</summary>
    [Range(1, 1_000_000)]
    public int ReadsPerMinute { get; set; } = 1200;

    /// <summary>Changing, of one account.</summary>
    [Range(1, 1_000_000)]
    public int WritesPerMinute { get; set; } = 600;

    /// <summary>Searching, pictures and the like, of one account.</summary>
    [Range(1, 1_000_000)]
    public int CostlyPerMinute { get; set; } = 120;

    /// <summary>Logins, registrations and codes from one network address.</summary>
    [Range(1, 1_000_000)]
    public int CredentialsPerMinute { get; set; } = 300;

    /// <summary>All requests from one network address, whoever sends them: many people may stand behind one.</summary>
    [Range(1, 10_000_000)]
    public int RequestsPerMinuteAndAddress { get; set; } = 12_000;
}

/// <summary>Limits requests by account and by address, each class of routes by itself (ASP.NET Core's rate limiting). Sockets have limits of their own.</summary>
internal static class RequestLimits
{
    private const int RefillsPerMinute = 60;

    public static void AddRequestLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RequestLimitOptions>().Bind(configuration.GetSection(RequestLimitOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        var limits = configuration.GetSection(RequestLimitOptions.Section).Get<RequestLimitOptions>() ?? new RequestLimitOptions();
        if (!limits.Enabled)
        {
            return;
        }

        services.AddRateLimiter(limiter =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                PartitionedRateLimiter.Create<HttpContext, string>(context => ByAddress(context, limits)),
                PartitionedRateLimiter.Create<HttpContext, (string Who, RouteClass Class)>(context => ByClass(context, limits)));
            limiter.OnRejected = (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
                return new ValueTask(Problems.Write(rejected.HttpContext, Error.RateLimited(wait)));
            };
        });
    }

    /// <summary>After authentication, which tells whose request it is; before anything is done for it.</summary>
    public static void UseRequestLimits(this WebApplication app)
    {
        if (app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<RequestLimitOptions>>().Value.Enabled)
        {
            app.UseRateLimiter();
        }
    }

    private static RateLimitPartition<string> ByAddress(HttpContext context, RequestLimitOptions limits) =>
        IsLimited(context)
            ? RateLimitPartition.GetTokenBucketLimiter(ClientNetwork.Of(context.Connection.RemoteIpAddress), _ => Bucket(limits.RequestsPerMinuteAndAddress))
            : RateLimitPartition.GetNoLimiter("");

    private static RateLimitPartition<(string Who, RouteClass Class)> ByClass(HttpContext context, RequestLimitOptions limits)
    {
        if (!IsLimited(context))
        {
            return RateLimitPartition.GetNoLimiter(("", RouteClass.Read));
        }

        var routeClass = ClassOf(context);
        var who = routeClass is RouteClass.Credentials || Caller.From(context.User) is not { } caller
            ? ClientNetwork.Of(context.Connection.RemoteIpAddress)
            : caller.UserId.ToString();
        return RateLimitPartition.GetTokenBucketLimiter((who, routeClass), _ => Bucket(routeClass switch
        {
            RouteClass.Read => limits.ReadsPerMinute,
            RouteClass.Write => limits.WritesPerMinute,
            RouteClass.Costly => limits.CostlyPerMinute,
            _ => limits.CredentialsPerMinute,
        }));
    }

    /// <summary>The API alone: files of the client are in memory, and an operator's probe must not be told to wait.</summary>
    private static bool IsLimited(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);

    private static RouteClass ClassOf(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<RouteClassMark>() is { } mark)
        {
            return mark.Class;
        }

        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        return isRead ? RouteClass.Read : endpoint?.Metadata.GetMetadata<IAllowAnonymous>() is null ? RouteClass.Write : RouteClass.Credentials;
    }

    /// <summary>A minute's worth at once, refilled each second; nobody waits in a queue.</summary>
    private static TokenBucketRateLimiterOptions Bucket(int perMinute) => new()
    {
        TokenLimit = perMinute,
        TokensPerPeriod = Math.Max(1, perMinute / RefillsPerMinute),
        ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1.0, (double)RefillsPerMinute / perMinute)),
        QueueLimit = 0,
    };
}
