using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Files;

/// <summary>What people do with files, in intents.</summary>
internal static class FilePeople
{
    /// <summary>The smallest picture that is one: 3 × 2 pixels.</summary>
    public static byte[] Png() => Pictures.SamplePictures.Png(3, 2);

    public static byte[] Random(int length) => RandomNumberGenerator.GetBytes(length);

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Posts the form; the answer as it comes.</summary>
    public static Task<Answer> PostFile(this Person person, string name, byte[] bytes, params (string Name, string Value)[] fields) =>
        person.Http.Post("files", Form(name, bytes, fields));

    public static MultipartFormDataContent Form(string name, byte[] bytes, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (field, value) in fields)
        {
            form.Add(new StringContent(value), field);
        }

        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-whatever");
        form.Add(content, "file", name);
        return form;
    }

    /// <summary>A private file; the <c>file</c>.</summary>
    public static async Task<JsonElement> Store(this Person person, string name, byte[] bytes) => (await person.PostFile(name, bytes)).Ok(201)["file"];

    /// <summary>A file to a room; the whole answer.</summary>
    public static async Task<Answer> Share(this Person person, Guid room, string name, byte[] bytes, string? clientId = null) =>
        (await person.PostFile(name, bytes, ("roomId", room.ToString()), ("clientId", clientId ?? Person.NewClientId()))).Ok();

    /// <summary>The bytes of a file that the person may see.</summary>
    public static async Task<byte[]> Download(this Person person, Guid file, params (string Name, string Value)[] headers)
    {
        var (answer, bytes) = await person.Http.Fetch($"files/{file}/content", headers);
        answer.Ok();
        return bytes;
    }

    public static string? String(this JsonElement element, string member) => element.GetProperty(member).GetString();

    public static string Metadata(params (string Key, string Value)[] pairs) =>
        string.Join(",", pairs.Select(p => $"{p.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(p.Value))}"));

    /// <summary>Speaks tus by hand.</summary>
    public static Task<Answer> Tus(this Person person, HttpMethod method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        ByteArrayContent? content = null;
        if (body is not null)
        {
            content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        }

        return person.Http.Send(method, path, content, [("Tus-Resumable", "1.0.0"), .. headers]);
    }

    /// <summary>Begins an upload; its path.</summary>
    public static async Task<string> BeginUpload(this Person person, long length, params (string Key, string Value)[] metadata) =>
        (await person.Tus(HttpMethod.Post, "uploads", null, ("Upload-Length", length.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Upload-Metadata", Metadata(metadata)))).Ok(201).Header("Location")!;

    public static Task<Answer> Append(this Person person, string upload, long offset, byte[] bytes, params (string Name, string Value)[] headers) =>
        person.Tus(HttpMethod.Patch, upload, bytes, [("Upload-Offset", offset.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. headers]);

    public static async Task<long> Offset(this Person person, string upload) =>
        long.Parse((await person.Tus(HttpMethod.Head, upload)).Ok(200).Header("Upload-Offset")!, System.Globalization.CultureInfo.InvariantCulture);

    public static Guid UploadId(this string upload) => Guid.Parse(upload[(upload.LastIndexOf('/') + 1)..]);
}
