using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Pushing;

/// <summary>What a push service was sent, opened with the browser's own key.</summary>
internal sealed record Pushed(JsonElement Payload, JsonElement Claims, IReadOnlyDictionary<string, string> Headers);

/// <summary>A push service and the browsers that it serves, on loopback: it checks the token and really decrypts (RFC 8291, by itself).</summary>
internal sealed class PushServer : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, Browser> browsers = new(StringComparer.Ordinal);
    private readonly Task serving;

    public PushServer()
    {
        Address = new Uri($"http://127.0.0.1:{FreePorts.Next()}/");
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        serving = Serve();
    }

    public Uri Address { get; }

    public Browser NewBrowser()
    {
        var name = Guid.CreateVersion7().ToString("N");
        return browsers[name] = new Browser(new Uri(Address, "push/" + name));
    }

    /// <summary>The claims of a <c>vapid</c> header, whose signature is right.</summary>
    public static JsonElement Claims(string authorization)
    {
        var parts = authorization["vapid ".Length..].Split(", ").ToDictionary(p => p[..1], p => p[2..]);
        var point = Base64Url.DecodeFromChars(parts["k"]);
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..] } });
        var end = parts["t"].LastIndexOf('.');
        var signed = Encoding.ASCII.GetBytes(parts["t"][..end]);
        return key.VerifyData(signed, Base64Url.DecodeFromChars(parts["t"].AsSpan(end + 1)), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            ? JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(parts["t"].Split('.')[1]))
            : throw new CryptographicException("The signature is not right.");
    }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private async Task Serve()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            var browser = browsers[context.Request.Url!.Segments[^1]];
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            context.Response.StatusCode = browser.Answers.TryDequeue(out var status) ? status : 201;
            if (context.Response.StatusCode == 201)
            {
                browser.Receive(body.ToArray(), context.Request.Headers.AllKeys.ToDictionary(k => k!.ToLowerInvariant(), k => context.Request.Headers[k]!));
            }
            else
            {
                browser.CountRefused();
            }

            context.Response.Close();
        }
    }

    internal sealed class Browser(Uri endpoint)
    {
        private readonly ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        private readonly byte[] secret = RandomNumberGenerator.GetBytes(16);
        private int refused;

        /// <summary>What the service answers next, instead of taking it.</summary>
        public ConcurrentQueue<int> Answers { get; } = new();

        public ConcurrentQueue<Pushed> Received { get; } = new();

        public int Refused => Volatile.Read(ref refused);

        /// <summary>What <c>PushSubscription.toJSON()</c> gives.</summary>
        public object Subscription => new { endpoint, expirationTime = (long?)null, keys = new { p256dh = Base64Url.EncodeToString(Point), auth = Base64Url.EncodeToString(secret) } };

        private byte[] Point
        {
            get
            {
                var q = key.ExportParameters(includePrivateParameters: false).Q;
                return [4, .. q.X!, .. q.Y!];
            }
        }

        public async Task<Pushed> Gets(string text)
        {
            await Deadline.Until(() => Task.FromResult(Received.Any(p => p.Payload.Text() == text)), $"the browser to be pushed \"{text}\"");
            return Received.First(p => p.Payload.Text() == text);
        }

        public void CountRefused() => Interlocked.Increment(ref refused);

        public void Receive(byte[] body, Dictionary<string, string> headers) =>
            Received.Enqueue(new Pushed(JsonSerializer.Deserialize<JsonElement>(Open(body)), Claims(headers["authorization"]), headers));

        private byte[] Open(byte[] body)
        {
            var salt = body[..16];
            BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(16)).ShouldBe(4096u);
            var theirs = body[21..(21 + body[20])];
            using var sender = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = theirs[1..33], Y = theirs[33..] } });
            var shared = key.DeriveRawSecretAgreement(sender.PublicKey);
            var material = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, secret, [.. "WebPush: info\0"u8, .. Point, .. theirs]);
            using var aes = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 16, salt, "Content-Encoding: aes128gcm\0"u8.ToArray()), 16);
            var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 12, salt, "Content-Encoding: nonce\0"u8.ToArray());
            var cipher = body[(21 + body[20])..];
            var plain = new byte[cipher.Length - 16];
            aes.Decrypt(nonce, cipher.AsSpan(0, plain.Length), cipher.AsSpan(plain.Length), plain);
            plain[^1].ShouldBe((byte)2, "the last record's delimiter");
            return plain[..^1];
        }
    }
}
