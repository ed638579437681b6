namespace Rtc.Architecture.Tests;

/// <summary>Lines fit beside each other in a review, and the name of a test can be read at a glance.</summary>
public sealed class SourceTextTests
{
    private const int MaxColumns = 140;
    private const int MaxTestName = 70;

    private static readonly SourceFile[] s_tests = [.. Repository.Tests];

    [Fact]
    public void Lines_of_src_end_at_140_columns() => Rule.Holds(Repository.Projects.SelectMany(Repository.Sources).SelectMany(Wide));

    [Fact]
    public void Lines_of_tests_end_at_140_columns() => Rule.Holds(s_tests.SelectMany(Wide));

    [Fact]
    public void Names_of_tests_end_at_70_letters()
    {
        Assert.InRange(s_tests.Sum(file => file.Tests.Count()), 1000, int.MaxValue);
        Rule.Holds(s_tests.SelectMany(LongNames));
    }

    [Fact]
    public void Wide_lines_and_long_names_are_found()
    {
        string wide = new('x', MaxColumns + 1);
        Rule.IsBroken(Wide(new SourceFile("A.cs", $"class A\n{{\n// {wide}\n}}\n")), "A.cs:3");
        Assert.Empty(Wide(new SourceFile("A.cs", $"string a = \"\"\"\n{wide}\n\"\"\";\n")));
        Rule.IsBroken(Wide(new SourceFile("A.cs", $"string a = \"\"\"\n{wide}\n\"\"\";\n{wide}\n")), "A.cs:4");

        string name = new('n', MaxTestName + 1);
        Rule.IsBroken(LongNames(new SourceFile("A.cs", $"[Theory]\n[InlineData(1)]\npublic async Task {name}(int a)\n{{\n}}\n")), name);
        Assert.Empty(LongNames(new SourceFile("A.cs", $"[Fact]\npublic void {name[1..]}()\n{{\n}}\npublic void {name}()\n{{\n}}\n")));
    }

    private static IEnumerable<string> Wide(SourceFile file) => file.WideLines(MaxColumns).Select(line => $"{file.Path}:{line}");

    private static IEnumerable<string> LongNames(SourceFile file) =>
        file.Tests.Where(name => name.Length > MaxTestName).Select(name => $"{file.Path}: {name}");
}
