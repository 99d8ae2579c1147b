using System.Text.Json;
using System.Text.Unicode;

namespace ChatMonolith.Chatctl.Importing;

/// <summary>A line of a file, or an element of its array, with the place where it stands.</summary>
/// <param name="Json">Good until the next piece is asked for; undefined where there is a problem.</param>
/// <param name="Place">File and line, or file and element.</param>
/// <param name="Problem">Why it cannot be read; null where it can.</param>
internal readonly record struct Piece(JsonElement Json, string Place, string? Problem);

/// <summary>
/// Reads JSON that may be longer than memory, piece by piece: JSON lines, or one array. A piece has a bound; one that breaks it, or
/// that is no JSON, is told and passed over.
/// </summary>
internal sealed class JsonPieces : IDisposable
{
    /// <summary>A Mattermost post stands in one line with its whole thread.</summary>
    public const int LineMax = 64 * 1024 * 1024;
    public const int ElementMax = 8 * 1024 * 1024;
    private const int DepthMax = 64;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMax };
    private readonly Stream stream;
    private readonly string name;
    private readonly int max;
    private byte[] buffer = new byte[256 * 1024];
    private int start;
    private int end;
    private bool ended;

    private JsonPieces(Stream stream, string name, int max) => (this.stream, this.name, this.max) = (stream, name, max);

    /// <summary>Bytes that were read.</summary>
    public long Read { get; private set; }

    /// <exception cref="RefusedException">The file is in UTF-16 or UTF-32.</exception>
    public static JsonPieces Lines(Stream stream, string name) => Open(new JsonPieces(stream, name, LineMax));

    /// <inheritdoc cref="Lines(Stream, string)"/>
    public static JsonPieces Elements(Stream stream, string name) => Open(new JsonPieces(stream, name, ElementMax));

    /// <summary>The lines of the file; empty ones are none.</summary>
    public IEnumerable<Piece> EachLine()
    {
        for (var number = 1L; ; number++)
        {
            var length = IndexOf((byte)'\n', out var tooLong);
            var place = $"{name}:{number}";
            if (tooLong)
            {
                yield return new Piece(default, place, $"The line is longer than {max} bytes.");
            }
            else if (length < 0)
            {
                yield break;
            }
            else if (!IsBlank(buffer.AsSpan(start, length)))
            {
                using var document = Parse(buffer.AsMemory(start, length), out var problem);
                yield return new Piece(document?.RootElement ?? default, place, problem);
            }

            start = Math.Min(end, start + Math.Max(length, 0) + 1);
        }
    }

    /// <summary>The elements of the file's one array.</summary>
    /// <exception cref="RefusedException">The file holds something else than one array.</exception>
    public IEnumerable<Piece> EachElement()
    {
        if (Skip() != '[')
        {
            throw new RefusedException($"{name} is no JSON array.");
        }

        start++;
        for (var number = 1L; ; number++)
        {
            var next = Skip();
            if (next == ',' && number > 1)
            {
                start++;
                next = Skip();
            }

            if (next == ']')
            {
                // To the end: an archive's checksum is compared there.
                for (start = end; Fill(); start = end)
                {
                }

                yield break;
            }

            var place = $"{name}#{number}";
            if (next < 0)
            {
                yield return new Piece(default, place, "The file ends in the middle.");
                yield break;
            }

            var length = ElementLength(out var problem);
            if (problem is not null)
            {
                yield return new Piece(default, place, problem);
            }
            else
            {
                using var document = Parse(buffer.AsMemory(start, length), out problem);
                yield return new Piece(document?.RootElement ?? default, place, problem);
                start += length;
                if (problem is null)
                {
                    continue;
                }
            }

            // Where one element is broken nobody knows where the next begins.
            yield break;
        }
    }

    public void Dispose() => stream.Dispose();

    private static JsonPieces Open(JsonPieces pieces)
    {
        while (pieces.end < 4 && pieces.Fill())
        {
        }

        ReadOnlySpan<byte> head = pieces.buffer.AsSpan(0, pieces.end);
        if (head is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..] or [0, ..] or [_, 0, ..])
        {
            throw new RefusedException($"{pieces.name} is not in UTF-8 but in UTF-16 or UTF-32. Take the export as it was made.");
        }

        if (head is [0xEF, 0xBB, 0xBF, ..])
        {
            pieces.start = 3;
        }

        return pieces;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\r', (byte)'\t') < 0;

    private static JsonDocument? Parse(ReadOnlyMemory<byte> bytes, out string? problem)
    {
        if (!Utf8.IsValid(bytes.Span))
        {
            problem = "It is no valid UTF-8.";
            return null;
        }

        try
        {
            problem = null;
            return JsonDocument.Parse(bytes, Options);
        }
        catch (JsonException)
        {
            problem = $"It is no JSON, or nested deeper than {DepthMax}.";
            return null;
        }
    }

    /// <summary>The length up to the byte, or to the end of the file; −1 where nothing is left.</summary>
    private int IndexOf(byte wanted, out bool tooLong)
    {
        tooLong = false;
        for (var looked = 0; ;)
        {
            var found = buffer.AsSpan(start + looked, end - start - looked).IndexOf(wanted);
            if (found >= 0)
            {
                return looked + found;
            }

            looked = end - start;
            if (looked > max)
            {
                (tooLong, start, looked) = (true, end, 0);
            }

            if (!Fill())
            {
                return end > start ? end - start : -1;
            }
        }
    }

    /// <summary>The next byte that is no white space, which stays; −1 at the end.</summary>
    private int Skip()
    {
        while (true)
        {
            var found = buffer.AsSpan(start, end - start).IndexOfAnyExcept(" \r\n\t"u8);
            if (found >= 0)
            {
                start += found;
                return buffer[start];
            }

            start = end;
            if (!Fill())
            {
                return -1;
            }
        }
    }

    private int ElementLength(out string? problem)
    {
        var (depth, inString, escaped) = (0, false, false);
        for (var at = 0; ; at++)
        {
            if (at > max)
            {
                problem = $"The element is longer than {max} bytes. What follows in this file is not read.";
                return 0;
            }

            if (start + at == end && !Fill())
            {
                problem = "The file ends in the middle.";
                return 0;
            }

            var c = buffer[start + at];
            if (inString)
            {
                (inString, escaped) = (escaped || c != '"', !escaped && c == '\\');
                continue;
            }

            if (depth == 0 && at > 0 && c is (byte)',' or (byte)']')
            {
                problem = null;
                return at;
            }

            inString = c == '"';
            depth += c is (byte)'{' or (byte)'[' ? 1 : c is (byte)'}' or (byte)']' ? -1 : 0;
            if (depth > DepthMax)
            {
                problem = $"The element is nested deeper than {DepthMax}. What follows in this file is not read.";
                return 0;
            }

            if (depth == 0 && c is (byte)'}' or (byte)']')
            {
                problem = null;
                return at + 1;
            }
        }
    }

    /// <summary>Reads on behind what is there; what is done with makes room first.</summary>
    private bool Fill()
    {
        if (ended)
        {
            return false;
        }

        if (start > 0 && (start == end || end == buffer.Length))
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = stream.Read(buffer, end, buffer.Length - end);
        ended = read == 0;
        end += read;
        Read += read;
        return read > 0;
    }
}
