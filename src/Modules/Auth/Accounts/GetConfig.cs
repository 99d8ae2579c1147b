using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Mail;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Accounts;

/// <summary>What a client must know before anybody is logged in.</summary>
internal static class GetConfig
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/config", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(), ct)).ToOk())
            .AllowAnonymous().WithTags("Auth").WithSummary("What a client must know before anybody is logged in").Produces<ConfigView>();

    /// <param name="Name">What to call this server.</param>
    /// <param name="Registration">Who may register.</param>
    /// <param name="SetupRequired">There is no admin yet: <c>POST /auth/register</c> makes the first one, from this machine or by the set-up link.</param>
    /// <param name="EmailRequired">Whether <c>email</c> must be given to register.</param>
    /// <param name="Mail">Whether the server can send mail.</param>
    /// <param name="SecondFactorPolicy">Who must have a second factor.</param>
    /// <param name="EmailVerificationRequired">Whether one logs in only after confirming one's address.</param>
    /// <param name="Limits">In UTF-16 code units unless bytes are said.</param>
    public sealed record ConfigView(string Name, RegistrationMode Registration, bool SetupRequired, bool EmailRequired, bool EmailVerificationRequired, bool Mail, SecondFactorPolicy SecondFactorPolicy, LimitsView Limits);

    public sealed record LimitsView(
        int UsernameMin, int UsernameMax, int PasswordMin, int PasswordMax, int DisplayNameMax, int BioMax, int RoomNameMax, int TopicMax, int MessageMax, int EmojiMaxBytes, int MaxFrameBytes);

    public sealed record Query : IRequest<Result<ConfigView>>;

    internal sealed class Handler(AuthDb db, Setup setup, IOptions<AuthOptions> auth, IOptions<ServerOptions> server, IOptions<RealtimeOptions> realtime, IMailOutbox outbox)
        : IRequestHandler<Query, Result<ConfigView>>
    {
        /// <summary>The bounds of the contract that other modules hold.</summary>
        private static readonly LimitsView Limits = new(
            Account.UsernameMin, Account.UsernameMax, PasswordRules.Min, PasswordRules.Max, Account.DisplayNameMax, Account.BioMax, RoomNameMax: 80, TopicMax: 250, MessageMax: 8000, EmojiMaxBytes: 64, MaxFrameBytes: 0);

        public async Task<Result<ConfigView>> Handle(Query request, CancellationToken cancellationToken) =>
            new ConfigView(
                server.Value.Name, auth.Value.Registration, await setup.IsDue(db, cancellationToken), auth.Value.EmailRequired, auth.Value.EmailVerificationRequired && outbox.Works, outbox.Works, auth.Value.SecondFactor,
                Limits with { MaxFrameBytes = realtime.Value.MaxFrameBytes });
    }
}
