using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;

namespace Rtc.Architecture.Tests;

/// <summary>
/// Rtc.Peer and Rtc.Bitstream know no socket, clock, thread, task or timer: time and randomness are arguments. An analyzer
/// tells the author at once; these look at what was compiled, which no pragma silences.
/// </summary>
public sealed class PureCoreTests
{
    private static readonly string[] s_bannedTypes =
    [
        "System.Net.Sockets.", "System.IO.Pipes.", "System.IO.File", "System.Threading.Timer", "System.Timers.",
        "System.Threading.PeriodicTimer",
        "System.Threading.Thread", "System.Threading.Tasks.", "System.Diagnostics.Stopwatch", "System.Console",
        "System.Runtime.CompilerServices.AsyncTaskMethodBuilder",
    ];

    private static readonly string[] s_bannedMembers =
    [
        "System.DateTime.get_UtcNow", "System.DateTime.get_Now", "System.DateTimeOffset.get_UtcNow", "System.DateTimeOffset.get_Now",
        "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.TimeProvider.get_System",
        "System.Random.get_Shared", "System.Guid.NewGuid",
    ];

    [Theory]
    [InlineData("Rtc.Bitstream")]
    [InlineData("Rtc.Peer")]
    public void Core_has_no_IO_and_no_time_of_its_own(string project) =>
        Rule.Holds(Assembly.Load(project).GetTypes().SelectMany(Impurities));

    [Theory]
    [InlineData("Rtc.Bitstream")]
    [InlineData("Rtc.Peer")]
    public void Compiler_refuses_the_same(string project)
    {
        string file = Repository.ProjectFile(project);
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", file, StringComparison.Ordinal);
        Assert.Contains("BannedSymbols.txt\"", file, StringComparison.Ordinal);
        string list = File.ReadAllText(Path.Combine(Repository.Root, "src", "Rtc.Bitstream", "BannedSymbols.txt"));
        Assert.All(
            (string[])[
                "N:System.Net.Sockets;", "T:System.Threading.Thread;", "T:System.Threading.Tasks.Task;", "T:System.Threading.Timer;",
                "T:System.Diagnostics.Stopwatch;", "P:System.DateTime.UtcNow;"
            ],
            entry => Assert.Contains(entry, list, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(typeof(HoldsSocket), "System.Net.Sockets.Socket")]
    [InlineData(typeof(ReadsClock), "System.DateTime.get_UtcNow")]
    [InlineData(typeof(MeasuresTime), "System.Diagnostics.Stopwatch")]
    [InlineData(typeof(StartsThread), "System.Threading.Thread")]
    [InlineData(typeof(Waits), "System.Threading.Tasks.Task")]
    public void Impure_types_are_found(Type type, string expected) =>
        Rule.IsBroken(type.GetNestedTypes(BindingFlags.NonPublic).Append(type).SelectMany(Impurities), expected);

    private static IEnumerable<string> Impurities(Type type) =>
    [
        .. TypeReferences.Of(type).Select(used => used.FullName ?? used.Name).Where(
            used => s_bannedTypes.Any(banned => Names(banned, used))).Select(used => $"{type.FullName} uses {used}"),
        .. TypeReferences.Members(type).Where(s_bannedMembers.Contains).Select(used => $"{type.FullName} uses {used}"),
    ];

    private static bool Names(string banned, string used) =>
        banned.EndsWith('.')
            ? used.StartsWith(banned, StringComparison.Ordinal)
            : used == banned || used.StartsWith(banned + "`", StringComparison.Ordinal);

    private sealed class HoldsSocket
    {
        public List<Socket[]> Sockets { get; } = [];
    }

    private static class ReadsClock
    {
        public static long Now() => DateTime.UtcNow.Ticks;
    }

    private static class MeasuresTime
    {
        public static long Now() => Stopwatch.GetTimestamp();
    }

    private static class StartsThread
    {
        public static void Start() => new Thread(static () => { }).Start();
    }

    private static class Waits
    {
        public static async void Wait() => await Task.Yield();
    }
}
