using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatMonolith.Chatctl.Moving;

/// <summary>One table of an export on its way to the disk: a row a line, hashed as it is written.</summary>
internal sealed class TableFile : IDisposable
{
    private const int FlushAbove = 64 * 1024;
    private readonly string name;
    private readonly FileStream file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> buffer = new(FlushAbove * 2);
    private readonly Utf8JsonWriter json;
    private long rows;

    /// <param name="folder">The export's.</param>
    /// <param name="name">The table's.</param>
    public TableFile(string folder, string name)
    {
        this.name = name;
        file = new FileStream(Path.Combine(folder, "tables", name + ".jsonl"), FileMode.CreateNew, FileAccess.Write);
        json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Begins a row; its members are the caller's to write.</summary>
    public Utf8JsonWriter Begin()
    {
        json.Reset();
        json.WriteStartObject();
        return json;
    }

    public void End()
    {
        json.WriteEndObject();
        json.Flush();
        buffer.GetSpan(1)[0] = (byte)'\n';
        buffer.Advance(1);
        rows++;
        if (buffer.WrittenCount > FlushAbove)
        {
            Flush();
        }
    }

    public ExportedTable Finish()
    {
        Flush();
        return new ExportedTable(name, rows, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public void Dispose()
    {
        json.Dispose();
        file.Dispose();
        hash.Dispose();
    }

    private void Flush()
    {
        hash.AppendData(buffer.WrittenSpan);
        file.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }
}
