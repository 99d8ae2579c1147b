using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using FluentValidation;

namespace ChatMonolith.Rooms;

internal interface IPaged
{
    int? Limit { get; }

    string? Cursor { get; }
}

internal sealed class PagedValidator : AbstractValidator<IPaged>
{
    public PagedValidator() =>
        RuleFor(p => p.Limit).InclusiveBetween(1, Page<object>.MaxLimit).WithMessage($"limit is 1 to {Page<object>.MaxLimit}.");
}

/// <summary>
/// Where a page ended: the key of its last row in base64url, opaque to clients. It grants nothing: a query always asks for the
/// caller's rights anew, so a forged cursor only begins elsewhere in the same list.
/// </summary>
internal static class Cursor
{
    private const int IdBytes = 16;
    private const int MaxLength = 1024;

    public static readonly Error Malformed = Error.Validation("cursor", "This cursor is not one that this list gave out.");

    public static string Write(long number, Guid id)
    {
        var number64 = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number64, number);
        return Write(id, number64);
    }

    public static string Write(string text, Guid id) => Write(id, Encoding.UTF8.GetBytes(text));

    public static bool TryRead(string cursor, out long number, out Guid id)
    {
        number = 0;
        if (!TryRead(cursor, out byte[] rest, out id) || rest.Length != sizeof(long))
        {
            return false;
        }

        number = BinaryPrimitives.ReadInt64BigEndian(rest);
        return true;
    }

    public static bool TryRead(string cursor, out string text, out Guid id)
    {
        var ok = TryRead(cursor, out byte[] rest, out id);
        text = Encoding.UTF8.GetString(rest);
        return ok && !text.Contains('\0', StringComparison.Ordinal);
    }

    private static string Write(Guid id, byte[] rest) => Base64Url.EncodeToString([.. id.ToByteArray(bigEndian: true), .. rest]);

    private static bool TryRead(string cursor, out byte[] rest, out Guid id)
    {
        (rest, id) = ([], default);
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(cursor);
        if (bytes.Length < IdBytes)
        {
            return false;
        }

        id = new Guid(bytes.AsSpan(0, IdBytes), bigEndian: true);
        rest = bytes[IdBytes..];
        return true;
    }
}
