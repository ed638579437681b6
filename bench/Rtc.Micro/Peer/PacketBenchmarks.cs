using BenchmarkDotNet.Attributes;

namespace Rtc.Micro.Peer;

/// <summary>Time and memory of one packet on each way through the transport; the session's own making is spread over them.</summary>
public class PacketBenchmarks
{
    private const int Packets = 20_000;
    private PacketPaths _paths = null!;

    [Params(true, false)]
    public bool Gcm { get; set; }

    [GlobalSetup]
    public void Prepare() => _paths = new PacketPaths(Gcm, Packets);

    [GlobalCleanup]
    public void Close() => _paths.Dispose();

    [Benchmark(OperationsPerInvoke = Packets)]
    public int UnprotectAndParse() => _paths.UnprotectAndParse();

    [Benchmark(OperationsPerInvoke = Packets)]
    public int Protect() => _paths.Protect();

    [Benchmark(OperationsPerInvoke = Packets)]
    public int ProtectAndSend() => _paths.ProtectAndSend();

    [Benchmark(OperationsPerInvoke = Packets)]
    public int PacketsToFrames() => _paths.ReceiveFrames();
}
