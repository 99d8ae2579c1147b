using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ChatMonolith.Chatctl.Doctor;

/// <summary>A running server says itself whether it can serve.</summary>
internal static class ServerChecks
{
    private const string Check = "server";

    public static async IAsyncEnumerable<Finding> Run(Patient patient, [EnumeratorCancellation] CancellationToken ct)
    {
        if (!patient.IsRunning)
        {
            yield return Finding.Ok(Check, "No server is running on this folder.");
            yield break;
        }

        // Its certificate bears the public name, not this machine's, and has a check of its own.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        if (patient.Address.IsLoopback)
        {
#pragma warning disable CA5359 // This machine's own server, asked whether it is ready, without credentials.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) };
        HttpResponseMessage? answer = null;
        string? problem = null;
        try
        {
            answer = await http.GetAsync(new Uri(patient.Address, "/health/ready"), ct);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            problem = e is HttpRequestException ? e.Message : "no answer within 5 s.";
        }

        using (answer)
        {
            if (answer is null)
            {
                yield return Finding.Problem(Check, $"A server holds the folder, but {patient.Address} does not answer: {problem}", "Name its address with --url. If that is it, its log says what it does; it may still be starting.");
                yield break;
            }

            yield return answer.IsSuccessStatusCode ? Finding.Ok(Check, $"{patient.Address} is ready.")
                : Finding.Problem(Check, $"{patient.Address} is not ready: {await Reasons(answer, ct)}", "The log says more; \"The server does not start, or is not ready\" in docs/operations/incidents.md.");
            if (answer.Headers.Date is { } date && !patient.IsPostgres)
            {
                yield return Clocks.Compare("the server's", date);
            }
        }
    }

    private static async Task<string> Reasons(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            var text = await answer.Content.ReadAsStringAsync(ct);
            return JsonSerializer.Deserialize<JsonElement>(text).TryGetProperty("reasons", out var reasons) ? string.Join("; ", reasons.EnumerateArray()) : $"it answers {(int)answer.StatusCode}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return $"it answers {(int)answer.StatusCode}, and not as this server does";
        }
    }
}
