using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

/// <summary>Makes access tokens as an attacker would who even held the server's own key.</summary>
internal sealed class TokenForge
{
    private readonly byte[] key;

    private TokenForge(byte[] key) => this.key = key;

    public static TokenForge WithTheKeyOf(RunningServer server)
    {
        var root = File.ReadAllBytes(Path.Combine(server.DataFolder, "secret.key"));
        return new TokenForge(HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: "chatmonolith/auth/access"u8.ToArray()));
    }

    public static JsonObject HeaderOf(string token) => Part(token, 0);

    public static JsonObject ClaimsOf(string token) => Part(token, 1);

    /// <summary>Signed with HMAC-SHA-256, whatever the header says.</summary>
    public string Sign(JsonNode header, JsonNode claims) => Sign(header.ToJsonString(), claims.ToJsonString());

    public string Sign(string header, string claims)
    {
        var body = $"{Encode(header)}.{Encode(claims)}";
        return $"{body}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(body)))}";
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static JsonObject Part(string token, int index) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[index]))!.AsObject();
}
