using System.Text.Json;
using Shouldly;

namespace ChatMonolith.Tests.Harness;

/// <summary>An HTTP answer, read whole.</summary>
/// <param name="Request">Method and path, for messages.</param>
/// <param name="Status">The status code.</param>
/// <param name="Text">The body as text.</param>
/// <param name="Headers">All headers, also the body's, by lower-case name.</param>
public sealed record Answer(string Request, int Status, string Text, IReadOnlyDictionary<string, string[]> Headers)
{
    private string log = "";
    private readonly Lazy<JsonElement> json = new(() => Text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(Text));

    /// <summary>The body as JSON; undefined when it is empty.</summary>
    public JsonElement Json => json.Value;

    public bool IsOk => Status is >= 200 and < 300;

    /// <summary>The problem's <c>code</c>, or null when the body is no problem (the answer to HEAD has none).</summary>
    public string? Code => Text.Length > 0 && ContentType?.StartsWith("application/problem+json", StringComparison.Ordinal) == true ? Json.GetProperty("code").GetString() : null;

    public string? ContentType => Header("content-type");

    public JsonElement this[string member] => Json.GetProperty(member);

    public static async Task<Answer> Read(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .GroupBy(h => h.Key.ToLowerInvariant(), h => h.Value)
            .ToDictionary(g => g.Key, g => g.SelectMany(v => v).ToArray(), StringComparer.Ordinal);
        var request = $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.PathAndQuery}";
        return new Answer(request, (int)response.StatusCode, await response.Content.ReadAsStringAsync(), headers)
        {
            // What the server does not tell its callers is what whoever reads of a failed test has to know.
            log = (int)response.StatusCode >= 500 ? ServerLogs.WarningsOf(response.RequestMessage.RequestUri.Port) : "",
        };
    }

    public string? Header(string name) => Headers.TryGetValue(name.ToLowerInvariant(), out var values) ? string.Join(", ", values) : null;

    /// <summary>Asserts success, and passes the answer on.</summary>
    public Answer Ok(int? status = null)
    {
        if (status is null ? !IsOk : Status != status)
        {
            throw new ShouldAssertException($"{this} where {status?.ToString() ?? "success"} was due");
        }

        return this;
    }

    /// <summary>Asserts the failure with its status and code, and passes the answer on.</summary>
    public Answer Fails(int status, string code)
    {
        if (Status != status || Code != code)
        {
            throw new ShouldAssertException($"{this} where {status} {code} was due");
        }

        return this;
    }

    public override string ToString() => $"{Request} answered {Status}: {(Text.Length > 500 ? Text[..500] + "…" : Text)}{(log.Length == 0 ? "" : "\n" + log)}";
}
