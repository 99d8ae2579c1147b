using System.Threading.Channels;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Codes;

/// <summary>Answers what was asked for: looks who has the address, and owes them the letter in the transaction that removes the wish.</summary>
internal sealed class LetterAnswers(IServiceScopeFactory scopes, IMailOutbox outbox, TimeProvider time, ILogger<LetterAnswers> logger) : BackgroundService
{
    private const int AtOnce = 50;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);
    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => wakes.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                patience.CancelAfter(Pace);
                await wakes.Reader.WaitToReadAsync(patience.Token).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
                wakes.Reader.TryRead(out _);
                while (!stoppingToken.IsCancellationRequested && await AnswerSome(stoppingToken))
                {
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(e, "Letters that were asked for could not be written; it is tried again");
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> AnswerSome(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        var asked = await db.Asked.AsNoTracking().OrderBy(a => a.Id).Take(AtOnce).ToListAsync(ct);
        foreach (var wish in asked)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);

            // Another node may have been faster.
            if (await db.Asked.Where(a => a.Id == wish.Id).ExecuteDeleteAsync(ct) == 1
                && await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.NormalizedEmail == wish.Address && a.IsActive, ct) is { } account)
            {
                await Answer(scope.ServiceProvider, db, account, wish, ct);
            }

            await transaction.CommitAsync(ct);
        }

        return asked.Count == AtOnce;
    }

    private async Task Answer(IServiceProvider provider, AuthDb db, Account account, AskedRow wish, CancellationToken ct)
    {
        var language = wish.Language.Length > 0 ? wish.Language : account.Language;
        if (wish.For is AskedFor.Reset && !account.IsBot)
        {
            await Reset(db, account, language, ct);
        }
        else if (wish.For is AskedFor.Verification && !account.EmailConfirmed)
        {
            await provider.GetRequiredService<CodeLetters>().Post(db, account, CodePurpose.VerifyEmail, account.Email!, language, ct);
        }
    }

    private async Task Reset(AuthDb db, Account account, string language, CancellationToken ct)
    {
        if (!outbox.Works)
        {
            return;
        }

        var token = Secrets.NewToken();
        var expiresAt = time.Now() + (long)ResetRow.Lifetime.TotalMilliseconds;
        await db.Resets.Where(r => r.AccountId == account.Id).ExecuteDeleteAsync(ct);
        var row = new ResetRow { Hash = Secrets.Hash(token), AccountId = account.Id, ExpiresAt = expiresAt };
        db.Resets.Add(row);
        await db.SaveChangesAsync(ct);
        db.Entry(row).State = EntityState.Detached;
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = account.DisplayName, ["username"] = account.UserName!, ["link"] = "/reset#" + token };
        await outbox.Post(db, new Letter(LetterKind.ResetPassword, account.Email!, language, values, expiresAt), ct);
    }
}
