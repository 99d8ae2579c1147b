using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ChatMonolith.Tests.Browser;

/// <summary>A picture with something in it, for the pages that show pictures.</summary>
internal static class Hill
{
    public static byte[] Png(int width = 900, int height = 560)
    {
        using var rows = new MemoryStream();
        using (var zlib = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + (3 * width)];
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var isHill = y > height * (0.62 - (0.22 * Math.Sin(x * Math.PI / width)));
                    (row[1 + (3 * x)], row[2 + (3 * x)], row[3 + (3 * x)]) = isHill ? ((byte)70, (byte)(120 + (y * 60 / height)), (byte)72) : ((byte)(120 + (x * 100 / width)), (byte)(165 + (y * 60 / height)), (byte)(225 - (x * 60 / width)));
                }

                zlib.Write(row);
            }
        }

        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        Chunk(file, "IHDR", header);
        Chunk(file, "IDAT", rows.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(Stream file, string type, byte[] data)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(named);
        var crc = named.Aggregate(uint.MaxValue, (sum, one) => Enumerable.Range(0, 8).Aggregate(sum ^ one, (bits, _) => (bits & 1) == 1 ? (bits >> 1) ^ 0xEDB88320 : bits >> 1));
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        file.Write(number);
    }
}
