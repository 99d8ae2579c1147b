using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.Host;
using Mono.Cecil;

namespace ChatMonolith.Tests.Architecture;

/// <summary>The star: modules see building blocks and contracts, never each other.</summary>
public class ModuleTests
{
    public static TheoryData<string> Names => [.. Modules.All.Select(m => m.GetType().Assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_module_references_building_blocks_contracts_and_the_file_format_only(string module) =>
        Of(module).OwnReferences().ShouldBeSubsetOf(["ChatMonolith.BuildingBlocks", "ChatMonolith.Contracts", "ChatMonolith.FileFormat"]);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_module_shows_one_public_type_which_is_its_module(string module)
    {
        var expected = module[Assemblies.Prefix.Length..] + "Module";
        Of(module).WrittenTypes().Where(t => t.IsPublic).Select(t => t.Name).ShouldBe([expected]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_class_of_a_module_that_nothing_derives_from_is_sealed(string module)
    {
        var types = Of(module).WrittenTypes().ToArray();
        var bases = types.Select(t => t.BaseType?.FullName).ToHashSet();
        types.Where(t => t is { IsClass: true, IsValueType: false, IsSealed: false, IsAbstract: false } && !bases.Contains(t.FullName))
            .Select(t => t.FullName).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_module_has_a_table_prefix_of_its_own(string module)
    {
        var prefix = Modules.All.Single(m => m.GetType().Assembly.GetName().Name == module).TablePrefix;
        prefix.ShouldMatch("^[a-z]+_$");
        Modules.All.Count(m => m.TablePrefix == prefix).ShouldBe(1);
    }

    [Fact]
    public void Building_blocks_reference_nothing_of_ours() => Assemblies.BuildingBlocks.OwnReferences().ShouldBeEmpty();

    [Fact]
    public void The_file_format_references_nothing_of_ours() => Assemblies.FileFormat.OwnReferences().ShouldBeEmpty();

    [Fact]
    public void Contracts_reference_building_blocks_only() => Assemblies.Contracts.OwnReferences().ShouldBeSubsetOf(["ChatMonolith.BuildingBlocks"]);

    [Fact]
    public void Contracts_hold_records_enums_and_interfaces_only() =>
        Assemblies.Contracts.WrittenTypes()
            .Where(t => !(t.IsInterface || t.IsEnum || t.IsRecord()))
            .Select(t => t.FullName).ShouldBeEmpty();

    [Fact]
    public void Every_module_in_the_tree_is_in_the_list_of_the_host()
    {
        var projects = Directory.EnumerateDirectories(Path.Combine(Harness.Repository.Root, "src", "Modules"))
            .Where(d => Directory.EnumerateFiles(d, "*.csproj").Any())
            .Select(d => Path.GetFileName(d)!).Where(n => n != "Contracts");
        Modules.All.Select(m => m.GetType().Assembly.GetName().Name![Assemblies.Prefix.Length..]).ShouldBe(projects, ignoreOrder: true);
    }

    [Fact]
    public void Every_module_implementation_is_the_public_type_of_its_own_assembly() =>
        Modules.All.ShouldAllBe(m => m is IModule && m.GetType().IsPublic && m.GetType().IsSealed);

    private static AssemblyDefinition Of(string module) => Assemblies.OfModules.Single(a => a.Name.Name == module);
}
