using System.Buffers;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace ChatMonolith.Host;

/// <summary>
/// One version of the web client, held in memory as it was when it was first asked for. Its name follows from all that is in it and
/// from the security headers it is sent with, and is a part of every file's address: modules import each other by relative addresses,
/// so a page can never get a file of another version, whatever is deployed meanwhile.
/// </summary>
internal sealed partial class ClientAssets
{
    private const string ShellFile = "index.html";
    private const string LocalFile = "local.html";
    private const string TransferFile = "transfer.html";
    private const string WorkerFile = "sw.js";
    private readonly FrozenDictionary<string, ClientAsset> files;

    private ClientAssets(string version, FrozenDictionary<string, ClientAsset> files, ClientAsset shell, ClientAsset local, ClientAsset transfer, ClientAsset worker)
    {
        Version = version;
        this.files = files;
        Shell = shell;
        Local = local;
        Transfer = transfer;
        Worker = worker;
    }

    /// <summary>16 hexadecimal digits.</summary>
    public string Version { get; }

    /// <summary>The page that every address of the client shows.</summary>
    public ClientAsset Shell { get; }

    /// <summary>The page that encrypts and decrypts without a server.</summary>
    public ClientAsset Local { get; }

    /// <summary>The page that a transfer's link opens, for people without an account too.</summary>
    public ClientAsset Transfer { get; }

    /// <summary>The service worker, which is told the version, its files with their digests, and which addresses are the server's.</summary>
    public ClientAsset Worker { get; }

    public ClientAsset? Find(string path) => files.GetValueOrDefault(path);

    /// <param name="client">The client's files.</param>
    /// <param name="headers">What the version depends on beside them.</param>
    /// <param name="serverPaths">Where no page of the client is.</param>
    public static ClientAssets Read(IFileProvider client, string headers, IReadOnlyList<string> serverPaths)
    {
        var contents = Carried.All(client).ToDictionary(f => f.Path, f => f.Content, StringComparer.Ordinal);
        var compressed = TakeCompressed(contents);
        var shell = Encoding.UTF8.GetString(contents.Remove(ShellFile, out var page) ? page : throw new FileNotFoundException("The client has no page.", ShellFile));
        var local = Encoding.UTF8.GetString(contents.Remove(LocalFile, out var own) ? own : throw new FileNotFoundException("The client has no local page.", LocalFile));
        var transfer = Encoding.UTF8.GetString(contents.Remove(TransferFile, out var sent) ? sent : throw new FileNotFoundException("The client has no page for transfers.", TransferFile));
        contents.Remove(WorkerFile, out var worker);
        var digests = contents.ToDictionary(f => f.Key, f => Digest(f.Value), StringComparer.Ordinal);
        var version = NameOf(digests, shell + local + transfer, worker ?? [], headers);
        var (shellBytes, localBytes, transferBytes) = (Versioned(shell, version), Versioned(local, version), Versioned(transfer, version));
        var build = JsonSerializer.Serialize(new { version, shell = Digest(shellBytes), local = Digest(localBytes), transfer = Digest(transferBytes), files = digests, server = serverPaths }, JsonSerializerOptions.Web);
        return new ClientAssets(
            version,
            contents.ToFrozenDictionary(f => f.Key, f => ClientAsset.Of(f.Key, f.Value, compressed.GetValueOrDefault(f.Key)), StringComparer.Ordinal),
            ClientAsset.Of(ShellFile, shellBytes),
            ClientAsset.Of(LocalFile, localBytes),
            ClientAsset.Of(TransferFile, transferBytes),
            ClientAsset.Of(WorkerFile, [.. Encoding.UTF8.GetBytes($"self.BUILD = {build};\n"), .. worker ?? []]));
    }

    /// <summary>A build lays compressed forms beside its files. They are no files of the client; the Brotli ones, smaller than what is made in passing, are sent in their place.</summary>
    private static Dictionary<string, byte[]> TakeCompressed(Dictionary<string, byte[]> contents)
    {
        var compressed = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var path in contents.Keys.Where(p => Path.GetExtension(p) is ".br" or ".gz").ToList())
        {
            var of = Path.ChangeExtension(path, null);
            if (contents.ContainsKey(of) && contents.Remove(path, out var form) && path.EndsWith(".br", StringComparison.Ordinal))
            {
                compressed[of] = form;
            }
        }

