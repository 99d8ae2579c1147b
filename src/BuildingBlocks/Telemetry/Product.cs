using System.Reflection;

namespace ChatMonolith.BuildingBlocks.Telemetry;

/// <summary>Which program this is. Said once, in Directory.Build.props; the build adds the commit.</summary>
public static class Product
{
    /// <summary>Such as <c>0.1.0+66317d1…</c>.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
