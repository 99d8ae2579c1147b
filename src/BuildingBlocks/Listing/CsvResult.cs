using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.Http;

namespace ChatMonolith.BuildingBlocks.Listing;

/// <summary>
/// A list as CSV (RFC 4180), written page by page. A text that a spreadsheet would take for a formula gets an apostrophe before it
/// (OWASP, CSV injection): names and addresses are written by strangers.
/// </summary>
internal sealed class CsvResult<T>(Page<T> first, Func<string, Task<Result<Page<T>>>> next) : IResult
{
    private static readonly JsonPropertyInfo[] Columns = [.. ((JsonTypeInfo<T>)Json.Http.GetTypeInfo(typeof(T))).Properties.Where(p => p.Get is not null)];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.Headers.ContentDisposition = "attachment; filename=\"list.csv\"";
        response.Headers.CacheControl = "no-store";
        await using var text = new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        await text.WriteAsync(string.Join(',', Columns.Select(c => c.Name)) + "\r\n");
        for (var page = first; ;)
        {
            foreach (var item in page.Items)
            {
                await text.WriteAsync(Line(item));
            }

            if (page.NextCursor is null)
            {
                return;
            }

            var following = await next(page.NextCursor);
            if (!following.IsOk)
            {
                // The head is sent: only a broken connection still tells that something is missing.
                httpContext.Abort();
                return;
            }

            page = following.Value;
        }
    }

    internal static string Line(T item) => string.Join(',', Columns.Select(c => Cell(c.Get!(item!)))) + "\r\n";

    private static string Cell(object? value)
    {
        if (value is null)
        {
            return "";
        }

        var json = JsonSerializer.SerializeToElement(value, value.GetType(), Json.Http);
        return json.ValueKind switch
        {
            JsonValueKind.String => Quoted(Harmless(json.GetString()!)),
            JsonValueKind.Array => Quoted(Harmless(string.Join(' ', json.EnumerateArray().Select(e => e.ToString())))),
            JsonValueKind.Null => "",
            JsonValueKind.Object => Quoted(json.GetRawText()),
            _ => json.GetRawText(),
        };
    }

    private static string Harmless(string text) => text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
