using System.Security.Cryptography;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using QRCoder;

namespace ChatMonolith.Auth.SecondFactors;

/// <summary>Makes a secret for an authenticator app. It counts once a first code has proven that the app has it.</summary>
internal static class SetUpTotp
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/2fa/totp", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(caller), ct)).ToOk())
            .RequireAuthorization(Policies.UnfinishedStepUp).WithTags("Auth").WithSummary("Begin to set up an authenticator app")
            .WithDescription("`secret` is Base32, `otpauthUri` what the QR code in `qrSvg` says. Nothing changes until `POST /auth/2fa/totp/confirm`; beginning again makes another secret. `conflict` while one is set up. Needs a step-up.")
            .Produces<TotpView>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);

    public sealed record TotpView(string Secret, string OtpauthUri, string QrSvg);

    public sealed record Command(Caller Caller) : IRequest<Result<TotpView>>;

    internal sealed class Handler(AuthDb db, TotpSecrets secrets, IOptions<ServerOptions> server, TimeProvider time) : IRequestHandler<Command, Result<TotpView>>
    {
        public async Task<Result<TotpView>> Handle(Command request, CancellationToken cancellationToken)
        {
            var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (await db.TakeAccount(request.Caller.UserId, cancellationToken) is not { } account)
            {
                return Error.Unauthenticated();
            }

            if (await db.Totp.AnyAsync(t => t.AccountId == account.Id && t.ConfirmedAt != null, cancellationToken))
            {
                return Error.Conflict("An authenticator app is set up already. Remove it first.", ConflictReasons.FactorKnown);
            }

            await db.Totp.Where(t => t.AccountId == account.Id).ExecuteDeleteAsync(cancellationToken);
            db.Totp.Add(new TotpRow { AccountId = account.Id, Sealed = secrets.Close(account.Id, secret), CreatedAt = time.Now() });
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return View(Totp.ToBase32(secret), account);
        }

        private TotpView View(string secret, Account account)
        {
            var issuer = Uri.EscapeDataString(server.Value.Name);
            var uri = $"otpauth://totp/{issuer}:{Uri.EscapeDataString(account.UserName!)}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period={Totp.StepSeconds}";
            using var data = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
            using var svg = new SvgQRCode(data);
            return new TotpView(secret, uri, svg.GetGraphic(4));
        }
    }
}
