using System.Text.Json;

namespace ChatMonolith.Tests.Harness;

/// <summary>Reads frames and messages, whose empty members are left out.</summary>
public static class Frames
{
    public static string Type(this JsonElement frame) => frame.Word("type");

    public static string Text(this JsonElement message) => message.Word("text");

    public static long Seq(this JsonElement entry) => entry.Number("seq");

    public static string Code(this JsonElement reply) => reply.Word("code");

    public static bool IsOk(this JsonElement reply) => reply.Type() == "ok";

    /// <summary>The member, or an empty text where it is left out.</summary>
    public static string Word(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    public static long Number(this JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetInt64() : 0;

    public static Guid Id(this JsonElement element, string name = "id") => element.TryGetProperty(name, out var value) ? value.GetGuid() : Guid.Empty;

    /// <summary>A durable event of this room.</summary>
    public static bool IsOf(this JsonElement frame, Guid room) => frame.Number("seq") > 0 && frame.Id("roomId") == room && frame.Type() is not ("ok" or "error");
}
