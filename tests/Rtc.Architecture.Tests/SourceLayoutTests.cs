namespace Rtc.Architecture.Tests;

/// <summary>Where a type is to be found follows from its name, and a file can be read in one sitting.</summary>
public sealed class SourceLayoutTests
{
    private const int MaxLines = 500;
    private const int MaxPartialLines = 400;

    private static readonly SourceFile[] s_files = [.. Repository.Projects.SelectMany(Repository.Sources)];

    [Fact]
    public void Namespaces_equal_folders() => Rule.Holds(s_files.SelectMany(Misplaced));

    [Fact]
    public void Files_stay_under_five_hundred_lines() => Rule.Holds(s_files.SelectMany(TooLong));

    /// <summary>A partial class is counted with all its files.</summary>
    [Fact]
    public void Partial_classes_stay_under_four_hundred_lines() => Rule.Holds(LargePartials(s_files));

    [Fact]
    public void Large_partial_classes_are_found()
    {
        SourceFile[] files =
        [
            new("Rtc.Peer/A.cs", "internal partial class A\n" + new string('\n', MaxPartialLines / 2)),
            new("Rtc.Peer/A.More.cs", "internal sealed partial class A\n" + new string('\n', MaxPartialLines / 2)),
            new("Rtc.Peer/B.cs", "internal sealed class B\n" + new string('\n', MaxPartialLines + 1)),
        ];
        const int lines = MaxPartialLines + 2;
        Rule.IsBroken(LargePartials(files), $"Rtc.Peer.A has {lines} lines in its parts");
        Assert.Empty(LargePartials(files[1..]));
    }

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

    private static IEnumerable<string> LargePartials(SourceFile[] files) => files
        .SelectMany(file => file.PartialTypes.Select(type => (Name: $"{file.FolderNamespace}.{type}", file.Lines)))
        .GroupBy(part => part.Name, part => part.Lines)
        .Where(parts => parts.Sum() > MaxPartialLines)
        .Select(parts => $"{parts.Key} has {parts.Sum()} lines in its parts");

    private static IEnumerable<string> TooLong(SourceFile file) => file.Lines > MaxLines ? [$"{file.Path} has {file.Lines} lines"] : [];
}
