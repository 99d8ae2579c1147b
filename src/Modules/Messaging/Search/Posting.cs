using System.Buffers;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// The index counts messages in the order in which they were committed (documents), in blocks of <see cref="BlockSize"/>. A posting
/// says in which documents of one block a term stands: as steps from one to the next while they are few, else as a bit for each.
/// </summary>
internal static class Posting
{
    public const int BlockSize = 8_192;
    public const int Words = BlockSize / 64;
    private const int BlockBits = 13;
    private const int TermBits = 40;
    private const byte Steps = 0;
    private const byte Bits = 1;
    private const int BitmapBytes = BlockSize / 8;

    public static int BlockOf(long document) => (int)(document >> BlockBits);

    public static int PlaceOf(long document) => (int)(document & (BlockSize - 1));

    public static long Document(int block, int place) => ((long)block << BlockBits) + place;

    /// <summary>Postings lie in the order of their blocks, so that what is added lies together.</summary>
    public static long Key(int block, long term) => ((long)block << TermBits) | term;

    public static int BlockOfKey(long key) => (int)(key >> TermBits);

    public static long TermOfKey(long key) => key & ((1L << TermBits) - 1);

    public static void Add(ulong[] places, int place) => places[place >> 6] |= 1UL << (place & 63);

    public static void Remove(ulong[] places, int place) => places[place >> 6] &= ~(1UL << (place & 63));

    public static bool IsEmpty(ulong[] places) => !places.AsSpan().ContainsAnyExcept(0UL);

    public static int Count(ulong[] places)
    {
        var count = 0;
        foreach (var word in places)
        {
            count += System.Numerics.BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>Leaves those of <paramref name="places"/> that are among <paramref name="others"/> too.</summary>
    public static void Keep(ulong[] places, ulong[] others)
    {
        for (var i = 0; i < places.Length; i++)
        {
            places[i] &= others[i];
        }
    }

    /// <summary>From the highest to the lowest.</summary>
    public static IEnumerable<int> Descending(ulong[] places)
    {
        for (var i = places.Length - 1; i >= 0; i--)
        {
            for (var word = places[i]; word != 0;)
            {
                var bit = 63 - System.Numerics.BitOperations.LeadingZeroCount(word);
                word &= ~(1UL << bit);
                yield return (i << 6) + bit;
            }
        }
    }

    public static byte[] Encode(ulong[] places)
    {
        Span<byte> bytes = stackalloc byte[1 + BitmapBytes];
        var length = 1;
        var last = -1;
        for (var i = 0; i < places.Length; i++)
        {
            for (var word = places[i]; word != 0; word &= word - 1)
            {
                var place = (i << 6) + System.Numerics.BitOperations.TrailingZeroCount(word);
                if (length + 2 > bytes.Length)
                {
                    return EncodeBits(places);
                }

                length += Varint.Write(bytes[length..], (ulong)(place - last - 1));
                last = place;
            }
        }

        bytes[0] = Steps;
        return bytes[..length].ToArray();
    }

    /// <summary>Adds what a posting holds to <paramref name="places"/>.</summary>
    public static void AddTo(ulong[] places, ReadOnlySpan<byte> posting)
    {
        if (posting[0] == Bits)
        {
            var words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(posting[1..]);
            for (var i = 0; i < words.Length; i++)
            {
                places[i] |= BitConverter.IsLittleEndian ? words[i] : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words[i]);
            }

            return;
        }

        var last = -1;
        for (var at = 1; at < posting.Length;)
        {
            last += 1 + (int)Varint.Read(posting, ref at);
            Add(places, last);
        }
    }

    private static byte[] EncodeBits(ulong[] places)
    {
        var bytes = new byte[1 + BitmapBytes];
        bytes[0] = Bits;
        for (var i = 0; i < places.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1 + (i * 8)), places[i]);
        }

        return bytes;
    }
}

/// <summary>Numbers of seven bits a byte, the low ones first.</summary>
internal static class Varint
{
    public static int Write(Span<byte> to, ulong value)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            to[length++] = (byte)(value | 0x80);
        }

        to[length++] = (byte)value;
        return length;
    }

    public static ulong Read(ReadOnlySpan<byte> from, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = from[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    /// <summary>Ascending numbers as steps from one to the next.</summary>
    public static byte[] WriteAscending(byte first, IReadOnlyCollection<long> numbers)
    {
        var buffer = new ArrayBufferWriter<byte>(1 + (numbers.Count * 3));
        buffer.GetSpan(1)[0] = first;
        buffer.Advance(1);
        var last = 0L;
        foreach (var number in numbers)
        {
            buffer.Advance(Write(buffer.GetSpan(10), (ulong)(number - last)));
            last = number;
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static List<long> ReadAscending(ReadOnlySpan<byte> bytes)
    {
        var numbers = new List<long>();
        var last = 0L;
        for (var at = 1; at < bytes.Length;)
        {
            last += (long)Read(bytes, ref at);
            numbers.Add(last);
        }

        return numbers;
    }
}
