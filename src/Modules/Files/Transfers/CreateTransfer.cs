using System.Globalization;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Intake;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Files.Transfers;

/// <summary>Sends files to people, and to whom they give the link, for a time.</summary>
internal static class CreateTransfer
{
    private const int MostFiles = 100;
    private const int MostRecipients = 100;
    private const int MostDownloads = 1_000_000;
    private const int DefaultHours = 168;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/transfers", async (Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(body, caller), ct)).ToHttp(made => Results.Created($"/api/v1/transfers/{made.Transfer.Id}", made)))
            .WithTags("Transfers").WithSummary("Send files of one's own by a transfer")
            .WithDescription(
                """
                The files are sent as they are now; recipients are accounts or email addresses, or none: then there is only the link. The secret is shown this once; the server keeps its hash.
                For an encrypted transfer the client makes the secret and sends linkAuthHash (SHA-256 of the link's key) and linkKdf instead of a password; secret is then null, and the client puts
                its own after the # of url. Recipients with an account hear of it (transfer.received, notification), and where mail is set all get a letter; one that went to an address carries the
                link, unless the transfer is encrypted.
                """)
            .Produces<Answer>(201).ProducesProblem(400).ProducesProblem(404);

    public sealed record Recipient(Guid? UserId, string? Email);

    public sealed record Kdf(string? Salt, int? Iterations, bool? HasPassword);

    public sealed record Body(
        IReadOnlyList<Guid>? FileIds, IReadOnlyList<Recipient>? Recipients, string? Message, int? ExpiresInHours, int? MaxDownloads, string? Password, string? LinkAuthHash, Kdf? LinkKdf);

    /// <param name="Transfer">As its sender sees it.</param>
    /// <param name="Secret">Null where the client made it.</param>
    /// <param name="Url">On this server.</param>
    internal sealed record Answer(TransferView Transfer, string? Secret, string Url);

    internal sealed record Command(Body Body, Caller Caller) : IRequest<Result<Answer>>
    {
        public LinkKdf? Kdf => Body.LinkKdf is { } k ? new LinkKdf(k.Salt ?? "", k.Iterations ?? 0, k.HasPassword ?? false) : null;
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator(IOptions<FilesOptions> options)
        {
            RuleFor(c => c.Body.FileIds).Must(ids => ids is { Count: > 0 and <= MostFiles } && ids.Distinct().Count() == ids.Count).OverridePropertyName("fileIds").WithMessage($"Send 1 to {MostFiles} files, each once.");
            RuleFor(c => c.Body.Recipients).Must(r => r is null || r.Count <= MostRecipients).OverridePropertyName("recipients").WithMessage($"Send to at most {MostRecipients} recipients.");
            RuleForEach(c => c.Body.Recipients).Must(IsRecipient).OverridePropertyName("recipients").WithMessage("Each recipient has a userId, or an email address.").When(c => c.Body.Recipients is not null);
            RuleFor(c => c.Body.Message).Must(m => m is null || (m.Length <= TransferRow.MaxMessage && !m.Contains('\0', StringComparison.Ordinal))).OverridePropertyName("message").WithMessage($"A message has at most {TransferRow.MaxMessage} characters.");
            RuleFor(c => c.Body.ExpiresInHours).Must(h => h is null || (h > 0 && h <= options.Value.MaxTransferHours)).OverridePropertyName("expiresInHours").WithMessage(string.Create(CultureInfo.InvariantCulture, $"A transfer stays open for 1 to {options.Value.MaxTransferHours} hours."));
            RuleFor(c => c.Body.MaxDownloads).Must(n => n is null or (> 0 and <= MostDownloads)).OverridePropertyName("maxDownloads").WithMessage("maxDownloads is 1 or more; leave it out for no limit.");
            RuleFor(c => c.Body.Password).Must(p => p is null or { Length: > 0 and <= TransferPasswords.Max }).OverridePropertyName("password").WithMessage($"A password has 1 to {TransferPasswords.Max} characters.");
            RuleFor(c => c.Body.Password).Null().OverridePropertyName("password").WithMessage("The password of an encrypted transfer stays with the client.").When(c => c.Body.LinkAuthHash is not null);
            RuleFor(c => c.Body.LinkAuthHash).Must(h => h is null || LinkKdf.Key(h) is not null).OverridePropertyName("linkAuthHash").WithMessage("linkAuthHash is 32 bytes in hex or base64.");
            RuleFor(c => c.Kdf).Must(k => k?.IsValid == true).OverridePropertyName("linkKdf").WithMessage("linkKdf has a salt of 32 bytes, and 100,000 to 2,000,000 iterations, or 0 without a password.").When(c => c.Body.LinkAuthHash is not null || c.Body.LinkKdf is not null);
        }

        private static bool IsRecipient(Recipient? recipient) =>
            recipient is { UserId: not null, Email: null }
            || (recipient is { UserId: null, Email: { Length: > 2 and <= RecipientRow.MaxEmail } email } && email.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < email.Length - 1 && !email.Any(c => char.IsControl(c) || c is ' '));
    }

    internal sealed class Handler(IRoomLog log, INotifications notifications, IPeople people, Destinations destinations, TransferPasswords passwords, TransferLetters letters, TimeProvider time) : IRequestHandler<Command, Result<Answer>>
    {
        private static readonly Error UnknownPerson = Error.NotFound with { Detail = "One of the recipients is not here." };

