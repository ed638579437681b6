using System.Reflection;

namespace Rtc.Architecture.Tests.PublicSurface;

/// <summary>
/// Programs are built against the packages: what they can name changes only where somebody meant it to. The accepted
/// surface of each package is a text file beside this one.
/// </summary>
public sealed class PublicSurfaceTests
{
    /// <summary>Set to 1 it takes the surface as it is for the accepted one.</summary>
    private const string Accept = "RTC_ACCEPT_SURFACE";

    [Theory]
    [InlineData("Rtc.Bitstream")]
    [InlineData("Rtc.Client")]
    [InlineData("Rtc.Peer")]
    public void Surface_of_a_package_is_the_accepted_one(string package)
    {
        string file = Path.Combine(Repository.Root, "tests", "Rtc.Architecture.Tests", "PublicSurface", package + ".txt");
        IReadOnlyList<string> found = Surface.Of(Assembly.Load(package));
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(file, string.Join('\n', found) + "\n");
        }

        string[] accepted = File.Exists(file) ? File.ReadAllLines(file) : [];
        IReadOnlyList<string> differences = Surface.Differences(accepted, found);
        Assert.True(
            differences.Count == 0,
            $"""
            The public surface of {package} is another one than {package}.txt says:
            {string.Join('\n', differences)}
            If that is meant: {Accept}=1 dotnet test tests/Rtc.Architecture.Tests, and commit the file.
            """);
    }

    [Fact]
    public void Packages_are_those_whose_surface_is_kept() =>
        Assert.Equal(
            ["Rtc.Bitstream", "Rtc.Client", "Rtc.Peer"],
            Repository.Projects.Where(project => Repository.ProjectFile(project).Contains("Package.props", StringComparison.Ordinal)));

    [Fact]
    public void Changes_are_told_as_removed_and_added_lines()
    {
        string[] before = ["A: class", "A.Go(int far): void"];
        string[] after = ["A: class", "A.Go(long far): void"];
        Assert.Equal(["- A.Go(int far): void", "+ A.Go(long far): void"], Surface.Differences(before, after));
        Assert.Empty(Surface.Differences(before, before));
    }

    [Fact]
    public void Lines_say_what_a_caller_depends_on()
    {
        string type = $"{typeof(PublicSurfaceTests).FullName}.{nameof(Sample)}";
        Assert.Equal(
            [
                $"{type}.Dispose(): void",
                $"{type}.Grow<T>(in int by, params T[] more): T?",
                $"{type}.Name: string {{ get; init; }}",
                $"{type}.Next: int {{ get; }}",
                $"{type}.const Most: int = 3",
                $"{type}.new(string Name)",
                $"{type}.required Sizes: long?[] {{ get; init; }}",
                $"{type}.static TryRead(ReadOnlySpan<byte> bytes, out List<string> found, bool strict = true): bool",
                $"{type}: sealed class : IDisposable",
            ],
            Surface.Of([typeof(Sample)]));
    }

    internal sealed record Sample(string Name) : IDisposable
    {
        public const int Most = 3;

        public required long?[] Sizes { get; init; }

        public int Next { get; private set; }

        public static bool TryRead(ReadOnlySpan<byte> bytes, out List<string> found, bool strict = true) =>
            (found = []).Count < bytes.Length && strict;

        public T? Grow<T>(in int by, params T[] more)
            where T : struct => more.Length > by ? null : more[Next++];

        public void Dispose() => Next = 0;

        internal int Hidden() => Most;
    }
}
