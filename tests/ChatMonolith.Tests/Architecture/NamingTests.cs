using System.Text.RegularExpressions;
using ChatMonolith.Tests.Harness;
using Mono.Cecil;

namespace ChatMonolith.Tests.Architecture;

/// <summary>Names that say nothing, and files that hold too much.</summary>
public partial class NamingTests
{
    private const int MostLines = 400;

    /// <summary>Names that a framework gives to an interface which we implement or extend.</summary>
    private static readonly string[] NamesOfFrameworks = ["BackgroundService", "IHostedService"];

    [Fact]
    public void No_type_has_a_name_that_says_nothing() =>
        Assemblies.All.SelectMany(a => a.WrittenTypes())
            .Where(t => NothingSaid().IsMatch(t.Name) && !NamesOfFrameworks.Contains(t.Name))
            .Select(t => t.FullName).ShouldBeEmpty();

    [Fact]
    public void No_source_file_is_longer_than_400_lines()
    {
        var files = new[] { "*.cs", "*.js", "*.mjs", "*.css" }.SelectMany(p => Repository.Files("src", p).Concat(Repository.Files("tests", p)).Concat(Repository.Files("tools", p)));
        files.Select(f => (File: Path.GetRelativePath(Repository.Root, f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > MostLines)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Asynchronous_methods_answer_a_task() =>
        Assemblies.All.SelectMany(a => a.WrittenTypes()).SelectMany(t => t.Methods)
            .Where(m => m.ReturnType.MetadataType == MetadataType.Void && m.CustomAttributes.Any(a => a.AttributeType.Name == "AsyncStateMachineAttribute"))
            .Select(m => m.FullName).ShouldBeEmpty();

    [GeneratedRegex("(Service|Manager|Helper|Helpers|Util|Utils|Common|Misc)(`\\d+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NothingSaid();
}
