using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using JWT;
using JWT.Algorithms;
using JWT.Serializers;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Sessions;

/// <summary>What a valid access token says.</summary>
internal sealed record AccessClaims(Guid AccountId, Guid SessionId, long ExpiresAt);

/// <summary>
/// Access tokens: JWT (RFC 7519), HS256 and nothing else, for this installation and this purpose only. The server is the one issuer, so
/// whatever it would not have written itself is refused; every exception of the library is a refusal too.
/// </summary>
internal sealed class AccessTokens : IDisposable
{
    public const string Purpose = "access";

    /// <summary>Nodes' clocks may differ by so much. <c>exp</c> is exact: its own check follows the library's.</summary>
    private const int SkewSeconds = 30;

    private const int MostCached = 20_000;
    private const int LongestToken = 2048;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };
    private static readonly string[] KeyHeaders = ["jwk", "jku", "x5u", "x5c", "x5t", "kid", "crit", "zip"];

    /// <summary>Whose tokens are taken: the newest generation's, and the one's before it for as long as its tokens live.</summary>
    private const int TakenGenerations = 2;

    private readonly byte[][] keys;
    private readonly Installation installation;
    private readonly TimeProvider time;
    private readonly TimeSpan lifetime;
    private readonly JwtEncoder encoder;
    private readonly JwtDecoder decoder;
    private readonly MemoryCache verified = new(new MemoryCacheOptions { SizeLimit = MostCached });

    public AccessTokens(ServerKeys serverKeys, Installation installation, IOptions<AuthOptions> options, TimeProvider time)
    {
        keys = [.. serverKeys.Generations("auth/access").Take(TakenGenerations)];
        this.installation = installation;
        this.time = time;
        lifetime = options.Value.AccessTokenLifetime;
        var json = new JsonNetSerializer();
        var urls = new JwtBase64UrlEncoder();
        var algorithm = new HMACSHA256Algorithm();
        encoder = new JwtEncoder(algorithm, json, urls);
        decoder = new JwtDecoder(json, new JwtValidator(json, new Now(time), SkewSeconds), urls, algorithm);
    }

    public int LifetimeSeconds => (int)lifetime.TotalSeconds;

    public string Issue(Guid accountId, Guid sessionId)
    {
        var now = time.GetUtcNow();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = accountId.ToString(),
            ["sid"] = sessionId.ToString(),
            ["aud"] = installation.Id.ToString(),
            ["typ"] = Purpose,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),

            // Two logins, or two refreshes within one second, give different tokens.
            ["jti"] = Guid.CreateVersion7(now).ToString("N"),
        };
        return encoder.Encode(new Dictionary<string, object>(StringComparer.Ordinal), claims, keys[0]);
    }

    /// <summary>The claims of a token that is wholly right and in its time; else null.</summary>
    public AccessClaims? Verify(string token)
    {
        if (token.Length is 0 or > LongestToken)
        {
            return null;
        }

        var cacheKey = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (!verified.TryGetValue(cacheKey, out AccessClaims? claims))
        {
            claims = Read(token);
            if (claims is null)
            {
                return null;
            }

            verified.Set(cacheKey, claims, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = lifetime });
        }

        return claims!.ExpiresAt > time.GetUtcNow().ToUnixTimeSeconds() ? claims : null;
    }

    public void Dispose() => verified.Dispose();

    private AccessClaims? Read(string token)
    {
        try
        {
            var parts = token.Split('.');
            return parts.Length == 3 && parts.All(IsCanonical) && IsOurHeader(parts[0])
                ? ReadClaims(decoder.Decode(new JwtParts(parts), keys, verify: true))
                : null;
        }
        catch (Exception)
        {
            // The library throws many types for what is not a token of ours; none of them is a defect.
            return null;
        }
    }

    /// <summary>Base64url leaves spare bits in the last character: without this a token would have several spellings.</summary>
    private static bool IsCanonical(string segment) =>
        segment.Length > 0 && Base64Url.IsValid(segment) && Base64Url.EncodeToString(Base64Url.DecodeFromChars(segment)) == segment;

    private static bool IsOurHeader(string segment)
    {
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(segment), Strict);
        return header.RootElement is { ValueKind: JsonValueKind.Object } root
            && Text(root, "alg") == "HS256" && Text(root, "typ") == "JWT" && !KeyHeaders.Any(name => root.TryGetProperty(name, out _));
    }

    private AccessClaims? ReadClaims(string payload)
    {
        using var document = JsonDocument.Parse(payload, Strict);
        var claims = document.RootElement;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return Number(claims, "exp") is { } exp && exp > now
            && Number(claims, "nbf") is { } nbf && nbf <= now + SkewSeconds
            && Number(claims, "iat") is { } iat && iat <= now + SkewSeconds
            && Text(claims, "typ") == Purpose
            && Text(claims, "aud") == installation.Id.ToString()
            && Guid.TryParseExact(Text(claims, "sub"), "D", out var accountId)
            && Guid.TryParseExact(Text(claims, "sid"), "D", out var sessionId)
            ? new AccessClaims(accountId, sessionId, exp)
            : null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>Whole numbers only: text, fractions and exponents are refused.</summary>
    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number
        && value.GetRawText().All(char.IsAsciiDigit) && value.TryGetInt64(out var number)
            ? number
            : null;

    private sealed class Now(TimeProvider time) : IDateTimeProvider
    {
        public DateTimeOffset GetNow() => time.GetUtcNow();
    }
}
