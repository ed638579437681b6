using System.Text.RegularExpressions;

namespace Rtc.Architecture.Tests;

/// <summary>What only tests use is no part of the program: each type of src is named somewhere in src beside its own declaration.</summary>
public sealed partial class UnusedTypeTests
{
    // Nothing of src is built on it: programs elsewhere are, and its accepted surface says what they may call.
    private const string Client = "Rtc.Client";

    // Orleans makes them, by their interfaces.
    private static readonly string[] s_grains =
        ["Rtc.Cluster/Rooms/RoomGrain.cs: RoomGrain", "Rtc.Cluster/Tables/MemoryGrain.cs: MemoryGrain"];

    [Fact]
    public void Types_of_src_are_used_in_src()
    {
        List<string> unused = Unused([.. Repository.Projects.Where(project => project != Client).SelectMany(Repository.Sources)]);
        Rule.Holds(unused.Except(s_grains));
        Rule.Holds(s_grains.Except(unused).Select(entry => $"{entry} needs no exception any more"));
    }

    [Fact]
    public void Type_that_nothing_names_is_found()
    {
        SourceFile[] files =
        [
            new("Rtc.Peer/Used.cs", "namespace Rtc.Peer;\ninternal sealed class Used\n{\n    public Used(int at) { }\n}\n"),
            new(
                "Rtc.Peer/Alone.cs",
                "namespace Rtc.Peer;\n/// <summary>Alone but for this: Alone.</summary>\ninternal sealed class Alone\n{\n    public "
                    + "Alone(Used used) => used.Grow();\n}\n"),
            new(
                "Rtc.Peer/More.cs",
                "namespace Rtc.Peer;\ninternal static class More\n{\n    public static void Grow(this Used used) { }\n}\n"),
            new("Rtc.Peer/Speech.cs", "namespace Rtc.Peer;\n// Alone is only talked of.\ninternal enum Speech : byte { None }\n"),
        ];
        Assert.Equal(["Rtc.Peer/Alone.cs: Alone", "Rtc.Peer/Speech.cs: Speech"], Unused(files));
    }

    private static List<string> Unused(SourceFile[] files)
    {
        Dictionary<string, int> namedIn = [];
        Dictionary<string, string> code = files.ToDictionary(file => file.Path, file => file.Code);
        foreach (string text in code.Values)
        {
            foreach (string word in Word().Matches(text).Select(match => match.Value).Distinct())
            {
                namedIn[word] = namedIn.GetValueOrDefault(word) + 1;
            }
        }

        List<string> unused = [];
        foreach (SourceFile file in files)
        {
            foreach (string type in file.Types.Where(type => namedIn[type] == 1 && NamedBeyondItself(code[file.Path], type) == 0
                && !Extensions(code[file.Path]).Any(method => namedIn[method] > 1)))
            {
                unused.Add($"{file.Path}: {type}");
            }
        }

        return unused;
    }

    /// <summary>Its own declaration and constructors don't count.</summary>
    private static int NamedBeyondItself(string code, string type) =>
        Regex.Count(code, $@"(?<!\b(?:class|struct|interface|enum|record|public|internal|private|protected)\s+~?)\b{type}\b");

    /// <summary>A class of extension methods is used by their names.</summary>
    private static IEnumerable<string> Extensions(string code) => ExtensionMethod().Matches(code).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"\bstatic\s[^;{=]*?\b(\w+)(?:<[\w, ]+>)?\(this\s")]
    private static partial Regex ExtensionMethod();

    [GeneratedRegex(@"\b[A-Z]\w*\b")]
    private static partial Regex Word();
}
