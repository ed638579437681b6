using System.Text.RegularExpressions;
using Rtc.Bench;
using Xunit;

namespace Rtc.Bench.Tests;

/// <summary>.github/workflows/bench.yml calls the bench as it wants to be called, and its gate reads what a run writes.</summary>
public sealed class WorkflowTests : IDisposable
{
    private static readonly string s_workflow = File.ReadAllText(Path.Combine(ServerUnderTest.Root(), ".github", "workflows", "bench.yml"));
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Run_is_one_that_the_bench_understands()
    {
        string[] run = Call("run_bench.sh");
        string[] gate = Call("validate.sh");

        RunPlan plan = RunPlan.Read(new Arguments(run, RunPlan.Options));

        Assert.Equal(1, plan.Users);
        Assert.Equal(gate[0], run[Array.IndexOf(run, "--output") + 1]);
        Assert.Contains($"path: {gate[0]}\n", s_workflow, StringComparison.Ordinal);
    }

    [Fact]
    public void Gate_finds_its_keys_in_what_a_run_writes()
    {
        string[] gate = Call("validate.sh");
        RunPlan plan = RunPlan.Read(new Arguments(Call("run_bench.sh"), RunPlan.Options));
        var nothing = new RunResult
        {
            Plan = plan,
            Seconds = 1,
            Phones = [],
            ViewerFrames = 0,
            ViewerFreezes = 0,
            ViewerPackets = 0,
            ViewerPacketsLost = 0,
            ClosedBecause = null,
            CpuSeconds = null,
            PeakMegabytes = null,
            UplinkKbps = 0,
            DownlinkKbps = 0,
            RoomsBefore = null,
            RoomsAfter = null,
            Health = null,
        };
        File.WriteAllText(_file, nothing.ToJson().ToJsonString());

        // A key that is missing throws; a run that measured nothing fails the gate.
        Assert.Equal(1, ValidateCommand.Invoke([_file, .. gate[1..]]));
    }

    private static string[] Call(string script) => Regex.Match(s_workflow, $@"run: bench/{script} (.*)").Groups[1].Value.Split(' ');
}
