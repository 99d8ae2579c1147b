using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.BuildingBlocks.Settings;

/// <summary>The layer of configuration above all others that admins write; empty until their values are read from the database.</summary>
public sealed class RuntimeConfiguration : ConfigurationProvider, IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Replaces all of it; whoever reads an option from now on gets the new value.</summary>
    public void Apply(IEnumerable<KeyValuePair<string, string>> values)
    {
        Data = values.ToDictionary(v => v.Key, v => (string?)v.Value, StringComparer.OrdinalIgnoreCase);
        OnReload();
    }
}

/// <summary>Options as they are at each look, not as they were at the start.</summary>
public sealed class LiveOptions<T>(IOptionsMonitor<T> monitor) : IOptions<T>
    where T : class
{
    public T Value => monitor.CurrentValue;
}

public static class LiveOptionsRegistration
{
    /// <summary>Whoever asks for <c>IOptions&lt;T&gt;</c> sees what an admin has changed.</summary>
    public static IServiceCollection AddLiveOptions<T>(this IServiceCollection services)
        where T : class => services.AddSingleton<IOptions<T>, LiveOptions<T>>();
}
