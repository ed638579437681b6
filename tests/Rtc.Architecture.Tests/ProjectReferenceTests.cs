using System.Reflection;
using System.Xml.Linq;

namespace Rtc.Architecture.Tests;

/// <summary>Arrows between projects point one way, and there are no others than these.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Rtc.Bitstream"] = [],
        ["Rtc.Peer"] = ["Rtc.Bitstream"],
        ["Rtc.Client"] = ["Rtc.Bitstream", "Rtc.Peer"],
        ["Rtc.Media"] = ["Rtc.Bitstream"],
        ["Rtc.Inference"] = ["Rtc.Media"],
        ["Rtc.Pipeline"] = ["Rtc.Inference", "Rtc.Media"],
        ["Rtc.Store"] = [],
        ["Rtc.Jobs"] = ["Rtc.Store"],
        ["Rtc.Analysis"] = ["Rtc.Inference", "Rtc.Jobs", "Rtc.Media", "Rtc.Pipeline", "Rtc.Store"],
        ["Rtc.Studio"] = ["Rtc.Inference", "Rtc.Jobs", "Rtc.Media"],
        ["Rtc.Cluster"] = [],
        ["Rtc.Signaling"] = [],
        ["Rtc.Server"] =
        [
            "Rtc.Analysis", "Rtc.Cluster", "Rtc.Inference", "Rtc.Jobs", "Rtc.Media", "Rtc.Peer", "Rtc.Pipeline", "Rtc.Signaling",
            "Rtc.Store", "Rtc.Studio",
        ],
    };

    [Fact]
    public void Project_files_reference_what_the_table_says() =>
        Rule.Holds(Repository.Projects.SelectMany(project => Violations(project, References(Repository.ProjectFile(project)))));

    /// <summary>What comes by way of another project counts as well once code uses it.</summary>
    [Fact]
    public void Compiled_code_reaches_no_project_that_the_table_does_not_lead_to() =>
        Rule.Holds(Repository.Projects.SelectMany(project =>
            Assembly.Load(AssemblyName(project)).GetReferencedAssemblies().Select(used => used.Name!)
                .Where(used => used.StartsWith("Rtc.", StringComparison.Ordinal) && !Below(project).Contains(used))
                .Select(used => $"{project} uses {used}")));

    [Fact]
    public void Reference_that_the_table_lacks_is_found()
    {
        Rule.IsBroken(
            Violations(
                "Rtc.Peer",
                References("<Project><ItemGroup><ProjectReference Include=\"..\\Rtc.Media\\Rtc.Media.csproj\" /></ItemGroup></Project>")),
            "Rtc.Peer must not reference Rtc.Media");
        Rule.IsBroken(Violations("Rtc.Peer", []), "Rtc.Peer no longer references Rtc.Bitstream");
        Rule.IsBroken(Violations("Rtc.Nowhere", []), "Rtc.Nowhere stands in no line");
        Assert.DoesNotContain("Rtc.Media", Below("Rtc.Peer"));
    }

    private static IEnumerable<string> Violations(string project, IReadOnlyList<string> references) =>
        !s_allowed.TryGetValue(project, out string[]? allowed)
            ? [$"{project} stands in no line of the table"]
            : [
                .. references.Except(allowed).Select(extra => $"{project} must not reference {extra}"),
                .. allowed.Except(references).Select(gone => $"{project} no longer references {gone}: the table must say so")
            ];

    private static string[] References(string xml) =>
        [.. XDocument.Parse(xml).Descendants("ProjectReference").Select(
            reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))];

    private static HashSet<string> Below(string project) => [.. s_allowed[project].SelectMany(used => Below(used).Append(used))];

    internal static string AssemblyName(string project) =>
        XDocument.Parse(Repository.ProjectFile(project)).Descendants("AssemblyName").FirstOrDefault()?.Value ?? project;
}
