using System.Diagnostics;
using Rtc.Server.Tests.Docs;

namespace Rtc.Server.Tests.Deploy;

/// <summary>bench/gpu.sh on machines that this one is made to look like: no card, one of NVIDIA's, another.</summary>
public sealed class GpuScriptTests : IDisposable
{
    private const string FakeDotnet = """
        #!/bin/bash
        [ "$2" = card ] && echo "640×480 H.264 encode 1.00 / 2.00 0.50 / 0.10" && exit 0
        while [ $# -gt 1 ]; do
          if [ "$1" = --output ]; then
            case $2 in
              *-load.json) echo '{"streams_at_slo":12}' >"$2" ;;
              *) provider=$RTC__MODEL__PROVIDER; [ "$provider" = tensorrt ] && provider=cpu
                 printf '{"benchmark_info":{"provider":"%s"},"latency_metrics":{"p95_latency":7.25},' "$provider" >"$2"
                 echo '"performance_metrics":{"processed_fps":29.9}}' >>"$2" ;;
            esac
          fi
          shift
        done
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-gpu").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Machine_without_a_card_says_so()
    {
        await NoCardOfNvidiasAsync();
        (int code, string said) = await RunAsync("--check");
        Assert.Equal((0, "No graphics card here: there is nothing to measure.\n"), (code, said));
        Assert.Equal(1, (await RunAsync()).Code);
        Assert.Equal(2, (await RunAsync("--slo-p95", "0")).Code);
        Assert.Equal(2, (await RunAsync("--nonsense", "1")).Code);
    }

    [Fact]
    public async Task Table_has_what_ran_and_says_what_did_not()
    {
        await ProgramAsync("nvidia-smi", "#!/bin/bash\necho 'NVIDIA Test, 999.1, 8192 MiB'\n");
        await ProgramAsync("dotnet", FakeDotnet);
        (int looked, string plan) = await RunAsync("--check");
        Assert.Equal(0, looked);
        Assert.Contains("NVIDIA Test", plan, StringComparison.Ordinal);
        Assert.Contains("NVENC", plan, StringComparison.Ordinal);

        string output = Path.Combine(_folder, "table.md");
        (int code, string said) = await RunAsync("--output", output, "--slo-p95", "100", "--model", "a.onnx");
        Assert.True(code == 0, said);
        Assert.Contains("| CUDA | 7.2 ms | 29.9 | 12 |", said, StringComparison.Ordinal);

        // It ran on the processor, whatever was asked for.
        Assert.Contains("| TensorRT | did not run | | |", said, StringComparison.Ordinal);
        Assert.Contains("640×480 H.264 encode", said, StringComparison.Ordinal);
        Assert.DoesNotContain("half precision", said, StringComparison.Ordinal);
        Assert.Equal(said, await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Other_card_is_measured_by_webgpu()
    {
        await NoCardOfNvidiasAsync();
        string node = Path.Combine(_folder, "renderD128");
        await File.WriteAllTextAsync(node, string.Empty, TestContext.Current.CancellationToken);
        await ProgramAsync("dotnet", FakeDotnet);
        (int code, string said) = await RunAsync();
        Assert.True(code == 0, said);
        Assert.Contains("| WebGPU | 7.2 ms | 29.9 | 12 |", said, StringComparison.Ordinal);
        Assert.DoesNotContain("CUDA", said, StringComparison.Ordinal);
    }

    /// <summary>As the program answers where its driver finds no card, whatever this machine has.</summary>
    private Task NoCardOfNvidiasAsync() => ProgramAsync("nvidia-smi", "#!/bin/bash\nexit 9\n");

    private async Task ProgramAsync(string name, string script)
    {
        string file = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(file, script, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/bash"), "no bash");
        var start = new ProcessStartInfo("/bin/bash", [Path.Combine(MarkdownPage.Root, "bench", "gpu.sh"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PATH"] = _folder + ":/usr/bin:/bin";
        start.Environment["RTC_RENDER_NODES"] = Path.Combine(_folder, "renderD*");
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string wrong = await error;
        return (process.ExitCode, process.ExitCode > 1 ? said + wrong : said);
    }
}
