using System.Buffers.Binary;

namespace ChatMonolith.BuildingBlocks.Pictures;

/// <summary>WebP (RFC 9649): the bitstream with its transparency, of an animation the first frame. Everything else is left out.</summary>
internal static class WebpParts
{
    private const int FileHeader = 12;
    private const int ChunkHeader = 8;
    private const int FrameHeader = 16;
    private const byte HasAlpha = 0x10;

    public static Picture? Keep(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHeader + ChunkHeader || !file.StartsWith("RIFF"u8) || !file.Slice(8, 4).SequenceEqual("WEBP"u8))
        {
            return null;
        }

        return Find(file[FileHeader..], insideFrame: false);
    }

    private static Picture? Find(ReadOnlySpan<byte> chunks, bool insideFrame)
    {
        var alpha = ReadOnlySpan<byte>.Empty;
        while (chunks.Length >= ChunkHeader)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(chunks[4..]);
            if (length < 0 || length > chunks.Length - ChunkHeader)
            {
                return null;
            }

            var type = chunks[..4];
            var data = chunks.Slice(ChunkHeader, length);
            if (type.SequenceEqual("ANMF"u8) && !insideFrame)
            {
                return Find(data[FrameHeader..], insideFrame: true);
            }

            if (type.SequenceEqual("ALPH"u8))
            {
                alpha = data;
            }
            else if (type.SequenceEqual("VP8L"u8))
            {
                return Lossless(data);
            }
            else if (type.SequenceEqual("VP8 "u8))
            {
                return Lossy(data, alpha);
            }

            chunks = chunks[Math.Min(chunks.Length, ChunkHeader + length + (length & 1))..];
        }

        return null;
    }

    private static Picture? Lossless(ReadOnlySpan<byte> data)
    {
        if (data.Length < 5 || data[0] != 0x2F)
        {
            return null;
        }

        var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
        return Write((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1, [], data, "VP8L"u8);
    }

    private static Picture? Lossy(ReadOnlySpan<byte> data, ReadOnlySpan<byte> alpha)
    {
        // A key frame's header (RFC 6386, 9.1).
        if (data.Length < 10 || !data.Slice(3, 3).SequenceEqual((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
        {
            return null;
        }

        return Write(BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF, alpha, data, "VP8 "u8);
    }

    private static Picture Write(int width, int height, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> data, ReadOnlySpan<byte> type)
    {
        using var file = new MemoryStream(data.Length + alpha.Length + 64);
        file.Write("RIFF\0\0\0\0WEBP"u8);
        if (alpha.Length > 0)
        {
            Span<byte> canvas = stackalloc byte[10];
            canvas.Clear();
            canvas[0] = HasAlpha;
            Write24(canvas[4..], width - 1);
            Write24(canvas[7..], height - 1);
            WriteChunk(file, "VP8X"u8, canvas);
            WriteChunk(file, "ALPH"u8, alpha);
        }

        WriteChunk(file, type, data);
        var bytes = file.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        return new Picture(bytes, "image/webp", width, height);
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, data.Length);
        file.Write(type);
        file.Write(length);
        file.Write(data);
        if (data.Length % 2 == 1)
        {
            file.WriteByte(0);
        }
    }

    private static void Write24(Span<byte> target, int value)
    {
        target[0] = (byte)value;
        target[1] = (byte)(value >> 8);
        target[2] = (byte)(value >> 16);
    }
}
