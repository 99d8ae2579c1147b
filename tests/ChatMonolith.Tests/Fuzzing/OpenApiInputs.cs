using System.Text;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Fuzzing;

/// <param name="Route">Method and template, to group failures by.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query, escaped.</param>
/// <param name="Body">JSON or something like it; null for none.</param>
/// <param name="ContentType">What the body claims to be.</param>
internal sealed record Input(string Route, HttpMethod Method, string Path, string? Body, string ContentType)
{
    public override string ToString() => $"{Method} {Path}{(Body is null ? "" : $" {ContentType}: {(Body.Length > 400 ? Body[..400] + $"… ({Body.Length})" : Body)}")}";
}

/// <summary>Makes requests from the server's own description: nearly right ones, wrong in one place, or in many.</summary>
internal sealed class OpenApiInputs
{
    private const int MaxDepth = 6;

    /// <summary>Each of these costs a password hash; they take part less often, and no less wrongly.</summary>
    private static readonly string[] Costly = ["/api/v1/auth/register", "/api/v1/auth/login", "/api/v1/auth/password/change"];

    private static readonly string[] ContentTypes = ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "multipart/form-data; boundary=x", "application/xml"];

    private readonly JsonElement document;
    private readonly List<(string Path, HttpMethod Method, JsonElement Operation)> operations = [];

    public OpenApiInputs(JsonElement document)
    {
        this.document = document;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(o => o.Name is "get" or "post" or "put" or "patch" or "delete"))
            {
                operations.Add((path.Name, new HttpMethod(operation.Name.ToUpperInvariant()), operation.Value));
            }
        }
    }

    public int Operations => operations.Count;

    public Input Next(Dice dice, World world)
    {
        var (template, method, operation) = dice.Pick(operations);
        while (Costly.Contains(template) && !dice.OneIn(25))
        {
            (template, method, operation) = dice.Pick(operations);
        }

        var path = new StringBuilder(template);
        var query = new List<string>();
        foreach (var parameter in Parameters(operation))
        {
            var name = parameter.GetProperty("name").GetString()!;
            if (parameter.GetProperty("in").GetString() == "path")
            {
                path.Replace("{" + name + "}", Uri.EscapeDataString(name.EndsWith("emoji", StringComparison.Ordinal) && !dice.OneIn(4) ? "👍" : world.Id(dice)));
            }
            else if (!dice.OneIn(3))
            {
                query.Add($"{name}={Uri.EscapeDataString(dice.OneIn(3) ? Junk.Text(dice) : Unquoted(Junk.Value(dice)))}");
            }
        }

        if (dice.OneIn(30))
        {
            query.Add("unknown=" + Uri.EscapeDataString(Junk.Text(dice)));
        }

        var address = path + (query.Count > 0 ? "?" + string.Join('&', query) : "");
        var (body, contentType) = Body(operation, dice, world);
        return new Input($"{method} {template}", method, address, body, contentType);
    }

    private static JsonElement[] Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];

    private static string Unquoted(string json) => json.Length > 2_000 ? json[..2_000] : json.Trim('"');

    private (string? Body, string ContentType) Body(JsonElement operation, Dice dice, World world)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
        {
            return dice.OneIn(20) ? (Junk.NoJson(dice), "application/json") : (null, "");
        }

        var schema = body.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema");
        var json = Value(schema, "", dice, world, 0);
        return dice.Next(12) switch
        {
            0 => (Junk.NoJson(dice), "application/json"),
            1 => (Junk.Damage(json, dice), "application/json"),
            2 => (json, dice.Pick(ContentTypes)),
            3 => (null, ""),
            _ => (json, "application/json"),
        };
    }

    private string Value(JsonElement schema, string name, Dice dice, World world, int depth)
    {
        if (depth > MaxDepth || dice.OneIn(15))
        {
            return Junk.Value(dice);
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Value(Resolve(reference.GetString()!), name, dice, world, depth + 1);
        }

        foreach (var union in new[] { "oneOf", "anyOf", "allOf" })
        {
            if (schema.TryGetProperty(union, out var members))
            {
                return Value(dice.Pick(members.EnumerateArray().ToArray()), name, dice, world, depth + 1);
            }
        }

        if (schema.TryGetProperty("enum", out var values) && !dice.OneIn(5))
        {
            return dice.Pick(values.EnumerateArray().ToArray()).GetRawText();
        }

        return TypeOf(schema, dice) switch
        {
            "object" => Members(schema, dice, world, depth),
            "array" => "[" + string.Join(',', Enumerable.Range(0, dice.Next(4)).Select(_ => Value(schema.GetProperty("items"), name, dice, world, depth + 1))) + "]",
            "integer" or "number" => dice.Next(60).ToString(),
            "boolean" => dice.OneIn(2) ? "true" : "false",
            "string" => JsonSerializer.Serialize(Text(name, dice, world)),
            _ => Junk.Value(dice),
        };
    }

    private string Members(JsonElement schema, Dice dice, World world, int depth)
    {
        if (!schema.TryGetProperty("properties", out var properties))
        {
            return "{}";
        }

        var members = new List<string>();
        // Half of the bodies leave much out: what is optional is often what is wrong.
        var leaveOut = dice.OneIn(2) ? 2 : 10;
        foreach (var property in properties.EnumerateObject().Where(_ => !dice.OneIn(leaveOut)))
        {
            var member = $"{JsonSerializer.Serialize(property.Name)}:{Value(property.Value, property.Name, dice, world, depth + 1)}";
            members.Add(member);
            if (dice.OneIn(40))
            {
                members.Add(member);
            }
        }

        if (dice.OneIn(10))
        {
            members.Add($"{JsonSerializer.Serialize(Junk.Text(dice))}:{Junk.Value(dice)}");
        }

        return "{" + string.Join(',', members) + "}";
    }

    private static string Text(string name, Dice dice, World world)
    {
        if (dice.OneIn(4))
        {
            return Junk.Text(dice);
        }

        return name switch
        {
            _ when name.EndsWith("Id", StringComparison.Ordinal) && name != "clientId" => world.Id(dice),
            "userIds" or "memberIds" or "attachments" or "replyTo" => world.Id(dice),
            "clientId" => $"c{dice.Next(1000)}",
            "type" => dice.Pick(["public", "private", "direct"]),
            "role" => dice.Pick(["owner", "moderator", "member", "admin"]),
            "email" => $"f{dice.NextBits():x}@example.org",
            "username" or "login" => $"f{dice.NextBits():x}",
            "password" or "newPassword" => "long copper kettle 47",

            // Never the right one: a change that goes through would lock the fuzzer out of its own account.
            "currentPassword" => "not the right one 12",
            _ => $"text {dice.Next(100)}",
        };
    }

    private static string TypeOf(JsonElement schema, Dice dice)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("properties", out _) ? "object" : "";
        }

        if (type.ValueKind == JsonValueKind.String)
        {
            return type.GetString()!;
        }

        var choices = type.EnumerateArray().Select(t => t.GetString()!).Where(t => t != "null").ToArray();
        return choices.Length == 0 ? "" : dice.Pick(choices);
    }

    private JsonElement Resolve(string reference)
    {
        var element = document;
        foreach (var part in reference.TrimStart('#', '/').Split('/'))
        {
            element = element.GetProperty(part);
        }

        return element;
    }
}
