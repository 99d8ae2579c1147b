using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>The two ways the contract writes JSON: whole objects over HTTP, and without empty members in frames.</summary>
public static class Json
{
    /// <summary>How deep a body may nest; nothing of the contract nests deeper than six.</summary>
    public const int MaxDepth = 32;

    /// <summary>Written whether they say anything or not (real-time contract, "Events").</summary>
    private static readonly HashSet<string> AlwaysWritten = new(StringComparer.Ordinal) { "complete", "duplicate", "on" };

    public static readonly JsonSerializerOptions Http = Configure(new JsonSerializerOptions());

    /// <summary>Leaves out members that are null, false, 0 or empty.</summary>
    public static readonly JsonSerializerOptions Frames = Configure(new JsonSerializerOptions
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutEmpty } },
    });

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.MaxDepth = MaxDepth;
        options.AllowDuplicateProperties = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.PropertyNameCaseInsensitive = false;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }

    private static void LeaveOutEmpty(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => !AlwaysWritten.Contains(p.Name)))
        {
            property.ShouldSerialize = static (_, value) => value switch
            {
                null or false or 0 or 0L or "" => false,
                ICollection { Count: 0 } => false,
                _ => true,
            };
        }
    }
}
