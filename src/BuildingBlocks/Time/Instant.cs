using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatMonolith.BuildingBlocks.Time;

/// <summary>A UTC time in milliseconds that travels as RFC 3339 text in JSON.</summary>
[JsonConverter(typeof(InstantJsonConverter))]
public readonly record struct Instant(long UnixMilliseconds) : IComparable<Instant>
{
    public static implicit operator Instant(long unixMilliseconds) => new(unixMilliseconds);

    public static Instant? From(long? unixMilliseconds) => unixMilliseconds is { } value ? new Instant(value) : null;

    public static bool operator <(Instant left, Instant right) => left.UnixMilliseconds < right.UnixMilliseconds;

    public static bool operator >(Instant left, Instant right) => left.UnixMilliseconds > right.UnixMilliseconds;

    public static bool operator <=(Instant left, Instant right) => left.UnixMilliseconds <= right.UnixMilliseconds;

    public static bool operator >=(Instant left, Instant right) => left.UnixMilliseconds >= right.UnixMilliseconds;

    public int CompareTo(Instant other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    public override string ToString() => Clock.Format(UnixMilliseconds);

    private sealed class InstantJsonConverter : JsonConverter<Instant>
    {
        public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TryGetDateTimeOffset(out var value) ? new Instant(value.ToUnixTimeMilliseconds()) : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options)
        {
            Span<byte> text = stackalloc byte[Clock.FormattedLength];
            Clock.Format(value.UnixMilliseconds, text);
            writer.WriteStringValue(text);
        }
    }
}
