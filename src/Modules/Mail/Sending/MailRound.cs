using System.Security.Cryptography;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Mail.Composing;
using ChatMonolith.Mail.Data;
using ChatMonolith.Mail.Smtp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;

namespace ChatMonolith.Mail.Sending;

/// <summary>
/// Sends the letters that are due, over one connection. A letter's row goes when the mail server has taken it; a crash in between costs a
/// repeat under the same Message-ID. While the server is not to be reached no letter is touched, so none runs out of attempts by that.
/// </summary>
internal sealed class MailRound(
    MailDb db,
    MailLine line,
    MailWake wake,
    LetterComposer composer,
    Seal seal,
    IOptions<MailOptions> options,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<MailRound> logger)
{
    private const int AtOnce = 20;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private SmtpConversation? conversation;

    public async Task Run(CancellationToken jobCancelled)
    {
        // A mail server that is slow must not hold up the stop of this one.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(jobCancelled, lifetime.ApplicationStopping);
        if (!options.Value.Works)
        {
            return;
        }

        try
        {
            while (await SendSome(stopping.Token))
            {
                db.ChangeTracker.Clear();
            }

            wake.Left(await db.Outbox.AnyAsync(r => r.DeadAt == null, stopping.Token));

            await (conversation?.Quit(stopping.Token) ?? Task.CompletedTask);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The rest is sent by the next start.
        }
        catch (BrokenCircuitException)
        {
            wake.Left(something: true);
            logger.LogDebug("The mail server failed a moment ago; mail waits");
        }
        catch (SmtpFailure e)
        {
            wake.Left(something: true);
            logger.LogWarning("Mail waits: {Reason}", e.Message);
        }
        finally
        {
            await Drop();
        }
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> SendSome(CancellationToken ct)
    {
        var now = time.Now();
        var due = await db.Outbox.Where(r => r.DeadAt == null && r.NextAt <= now).OrderBy(r => r.NextAt).Take(AtOnce).ToListAsync(ct);
        foreach (var row in due)
        {
            if (row.ExpiresAt <= time.Now())
            {
                await Bury(row, "Its time was over before the mail server took it. " + row.Problem);
                continue;
            }

            conversation ??= await line.Open(ct);
            if (await Claim(row, ct))
            {
                await Send(row, ct);
            }
        }

        return due.Count == AtOnce;
    }

    private async Task Send(OutboxRow row, CancellationToken ct)
    {
        try
        {
            await conversation!.Send(options.Value.Sender, row.Address, Write(row), ct);
            await Forget(row);
            line.Worked();
        }
        catch (SmtpFailure e) when (e.IsFinal)
        {
            await Bury(row, e.Message);
        }
        catch (SmtpFailure e)
        {
            await Postpone(row, e.Message);
            await Drop();
        }
        catch (CryptographicException)
        {
            await Bury(row, "It was written under another secret.key and cannot be read any more.");
        }
    }

    private byte[] Write(OutboxRow row)
    {
        var letter = composer.Compose(row.Kind, row.Language, seal.Open(row.Id, row.Sealed));
        var name = configuration["Server:Name"] is { Length: > 0 } known ? known : "ChatMonolith";
        return MimeMessage.Write(row.Id, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt), options.Value.Sender, name, row.Address, letter);
    }

    /// <summary>Counts the attempt, and sets the next, before it is made: a process that dies of it does not try it in a circle.</summary>
    private async Task<bool> Claim(OutboxRow row, CancellationToken ct)
    {
        var wait = Math.Min(options.Value.RetrySeconds * Math.Pow(2, Math.Min(row.Attempts, 20)), LongestWait.TotalSeconds);
        var next = time.Now() + (long)((wait + Math.Max(0, options.Value.TimeoutSeconds - options.Value.RetrySeconds)) * 1000);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var claimed = await db.Outbox.Where(r => r.Id == row.Id && r.Attempts == row.Attempts && r.DeadAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Attempts, r => r.Attempts + 1).SetProperty(r => r.NextAt, next), ct);
        await transaction.CommitAsync(ct);
        row.Attempts++;
        return claimed == 1;
    }

    private async Task Postpone(OutboxRow row, string problem)
    {
        logger.LogWarning("The letter {Id} ({Kind}) was not taken at its {Attempt}. attempt: {Reason}", row.Id, row.Kind, row.Attempts, problem);
        if (time.Now() - row.CreatedAt > TimeSpan.FromHours(options.Value.GiveUpHours).TotalMilliseconds)
        {
            await Bury(row, problem);
            return;
        }

        // Known now to have failed, so it need not wait for the longest that an attempt may take.
        var wait = Math.Min(options.Value.RetrySeconds * Math.Pow(2, Math.Min(row.Attempts - 1, 20)), LongestWait.TotalSeconds);
        var next = time.Now() + (long)(wait * 1000);
        var bounded = Bounded(problem);
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        await db.Outbox.Where(r => r.Id == row.Id).ExecuteUpdateAsync(set => set.SetProperty(r => r.NextAt, next).SetProperty(r => r.Problem, bounded), CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task Bury(OutboxRow row, string problem)
    {
        logger.LogWarning("The letter {Id} ({Kind}) is given up: {Reason}", row.Id, row.Kind, problem);
        var now = time.Now();
        var bounded = Bounded(problem);
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        await db.Outbox.Where(r => r.Id == row.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.DeadAt, now).SetProperty(r => r.Problem, bounded).SetProperty(r => r.Sealed, (byte[]?)null), CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task Forget(OutboxRow row)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        await db.Outbox.Where(r => r.Id == row.Id).ExecuteDeleteAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task Drop()
    {
        if (conversation is not null)
        {
            await conversation.DisposeAsync();
            conversation = null;
        }
    }

    private static string Bounded(string text) => text.Length <= OutboxRow.MaxProblem ? text : text[..OutboxRow.MaxProblem];
}