        public async Task<Result<Answer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var (body, me) = (request.Body, request.Caller.UserId);
            var recipients = await Recipients(body.Recipients ?? [], me, cancellationToken);
            if (!recipients.IsOk)
            {
                return recipients.Error;
            }

            var secret = body.LinkAuthHash is null ? Secrets.NewToken() : null;
            var row = new TransferRow
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()),
                SenderId = me,
                Message = body.Message?.Trim() ?? "",
                MaxDownloads = body.MaxDownloads,
                SecretHash = secret is null ? null : Secrets.Hash(secret),
                PasswordHash = body.Password is null ? null : await passwords.Hash(body.Password, cancellationToken),
                LinkAuthHash = LinkKdf.Key(body.LinkAuthHash),
                LinkKdf = request.Kdf?.Write(),
            };
            var open = TimeSpan.FromHours(body.ExpiresInHours ?? DefaultHours);
            var correspondence = await letters.Prepare(me, recipients.Value, cancellationToken);
            var made = await log.Commit<TransferView>(
                async (tx, ct) =>
                {
                    var (view, sent) = await Insert(tx, row, recipients.Value, body.FileIds!, open, ct);
                    if (view.IsOk && correspondence is not null)
                    {
                        await letters.Post(tx.Use<FilesDb>(), row, sent, recipients.Value, secret, correspondence, ct);
                    }

                    return view;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
            return made.Map(view => new Answer(view, secret, secret is null ? $"/t/{row.Id}" : $"/t/{row.Id}#{secret}"));
        }

        private async Task<Result<List<RecipientRow>>> Recipients(IReadOnlyList<Recipient> wanted, Guid me, CancellationToken ct)
        {
            var ids = wanted.Where(r => r.UserId is not null).Select(r => r.UserId!.Value).Distinct().ToList();
            if (ids.Contains(me))
            {
                return Error.Validation("recipients", "Send it to others; your own files are yours already.");
            }

            if (wanted.Any(r => r.Email is { } email && letters.Refuses(email)))
            {
                return Error.Validation("recipients", "One of the addresses is none that mail can be sent to.");
            }

            if (ids.Count > 0 && (await people.Active(ids, ct)).Count < ids.Count)
            {
                return UnknownPerson;
            }

            var rows = ids.ConvertAll(id => new RecipientRow { UserId = id });
            foreach (var email in wanted.Where(r => r.Email is not null).Select(r => r.Email!).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                var known = await destinations.Person(email, ct);
                if (known is null || !rows.Exists(r => r.UserId == known))
                {
                    rows.Add(new RecipientRow { Email = email, UserId = known == me ? null : known });
                }
            }

            return rows;
        }

        private async Task<(Result<TransferView> View, IReadOnlyList<TransferFileRow> Sent)> Insert(ILogTransaction tx, TransferRow row, List<RecipientRow> recipients, IReadOnlyList<Guid> fileIds, TimeSpan open, CancellationToken ct)
        {
            var (db, at) = (tx.Use<FilesDb>(), tx.At);
            var files = await db.Files.AsNoTracking().Where(f => fileIds.Contains(f.Id) && f.OwnerId == row.SenderId && (f.ExpiresAt == null || f.ExpiresAt > at)).ToDictionaryAsync(f => f.Id, ct);
            if (files.Count < fileIds.Count)
            {
                return (Error.Validation("fileIds", "There is no such file of yours."), []);
            }

            (row.CreatedAt, row.ExpiresAt) = (at, at + (long)open.TotalMilliseconds);
            row.Encrypted = row.LinkAuthHash is not null || files.Values.All(f => f.Encrypted);
            var sent = fileIds.Select((id, position) => Sent(files[id], row.Id, position)).ToList();
            for (var i = 0; i < recipients.Count; i++)
            {
                (recipients[i].TransferId, recipients[i].Number) = (row.Id, i + 1);
            }

            db.Transfers.Add(row);
            db.TransferFiles.AddRange(sent);
            db.Recipients.AddRange(recipients);
            await db.SaveChangesAsync(ct);
            var accounts = recipients.Where(r => r.UserId is not null).Select(r => r.UserId!.Value).Distinct().ToList();
            foreach (var userId in accounts)
            {
                await tx.AppendUser(userId, "transfer.received", new Received(TransferViews.Of(row, sent, recipients, userId)), ct);
            }

            if (accounts.Count > 0)
            {
                await notifications.Notify(tx, accounts, new NewNotification(NotificationKind.Transfer, TransferId: row.Id, ActorId: row.SenderId, Text: row.Message.Length > 0 ? row.Message : sent[0].Name), ct);
            }

            return (TransferViews.Of(row, sent, recipients, row.SenderId), sent);
        }

        private static TransferFileRow Sent(FileRow f, Guid transferId, int position) => new()
        {
            TransferId = transferId,
            FileId = f.Id,
            Position = position,
            BlobId = f.BlobId,
            Name = f.Name,
            Size = f.Size,
            ContentType = f.ContentType,
            Sha256 = f.Sha256,
            Width = f.Width,
            Height = f.Height,
            Version = f.Version,
            Encrypted = f.Encrypted,
            CreatedAt = f.CreatedAt,
        };
    }

    /// <summary>The payload of the user event <c>transfer.received</c>.</summary>
    internal sealed record Received(TransferView Transfer);
}
