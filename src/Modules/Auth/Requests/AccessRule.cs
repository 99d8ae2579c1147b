using ChatMonolith.Auth.Sessions;
using ChatMonolith.Auth.Tokens;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Requests;

/// <summary>What a route asks of its caller beyond being logged in (<see cref="Policies"/>).</summary>
internal sealed record AccessRequirement(bool Admin = false, bool Fresh = false, bool MayOweFactor = false, bool NoGuests = false) : IAuthorizationRequirement;

/// <summary>The one rule of what a session may do, for HTTP by its route's policy and for sockets.</summary>
internal sealed class AccessRule(LiveSessions live, IAuditLog audit, IOptions<AuthOptions> options, TimeProvider time) : AuthorizationHandler<AccessRequirement>
{
    public static void AddPolicies(IServiceCollection services)
    {
        services.AddSingleton<AccessRule>().AddSingleton<IAuthorizationHandler>(provider => provider.GetRequiredService<AccessRule>());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalByReason>();
        services.AddAuthorizationBuilder()
            .SetDefaultPolicy(Of(new AccessRequirement()))
            .SetFallbackPolicy(Of(new AccessRequirement()))
            .AddPolicy(Policies.Admin, Of(new AccessRequirement(Admin: true)))
            .AddPolicy(Policies.AdminStepUp, Of(new AccessRequirement(Admin: true, Fresh: true)))
            .AddPolicy(Policies.StepUp, Of(new AccessRequirement(Fresh: true)))
            .AddPolicy(Policies.Unfinished, Of(new AccessRequirement(MayOweFactor: true)))
            .AddPolicy(Policies.UnfinishedStepUp, Of(new AccessRequirement(MayOweFactor: true, Fresh: true)))
            .AddPolicy(Policies.NoGuests, Of(new AccessRequirement(NoGuests: true)));
    }

    /// <summary>Whether the server's policy asks this session for a second factor that it has not shown.</summary>
    public bool OwesFactor(LiveSession session) => session is { Kind: SessionKind.Login, HasSecondFactor: false } && PolicyAsks(session.Role);

    public bool PolicyAsks(ServerRole role) => options.Value.SecondFactor switch
    {
        SecondFactorPolicy.All => true,
        SecondFactorPolicy.Admins => role is ServerRole.Admin,
        _ => false,
    };

    public bool IsFresh(LiveSession session) => session.Kind is SessionKind.Login && time.Now() - session.FreshAt < options.Value.Freshness.TotalMilliseconds;

    public Error? RefuseSocket(Caller caller) => live.Peek(caller.SessionId) switch
    {
        null => Error.Unauthenticated(),
        { } session when OwesFactor(session) => Owed,
        { Kind: SessionKind.Token } token when !token.Scopes.HasFlag(TokenScopes.Live) => OutOfScope,
        _ => null,
    };

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
    {
        if (Caller.From(context.User) is not { } caller || live.Peek(caller.SessionId) is not { } session)
        {
            return Task.CompletedTask;
        }

        if (Refuse(session, requirement, (context.Resource as HttpContext)?.Request) is { } error)
        {
            if (requirement.Admin && error.Code == ErrorCodes.Forbidden)
            {
                var request = (context.Resource as HttpContext)?.Request;
                var address = request is null ? "" : ClientInfo.From(request.HttpContext).Address;
                audit.Note(new AuditEvent("admin.refused", caller.UserId, Address: address, SessionId: caller.SessionId, Result: AuditResult.Refused, Details: AuditEvent.Of(("route", $"{request?.Method} {(request is null ? null : RequestRoute.Of(request.HttpContext)) ?? "(no route)"}"))));
            }

            context.Fail(new Reason(this, error));
        }
        else
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    private static AuthorizationPolicy Of(AccessRequirement requirement) => new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(requirement).Build();

    private static Error Owed => new(
        ErrorCodes.TwoFactorRequired, "This server asks for a second factor. Set one up, or prove yours.",
        Extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["setUp"] = true });

    private static Error OutOfScope => Error.Forbidden("This token's scopes do not cover this.");

    private Error? Refuse(LiveSession session, AccessRequirement requirement, HttpRequest? request)
    {
        if (session.Kind is SessionKind.Token && (requirement.Fresh || !TokenReach.Covers(session.Scopes, request)))
        {
            return OutOfScope;
        }

        if (!requirement.MayOweFactor && OwesFactor(session))
        {
            return Owed;
        }

        if ((requirement.Admin && session.Role is not ServerRole.Admin) || (requirement.NoGuests && session.Role is ServerRole.Guest))
        {
            return Error.Forbidden("You may not do this.");
        }

        return requirement.Fresh && !IsFresh(session)
            ? new Error(ErrorCodes.StepUpRequired, "Confirm that it is you: POST /auth/step-up, then repeat this.")
            : null;
    }

    private sealed class Reason(IAuthorizationHandler handler, Error error) : AuthorizationFailureReason(handler, error.Code)
    {
        public Error Error => error;
    }

    /// <summary>Answers with the reason's own code; the framework knows 401 and 403 alone.</summary>
    private sealed class RefusalByReason : IAuthorizationMiddlewareResultHandler
    {
        private readonly AuthorizationMiddlewareResultHandler usual = new();

        public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
            authorizeResult.AuthorizationFailure?.FailureReasons.OfType<Reason>().FirstOrDefault() is { } reason
                ? Problems.Write(context, reason.Error)
                : usual.HandleAsync(next, context, policy, authorizeResult);
    }
}
