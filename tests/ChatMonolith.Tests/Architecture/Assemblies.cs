using System.Reflection;
using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Host;
using Mono.Cecil;

namespace ChatMonolith.Tests.Architecture;

/// <summary>The production assemblies as metadata. Modules come from the Host's one array, so that a new one is guarded on arrival.</summary>
internal static class Assemblies
{
    public const string Prefix = "ChatMonolith.";

    public static readonly AssemblyDefinition BuildingBlocks = Read(typeof(IModule).Assembly);
    public static readonly AssemblyDefinition Contracts = Read(typeof(RoomView).Assembly);
    public static readonly AssemblyDefinition FileFormat = Read(typeof(ChatMonolith.FileFormat.EncryptedFile).Assembly);
    public static readonly AssemblyDefinition Host = Read(typeof(Modules).Assembly);
    public static readonly AssemblyDefinition[] OfModules = [.. Modules.All.Select(m => Read(m.GetType().Assembly))];
    public static readonly AssemblyDefinition[] All = [BuildingBlocks, Contracts, FileFormat, Host, .. OfModules];

    /// <summary>What the compiler wrote of our own assemblies into this one.</summary>
    public static IEnumerable<string> OwnReferences(this AssemblyDefinition assembly) =>
        assembly.MainModule.AssemblyReferences.Select(r => r.Name).Where(n => n.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>The types that somebody wrote, nested ones too.</summary>
    public static IEnumerable<TypeDefinition> WrittenTypes(this AssemblyDefinition assembly) =>
        assembly.MainModule.Types.SelectMany(WithNested).Where(t => !IsGenerated(t));

    public static bool IsRecord(this TypeDefinition type) =>
        type.Methods.Any(m => m.Name == "<Clone>$") || (type.IsValueType && type.Methods.Any(m => m.Name == "PrintMembers"));

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    private static bool IsGenerated(TypeDefinition type) =>
        type.FullName.Contains('<') || type.Namespace.StartsWith("System", StringComparison.Ordinal) || type.Namespace.StartsWith("Microsoft", StringComparison.Ordinal)
        || type.CustomAttributes.Any(a => a.AttributeType.Name is "CompilerGeneratedAttribute" or "EmbeddedAttribute" or "GeneratedCodeAttribute")
        || (type.DeclaringType is { } outer && IsGenerated(outer));

    private static AssemblyDefinition Read(Assembly assembly) => AssemblyDefinition.ReadAssembly(assembly.Location);
}