        return compressed;
    }

    private static byte[] Versioned(string page, string version) => Encoding.UTF8.GetBytes(OwnAddress().Replace(page, $"${{name}}=\"/v/{version}/${{path}}\""));

    private static string NameOf(Dictionary<string, string> digests, string shell, byte[] worker, string headers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, digest) in digests.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path} {digest}\n"));
        }

        hash.AppendData(Encoding.UTF8.GetBytes($"{shell}\n{headers}\n"));
        hash.AppendData(worker);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    /// <summary>As Subresource Integrity writes it.</summary>
    private static string Digest(byte[] content) => "sha256-" + Convert.ToBase64String(SHA256.HashData(content));

    [GeneratedRegex("\\b(?<name>href|src)=\"/(?<path>[^\"]+\\.(js|css))\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OwnAddress();
}

/// <summary>A file of the client in the forms in which it travels, which are made when they are first asked for.</summary>
internal sealed class ClientAsset
{
    private const int BrotliQuality = 6;
    private const int BrotliWindow = 20;
    private static readonly FileExtensionContentTypeProvider ContentTypes = new();
    private static readonly SearchValues<string> Compressible = SearchValues.Create(["text/", "json", "svg", "javascript"], StringComparison.Ordinal);
    private readonly byte[] plain;
    private readonly Lazy<byte[]> brotli;
    private readonly Lazy<byte[]> gzip;
    private readonly string contentType;
    private readonly bool isText;
    private readonly string tag;

    private ClientAsset(byte[] plain, string contentType, byte[]? compressed)
    {
        this.plain = plain;
        isText = contentType.AsSpan().ContainsAny(Compressible);
        this.contentType = isText ? contentType + "; charset=utf-8" : contentType;
        tag = Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 8));
        brotli = new(() => compressed is not null && IsOf(compressed) ? compressed : Brotli());
        gzip = new(Gzip);
    }

    /// <param name="name">Which tells its type.</param>
    /// <param name="content">As it is.</param>
    /// <param name="compressed">The same by Brotli, should there be one.</param>
    public static ClientAsset Of(string name, byte[] content, byte[]? compressed = null) =>
        new(content, ContentTypes.TryGetContentType(name, out var type) ? type : "application/octet-stream", compressed);

    /// <summary>Answers GET and HEAD, or 304 to who has it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caching">The <c>Cache-Control</c> of the answer.</param>
    public async Task Send(HttpContext context, string caching)
    {
        var response = context.Response;
        var (form, body) = Form(context.Request);
        var etag = $"\"{tag}{form}\"";
        response.Headers.CacheControl = caching;
        response.Headers.ETag = etag;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (context.Request.Headers.IfNoneMatch.Contains(etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (form.Length > 0)
        {
            response.Headers.ContentEncoding = form;
        }

        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private (string Form, byte[] Body) Form(HttpRequest request)
    {
        if (!isText)
        {
            return ("", plain);
        }

        var accepted = request.GetTypedHeaders().AcceptEncoding;
        bool Takes(string form) => accepted.Any(a => a.Value.Equals(form, StringComparison.OrdinalIgnoreCase) && a.Quality is null or > 0);
        return Takes("br") ? ("br", brotli.Value) : Takes("gzip") ? ("gzip", gzip.Value) : ("", plain);
    }

    /// <summary>A file that was changed after the build has an old form beside it.</summary>
    private bool IsOf(byte[] compressed)
    {
        var buffer = new byte[plain.Length];
        return BrotliDecoder.TryDecompress(compressed, buffer, out var length) && length == plain.Length && buffer.AsSpan().SequenceEqual(plain);
    }

    private byte[] Brotli()
    {
        var buffer = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        return BrotliEncoder.TryCompress(plain, buffer, out var length, BrotliQuality, BrotliWindow)
            ? buffer[..length]
            : throw new InvalidOperationException("Brotli needs more than it said.");
    }

    private byte[] Gzip()
    {
        using var buffer = new MemoryStream();
        using (var stream = new GZipStream(buffer, CompressionLevel.Optimal))
        {
            stream.Write(plain);
        }

        return buffer.ToArray();
    }
}
