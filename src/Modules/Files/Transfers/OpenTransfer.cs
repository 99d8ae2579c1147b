using System.Buffers.Text;
using System.Security.Cryptography;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Files.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Transfers;

/// <summary>From a link, or from being a recipient, to a token with which the files can be fetched.</summary>
internal static class OpenTransfer
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public static readonly Error Over = new(ErrorCodes.Gone, "This transfer is over: its time has passed, it was taken back, or all its downloads are used.");

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/transfers/{id:id}/open", async (Guid id, Body body, HttpContext context, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(id, body.Secret, body.Password, body.AuthKey, Caller.From(context.User)?.UserId, context.Connection.RemoteIpAddress?.ToString() ?? ""), ct)).ToOk())
            .AllowAnonymous().WithTags("Transfers").WithSummary("Open a transfer, without an account")
            .WithDescription(
                """
                secret, and password where it has one; authKey for an encrypted one; {} for a recipient who is logged in. Costs no download. Checked in this order: unknown 404; over, revoked or used
                up (also while a lease still runs) 410; wrong or missing 401 invalid_credentials, with linkKdf for an encrypted one, and hasPassword where the secret is right; too many wrong 429.
                """)
            .Produces<Answer>().ProducesProblem(401).ProducesProblem(404).ProducesProblem(410).ProducesProblem(429);

    public sealed record Body(string? Secret, string? Password, string? AuthKey);

    /// <param name="Transfer">As who opened it sees it.</param>
    /// <param name="DownloadToken">For <c>Authorization: Transfer …</c>.</param>
    /// <param name="ExpiresAt">The token's end.</param>
    /// <param name="SenderName">From whom it is, for people who can look nobody up here.</param>
    internal sealed record Answer(TransferView Transfer, string DownloadToken, Instant ExpiresAt, string SenderName);

    internal sealed record Command(Guid Id, string? Secret, string? Password, string? AuthKey, Guid? UserId, string Address) : IRequest<Result<Answer>>;

    internal static bool IsOver(TransferRow t, long now) => t.RevokedAt is not null || t.ExpiresAt <= now || t.DownloadCount >= t.MaxDownloads;

    internal sealed class Handler(FilesDb db, IPeople people, TransferPasswords passwords, OpenThrottle throttle, TimeProvider time) : IRequestHandler<Command, Result<Answer>>
    {
        public async Task<Result<Answer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var transfer = await db.Transfers.AsNoTracking().SingleOrDefaultAsync(t => t.Id == request.Id, cancellationToken);
            if (transfer is null)
            {
                return Error.NotFound;
            }

            // What somebody gave out ends with their account.
            if (IsOver(transfer, time.Now()) || (await people.Active([transfer.SenderId], cancellationToken)).Count == 0)
            {
                return Over;
            }

            var isRecipient = request.UserId is { } userId && await db.Recipients.AnyAsync(r => r.TransferId == transfer.Id && r.UserId == userId, cancellationToken);
            if (!isRecipient)
            {
                if (throttle.Wait(transfer.Id, request.Address) is { } wait)
                {
                    return Error.RateLimited(wait);
                }

                if (await Refusal(request, transfer, cancellationToken) is { } refusal)
                {
                    throttle.Failed(transfer.Id, request.Address);
                    return refusal;
                }
            }

            var token = new TokenRow { Id = Guid.CreateVersion7(time.GetUtcNow()), TransferId = transfer.Id, UserId = isRecipient ? request.UserId : null, IssuedAt = time.Now() };
            token.ExpiresAt = token.IssuedAt + (long)Lifetime.TotalMilliseconds;
            var text = DownloadToken.Make(token);
            db.Tokens.Add(token);
            await db.SaveChangesAsync(cancellationToken);
            var view = (await TransferViews.Of(db, [transfer], isRecipient ? request.UserId : null, cancellationToken))[0];
            var sender = (await people.Find([transfer.SenderId], cancellationToken)).GetValueOrDefault(transfer.SenderId);
            return new Answer(view, text, token.ExpiresAt, sender?.DisplayName ?? "");
        }

        private async Task<Error?> Refusal(Command request, TransferRow transfer, CancellationToken ct)
        {
            if (transfer.LinkAuthHash is { } authHash)
            {
                var key = LinkKdf.Key(request.AuthKey);
                return key is not null && Secrets.AreEqual(SHA256.HashData(key), authHash)
                    ? null
                    : Wrong("This transfer is encrypted: its link, and its password if it has one, make the key that opens it.", "linkKdf", LinkKdf.Read(transfer.LinkKdf!));
            }

            if (request.Secret is not { Length: > 0 and < 256 } secret || transfer.SecretHash is null || !Secrets.AreEqual(Secrets.Hash(secret), transfer.SecretHash))
            {
                return Wrong("The link is not complete. Copy all of it.", null, null);
            }

            if (transfer.PasswordHash is not { } passwordHash)
            {
                return null;
            }

            return request.Password is { Length: > 0 and <= TransferPasswords.Max } password && await passwords.IsRight(password, passwordHash, ct)
                ? null
                : Wrong("This transfer needs its password. Ask who sent it.", "hasPassword", true);
        }

        private static Error Wrong(string detail, string? member, object? value) =>
            new(ErrorCodes.InvalidCredentials, detail, Extensions: member is null ? null : new Dictionary<string, object?>(StringComparer.Ordinal) { [member] = value });
    }
}

/// <summary>A token's text: its id and 256 random bits, of which the server keeps the hash.</summary>
internal static class DownloadToken
{
    private const int IdBytes = 16;

    public static string Make(TokenRow row)
    {
        var text = Base64Url.EncodeToString([.. row.Id.ToByteArray(bigEndian: true), .. RandomNumberGenerator.GetBytes(Secrets.TokenBytes)]);
        row.Hash = Secrets.Hash(text);
        return text;
    }

    /// <summary>The token that a text is; null for anything that is none.</summary>
    public static async Task<TokenRow?> Find(FilesDb db, string? text, CancellationToken ct)
    {
        var bytes = new byte[IdBytes + Secrets.TokenBytes];
        if (text is null || text.Length > 2 * bytes.Length || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length != bytes.Length)
        {
            return null;
        }

        var id = new Guid(bytes.AsSpan(0, IdBytes), bigEndian: true);
        var row = await db.Tokens.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct);
        return row is not null && Secrets.AreEqual(Secrets.Hash(text), row.Hash) ? row : null;
    }
}
