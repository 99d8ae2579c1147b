using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatMonolith.Chatctl.Doctor;

/// <summary>Looks at a machine and a configuration, changes nothing, and says what to mend.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static Command Command()
    {
        var data = new Option<string>("--data") { Description = "The server's data folder. The server may be running or stopped.", Required = true, HelpName = "folder" };
        var url = new Option<string>("--url") { Description = "Where a running server is asked.", DefaultValueFactory = _ => "http://localhost:5080", HelpName = "address" };
        var json = new Option<bool>("--json") { Description = "One JSON object in place of lines." };
        var command = new Command(
            "doctor",
            "Checks a machine and a configuration, and says what to mend. Settings come from the environment, as they do for the server; run it as the server's user. Exit code 0: all is well; 1: warnings; 2: problems.")
        {
            data, url, json,
        };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(parsed.GetRequiredValue(data), parsed.GetValue(url)!, parsed.GetValue(json), ct)));
        return command;
    }

    private static async Task<int> Run(string data, string url, bool asJson, CancellationToken ct)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
        {
            throw new RefusedException($"\"{url}\" is no address such as http://localhost:5080.");
        }

        var findings = new List<Finding>();
        using var patient = Patient.Examine(data, address, findings);
        Func<Patient, CancellationToken, IAsyncEnumerable<Finding>>[] checks =
        [
            FolderChecks.Run, DatabaseChecks.Run, ServerChecks.Run, StoreChecks.Run, BackupChecks.Run, MailChecks.Run, AddressChecks.Run, MachineChecks.Run,
        ];
        foreach (var check in checks)
        {
            await Collect(check(patient, ct), findings, ct);
        }

        var worst = findings.Max(f => f.Verdict);
        Console.WriteLine(asJson ? JsonSerializer.Serialize(new { verdict = worst, findings }, Format) : Lines(findings, worst));
        return (int)worst;
    }

    /// <summary>A check that breaks must not hide what the others find.</summary>
    private static async Task Collect(IAsyncEnumerable<Finding> check, List<Finding> findings, CancellationToken ct)
    {
        try
        {
            await foreach (var finding in check.WithCancellation(ct))
            {
                findings.Add(finding);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            findings.Add(Finding.Problem("doctor", $"A check broke off: {e.GetBaseException().Message}", "Mend what stands above, and run this again."));
        }
    }

    private static string Lines(List<Finding> findings, Verdict worst)
    {
        var lines = findings.Select(f => $"{Word(f.Verdict),-8} {f.Check,-12} {f.Text}{(f.Next is null ? "" : $"\n{"",-21} -> {f.Next}")}");
        var (problems, warnings) = (findings.Count(f => f.Verdict is Verdict.Problem), findings.Count(f => f.Verdict is Verdict.Warning));
        return string.Join('\n', lines) + "\n\n" + (worst is Verdict.Ok ? "All is well." : $"{problems} problems, {warnings} warnings.");
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "OK",
        Verdict.Warning => "warning",
        _ => "PROBLEM",
    };
}
