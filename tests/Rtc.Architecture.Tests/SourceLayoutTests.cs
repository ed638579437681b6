namespace Rtc.Architecture.Tests;

/// <summary>Where a type is to be found follows from its name, and a file can be read in one sitting.</summary>
public sealed class SourceLayoutTests
{
    private const int MaxLines = 500;

    private static readonly SourceFile[] s_files = [.. Repository.Projects.SelectMany(Repository.Sources)];

    [Fact]
    public void Namespaces_equal_folders() => Rule.Holds(s_files.SelectMany(Misplaced));

    [Fact]
    public void Files_stay_under_five_hundred_lines() => Rule.Holds(s_files.SelectMany(TooLong));

    [Fact]
    public void Misplaced_and_overlong_files_are_found()
    {
        Rule.IsBroken(
            Misplaced(new SourceFile("Rtc.Peer/Rtp/X.cs", "using System;\n\nnamespace Rtc.Peer;\n")), "Rtc.Peer/Rtp/X.cs is in Rtc.Peer");
        Rule.IsBroken(Misplaced(new SourceFile("Rtc.Peer/Rtp/X.cs", "namespace Rtc.Peer\n{\n}\n")), "Rtc.Peer/Rtp/X.cs is in Rtc.Peer");
        Rule.IsBroken(TooLong(new SourceFile("Rtc.Peer/X.cs", new string('\n', MaxLines + 1))), "501 lines");
        Assert.Empty(TooLong(new SourceFile("Rtc.Peer/X.cs", new string('\n', MaxLines))));
    }

    private static IEnumerable<string> Misplaced(SourceFile file) =>
        file.Namespace is { } name && name != file.FolderNamespace ? [$"{file.Path} is in {name}"] : [];

    private static IEnumerable<string> TooLong(SourceFile file) => file.Lines > MaxLines ? [$"{file.Path} has {file.Lines} lines"] : [];
}
