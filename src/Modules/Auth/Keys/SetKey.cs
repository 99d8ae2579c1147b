using System.Security.Cryptography;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Keys;

/// <summary>Sets one's own key for encrypted files. The key before it stays, for old files; contacts hear of the change.</summary>
internal static class SetKey
{
    /// <summary>A wrapped P-384 key has some 500 bytes.</summary>
    private const int WrappedMax = 4096;

    /// <summary>PEM has some 210 characters.</summary>
    private const int PublicKeyMax = 1024;

    private const int KeysMax = 100;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPut("/users/me/key", async (Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(caller, body.PublicKey, body.WrappedKey, body.RecoveryKey), ct)).ToOk())
            .RequireAuthorization(Policies.StepUp).WithTags("Users").WithSummary("Set my key for encrypted files")
            .WithDescription("`publicKey` is a P-384 key as SPKI, in base64 or PEM; a point that is off the curve is refused. `wrappedKey` and `recoveryKey` are the private key (PKCS#8), encrypted at the caller's end in the encrypted file format: under a passphrase, and under the printed recovery code; base64, at most 4,096 bytes each. The server can open neither. The same public key again replaces its wrapped copies; another one retires the one before, which stays in `GET /users/me/keys`. At most 100 keys (`conflict`).")
            .Produces<OwnKeyView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);

    public sealed record Body(string? PublicKey, string? WrappedKey, string? RecoveryKey);

    public sealed record Command(Caller Caller, string? PublicKey, string? WrappedKey, string? RecoveryKey) : IRequest<Result<OwnKeyView>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.PublicKey).Cascade(CascadeMode.Stop).NotEmpty().MaximumLength(PublicKeyMax)
                .Must(k => PublicPoint.Parse(k!) is not null).WithMessage("This is not a public key on P-384 (SPKI, base64 or PEM).");
            RuleFor(c => c.WrappedKey).Cascade(CascadeMode.Stop).NotEmpty().Must(IsWrapped).WithMessage("This is not a wrapped private key.");
            RuleFor(c => c.RecoveryKey).Cascade(CascadeMode.Stop).NotEmpty().Must(IsWrapped).WithMessage("This is not a wrapped private key.")
                .NotEqual(c => c.WrappedKey).WithMessage("The recovery copy is a copy under another secret.");
        }

        /// <summary>In the encrypted file format, version 1. A private key in the clear is not taken.</summary>
        private static bool IsWrapped(string? text)
        {
            Span<byte> bytes = stackalloc byte[WrappedMax];
            return Convert.TryFromBase64String(text!, bytes, out var length) && bytes[..length].StartsWith("CMFILE\r\n\x01"u8);
        }
    }

    internal sealed class Handler(IRoomLog log, IRoomAccess rooms) : IRequestHandler<Command, Result<OwnKeyView>>
    {
        public async Task<Result<OwnKeyView>> Handle(Command request, CancellationToken cancellationToken)
        {
            var userId = request.Caller.UserId;
            var point = PublicPoint.Parse(request.PublicKey!)!;
            var contacts = await rooms.Contacts(userId, cancellationToken);
            return await log.Commit<OwnKeyView>(
                async (transaction, ct) =>
                {
                    var db = transaction.Use<AuthDb>();
                    var account = await db.Accounts.SingleAsync(a => a.Id == userId, ct);
                    var keys = await db.Keys.Where(k => k.AccountId == userId).ToListAsync(ct);
                    var key = keys.SingleOrDefault(k => k.Fingerprint == point.Fingerprint);
                    if (key is null)
                    {
                        if (keys.Count >= KeysMax)
                        {
                            return Error.Conflict($"There are {KeysMax} keys already.", ConflictReasons.TooManyKeys);
                        }

                        key = new PersonKey { AccountId = userId, Fingerprint = point.Fingerprint, PublicKey = point.Spki, CreatedAt = transaction.At };
                        db.Keys.Add(key);
                    }

                    key.WrappedKey = Convert.FromBase64String(request.WrappedKey!);
                    key.RecoveryKey = Convert.FromBase64String(request.RecoveryKey!);
                    key.RetiredAt = null;
                    foreach (var earlier in keys.Where(k => k != key))
                    {
                        earlier.RetiredAt ??= transaction.At;
                    }

                    var isChanged = account.KeyFingerprint != key.Fingerprint;
                    account.KeyFingerprint = key.Fingerprint;
                    await db.SaveChangesAsync(ct);
                    if (isChanged)
                    {
                        await transaction.TellProfile(account, contacts, ct);
                    }

                    return OwnKeyView.Of(key);
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
        }
    }
}
