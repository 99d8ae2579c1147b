using System.Runtime.CompilerServices;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// A command whose members are strings and nothing else, read in place: what is sent most is read without a document, and of its
/// members only those become strings that are asked for. Whatever is not so simple is left to the general way, which also knows the
/// right error.
/// </summary>
public readonly ref struct FlatFrame
{
    private const int MostMembers = 8;
    private readonly ReadOnlySpan<byte> json;
    private readonly Members members;

    private FlatFrame(ReadOnlySpan<byte> json, Members members, int count)
    {
        this.json = json;
        this.members = members;
        Count = count;
    }

    public int Count { get; }

    /// <returns>False when it is no flat object of a few strings with names of their own, or no JSON at all.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out FlatFrame frame)
    {
        frame = default;
        var found = default(Members);
        var count = 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                var nameAt = (int)reader.TokenStartIndex + 1;
                if (count == MostMembers || reader.ValueIsEscaped || Find(json, found, count, name) >= 0 || !reader.Read() || reader.TokenType is not JsonTokenType.String)
                {
                    return false;
                }

                found[count++] = new Member(nameAt, name.Length, (int)reader.TokenStartIndex, reader.ValueSpan.Length + 2, reader.ValueIsEscaped);
            }

            if (reader.Read())
            {
                return false;
            }
        }
        catch (JsonException)
        {
            return false;
        }

        frame = new FlatFrame(json, found, count);
        return true;
    }

    /// <summary>The bytes between the quotes of a member without escapes.</summary>
    public bool TryGetRaw(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (Find(json, members, Count, name) is not (>= 0 and var index) || members[index].IsEscaped)
        {
            return false;
        }

        var member = members[index];
        value = json.Slice(member.ValueAt + 1, member.ValueLength - 2);
        return true;
    }

    /// <returns>False when there is no such member, or no string can hold it.</returns>
    public bool TryGetString(ReadOnlySpan<byte> name, out string value)
    {
        value = "";
        if (Find(json, members, Count, name) is not (>= 0 and var index))
        {
            return false;
        }

        var reader = new Utf8JsonReader(json.Slice(members[index].ValueAt, members[index].ValueLength));
        try
        {
            reader.Read();
            value = reader.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate.
            return false;
        }
    }

    private static int Find(ReadOnlySpan<byte> json, in Members members, int count, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < count; i++)
        {
            if (json.Slice(members[i].NameAt, members[i].NameLength).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    private readonly record struct Member(int NameAt, int NameLength, int ValueAt, int ValueLength, bool IsEscaped);

    [InlineArray(MostMembers)]
    private struct Members
    {
        private Member first;
    }
}
