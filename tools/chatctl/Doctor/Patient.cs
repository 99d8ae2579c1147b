using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Chatctl.Doctor;

/// <summary>
/// What is examined: the server's own composition, which is asked whether its settings are valid and is never started. Nothing that takes
/// the folder's lock or makes a file is resolved from it.
/// </summary>
internal sealed class Patient : IDisposable
{
    private readonly WebApplication? app;

    private Patient(string folder, Uri address, IConfiguration configuration, WebApplication? app)
    {
        Folder = Path.GetFullPath(folder);
        Address = address;
        Configuration = configuration;
        this.app = app;
    }

    public string Folder { get; }

    public Uri Address { get; }

    public IConfiguration Configuration { get; }

    public bool IsPostgres => Configuration["Database:Provider"]?.Equals(nameof(DatabaseProvider.PostgreSql), StringComparison.OrdinalIgnoreCase) == true;

    public string SqlitePath => Path.Combine(Folder, "chat.db");

    /// <summary>A server holds the folder.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Examines the settings, and adds what is found.</summary>
    public static Patient Examine(string folder, Uri address, List<Finding> findings)
    {
        string[] arguments = [$"--Data:Directory={folder}", "--Logging:LogLevel:Default=None"];
        IConfiguration configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(arguments).Build();
        WebApplication? built = null;
        var isWithout = false;
        try
        {
            try
            {
                built = Server.Build(arguments);
            }
            catch (Exception e) when (StartRefusal.Explain(e) is { } line && line.Contains("Server:Certificate", StringComparison.Ordinal))
            {
                // Told by the check of the certificate; the other settings are still to be looked at.
                isWithout = true;
                built = Server.Build([.. arguments, "--Server:Certificate="]);
            }

            configuration = isWithout ? new ConfigurationBuilder().AddConfiguration(built.Configuration).AddInMemoryCollection([new("Server:Certificate", configuration["Server:Certificate"])]).Build() : built.Configuration;
            built.Services.GetService<IStartupValidator>()?.Validate();
            findings.Add(Finding.Ok("settings", "The settings are valid."));
        }
        catch (Exception e)
        {
            findings.AddRange(Failures(e).Distinct(StringComparer.Ordinal).Select(text => Finding.Problem("settings", text, "Correct it in the environment or in appsettings.json; docs/operations.md lists every setting. The server does not start with it.")));
        }

        return new Patient(folder, address, configuration, built) { IsRunning = IsHeld(folder) };
    }

    /// <returns>The options as the server has them; null where they are not valid, which is told already.</returns>
    public T? Options<T>()
        where T : class
    {
        try
        {
            return app?.Services.GetRequiredService<IOptions<T>>().Value;
        }
        catch (Exception e) when (StartRefusal.Explain(e) is not null)
        {
            return null;
        }
    }

    public void Dispose() => ((IDisposable?)app)?.Dispose();

    private static IEnumerable<string> Failures(Exception e) => e switch
    {
        AggregateException all => all.InnerExceptions.SelectMany(Failures),
        OptionsValidationException invalid => invalid.Failures,
        _ => [(StartRefusal.Explain(e) ?? e.GetBaseException().Message).Replace("Cannot start: ", "", StringComparison.Ordinal)],
    };

    private static bool IsHeld(string folder)
    {
        var path = Path.Combine(folder, "server.lock");
        try
        {
            if (File.Exists(path))
            {
                using var held = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            }

            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            // Whose folder this is is told by its own check.
            return false;
        }
    }
}
