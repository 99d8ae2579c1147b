using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Security;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>
/// How this server names itself to push services (VAPID, RFC 8292): a signed token for each of them. The key follows from the server's
/// secret, so that every node and every restored backup has the same, and subscriptions stay good.
/// </summary>
internal sealed class Vapid : IDisposable
{
    private static readonly BigInteger Order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber, provider: null);
    private static readonly TimeSpan Valid = TimeSpan.FromHours(12);
    private static readonly TimeSpan Renewed = TimeSpan.FromHours(6);
    private readonly ECDsa key;
    private readonly TimeProvider time;
    private readonly string contact;
    private readonly ConcurrentDictionary<string, (string Token, DateTimeOffset Since)> tokens = new(StringComparer.Ordinal);

    public Vapid(ServerKeys keys, IOptions<PushOptions> options, TimeProvider time)
    {
        this.time = time;
        contact = options.Value.Contact;
        key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Scalar(keys) });
        PublicKey = Base64Url.EncodeToString(PushEncryption.Bytes(key.ExportParameters(includePrivateParameters: false).Q));
    }

    /// <summary>What browsers call <c>applicationServerKey</c>, in base64url.</summary>
    public string PublicKey { get; }

    /// <summary>The <c>Authorization</c> header for a push service (RFC 8292, 3).</summary>
    public string Authorization(Uri endpoint)
    {
        var origin = endpoint.GetLeftPart(UriPartial.Authority);
        var now = time.GetUtcNow();
        if (!tokens.TryGetValue(origin, out var known) || now - known.Since > Renewed)
        {
            if (tokens.Count > 1000)
            {
                tokens.Clear();
            }

            tokens[origin] = known = (Sign(origin, now + Valid), now);
        }

        return $"vapid t={known.Token}, k={PublicKey}";
    }

    public void Dispose() => key.Dispose();

    private string Sign(string audience, DateTimeOffset until)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["aud"] = audience, ["exp"] = until.ToUnixTimeSeconds() };
        if (contact.Length > 0)
        {
            claims["sub"] = contact;
        }

        var signed = Base64Url.EncodeToString("""{"typ":"JWT","alg":"ES256"}"""u8) + "." + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
        return signed + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    /// <summary>A number from 1 to below the curve's order. That the first candidate is none has a chance of one in four billion.</summary>
    private static byte[] Scalar(ServerKeys keys)
    {
        for (var attempt = 1; ; attempt++)
        {
            var candidate = keys.Lasting($"push/vapid/{attempt}");
            var number = new BigInteger(candidate, isUnsigned: true, isBigEndian: true);
            if (!number.IsZero && number < Order)
            {
                return candidate;
            }
        }
    }
}
