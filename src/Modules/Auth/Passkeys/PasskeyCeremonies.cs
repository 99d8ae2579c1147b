using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text.Json;
using ChatMonolith.Auth.Nodes;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Passkeys;

/// <summary>A passkey's answer that is right.</summary>
/// <param name="AccountId">Whose.</param>
/// <param name="Passkey">With its new counter.</param>
/// <param name="IsUserVerified">The device has asked its user (PIN, finger, face): two factors in one.</param>
internal sealed record Assertion(Guid AccountId, UserPasskeyInfo Passkey, bool IsUserVerified);

/// <summary>What was asked of browsers and not answered yet, by its challenge; each is taken once, within five minutes. In memory, as socket tickets are.</summary>
internal sealed class PasskeyChallenges(SharedOnce shared, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private const int Most = 20_000;
    private const string Purpose = "passkey ";
    private readonly ConcurrentDictionary<string, (string State, Guid? AccountId, long At)> open = new(StringComparer.Ordinal);

    public async ValueTask Add(string challenge, string state, Guid? accountId, CancellationToken ct)
    {
        if (shared.IsNeeded)
        {
            await shared.Put(Purpose + challenge, $"{accountId:N} {state}", Lifetime, ct);
            return;
        }

        if (open.Count >= Most)
        {
            foreach (var old in open.OrderBy(o => o.Value.At).Take(Most / 2))
            {
                open.TryRemove(old);
            }
        }

        open[challenge] = (state, accountId, time.GetTimestamp());
    }

    /// <param name="challenge">What the browser signed.</param>
    /// <param name="accountId">For whom it was asked; null for whoever answers.</param>
    /// <param name="ct">Cancels the looking.</param>
    public async ValueTask<string?> Take(string challenge, Guid? accountId, CancellationToken ct)
    {
        if (shared.IsNeeded)
        {
            return await shared.Take(Purpose + challenge, ct) is { } kept && kept.Split(' ', 2) is [var whose, var state] && whose == $"{accountId:N}" ? state : null;
        }

        return open.TryRemove(challenge, out var found) && found.AccountId == accountId && time.GetElapsedTime(found.At) < Lifetime ? found.State : null;
    }
}

/// <summary>
/// WebAuthn's two ceremonies by Identity's own handler, which knows the formats and checks the signatures. A login never names the
/// credentials it would take, so it tells nobody who has an account.
/// </summary>
internal sealed class PasskeyCeremonies(IPasskeyHandler<Account> handler, PasskeyChallenges challenges, AuthDb db, TimeProvider time, IAuditLog audit, ILogger<PasskeyCeremonies> logger)
{
    private const int UserVerifiedFlag = 0x04;
    private const int FlagsOffset = 32;

    public static Error Refused => new(ErrorCodes.InvalidCredentials, "This passkey was not accepted. Try again, or log in another way.");

    public async Task<JsonElement> AskToCreate(Account account, HttpContext http)
    {
        var asked = await handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = account.Id.ToString(), Name = account.UserName!, DisplayName = account.DisplayName }, http);
        return await Remember(asked.CreationOptionsJson, asked.AttestationState, account.Id);
    }

    public async Task<JsonElement> AskToProve(HttpContext http)
    {
        var asked = await handler.MakeRequestOptionsAsync(user: null, http);
        return await Remember(asked.RequestOptionsJson, asked.AssertionState, accountId: null);
    }

    public async Task<Result<UserPasskeyInfo>> Attest(Guid accountId, JsonElement credential, HttpContext http, ClientInfo client)
    {
        if (ChallengeOf(credential) is not { } challenge || await challenges.Take(challenge, accountId, CancellationToken.None) is not { } state)
        {
            return Refused;
        }

        try
        {
            var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = credential.GetRawText(), AttestationState = state });
            if (result.Succeeded)
            {
                return result.Passkey;
            }

            logger.PasskeyRefused(client.Address, result.Failure.Message);
            audit.Note(new AuditEvent("passkey.refused", ActorId: null, Address: client.Address, Result: AuditResult.Refused));
        }
        catch (Exception e) when (IsMalformed(e))
        {
            logger.PasskeyRefused(client.Address, "malformed");
            audit.Note(new AuditEvent("passkey.refused", ActorId: null, Address: client.Address, Result: AuditResult.Refused));
        }

        return Refused;
    }

    public async Task<Result<Assertion>> Assert(JsonElement credential, HttpContext http, ClientInfo client, CancellationToken ct)
    {
        if (ChallengeOf(credential) is not { } challenge || await challenges.Take(challenge, accountId: null, CancellationToken.None) is not { } state)
        {
            return Refused;
        }

        try
        {
            var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = credential.GetRawText(), AssertionState = state });
            if (result.Succeeded)
            {
                var data = Base64Url.DecodeFromChars(credential.GetProperty("response").GetProperty("authenticatorData").GetString());
                return new Assertion(result.User.Id, result.Passkey, (data[FlagsOffset] & UserVerifiedFlag) != 0);
            }

            logger.PasskeyRefused(client.Address, result.Failure.Message);
            audit.Note(new AuditEvent("passkey.refused", ActorId: null, Address: client.Address, Result: AuditResult.Refused));
        }
        catch (Exception e) when (IsMalformed(e))
        {
            logger.PasskeyRefused(client.Address, "malformed");
            audit.Note(new AuditEvent("passkey.refused", ActorId: null, Address: client.Address, Result: AuditResult.Refused));
        }

        ct.ThrowIfCancellationRequested();
        return Refused;
    }

    /// <summary>Keeps the counter, by which a copied passkey shows; within the caller's transaction.</summary>
    public async Task Used(Assertion assertion, CancellationToken ct)
    {
        var now = time.Now();
        var passkey = assertion.Passkey;
        var (id, count, backedUp) = (passkey.CredentialId, (long)passkey.SignCount, passkey.IsBackedUp);
        await db.Passkeys.Where(p => p.CredentialId == id && p.AccountId == assertion.AccountId)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.SignCount, count).SetProperty(p => p.IsBackedUp, backedUp).SetProperty(p => p.LastUsedAt, now), ct);
    }

    private async Task<JsonElement> Remember(string optionsJson, string? state, Guid? accountId)
    {
        var options = JsonSerializer.Deserialize<JsonElement>(optionsJson);
        await challenges.Add(options.GetProperty("challenge").GetString()!, state!, accountId, CancellationToken.None);
        return options;
    }

    private static string? ChallengeOf(JsonElement credential)
    {
        try
        {
            var data = Base64Url.DecodeFromChars(credential.GetProperty("response").GetProperty("clientDataJSON").GetString());
            return JsonSerializer.Deserialize<JsonElement>(data).GetProperty("challenge").GetString();
        }
        catch (Exception e) when (IsMalformed(e))
        {
            return null;
        }
    }

    /// <summary>What a body that somebody made up can cause: none of it is a defect.</summary>
    private static bool IsMalformed(Exception e) => e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or IndexOutOfRangeException;
}
