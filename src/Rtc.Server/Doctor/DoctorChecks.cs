using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Factory;
using Rtc.Media.Native;
using Rtc.Peer.Dtls;
using Rtc.Server.Accounts;
using Rtc.Server.Certificates;
using Rtc.Server.Health;
using Rtc.Server.Hosting;
using Rtc.Server.Load;
using Rtc.Server.Options;
using Rtc.Server.Startup;
using Rtc.Store.Buckets;

namespace Rtc.Server.Doctor;

/// <summary>Looks at everything that a start needs, in the order in which a newcomer would mend it.</summary>
internal static class DoctorChecks
{
    private static readonly TimeSpan s_callPatience = TimeSpan.FromSeconds(10);

    public static async IAsyncEnumerable<Check> RunAsync(RtcOptions options)
    {
        RtcPaths paths = RtcPaths.Find();
        yield return new Check(
            ".NET", Verdict.Good,
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores");
        yield return OpenSsl();
        foreach (NativeLibraryReport report in VideoCodecs.Report())
        {
            // VP8 is enough for every browser; without H.264 it isn't offered.
            Verdict missing = report.Purpose == "H.264" ? Verdict.Warning : Verdict.Bad;
            yield return new Check(
                report.Name, report.Ok ? Verdict.Good : missing,
                report.Ok ? $"{report.Version} ({report.Purpose})" : $"{report.Purpose}: {report.Problem}");
        }

        yield return VideoPrograms.Missing is { } missingPrograms
            ? new Check("ffmpeg", Verdict.Warning, $"video files: {missingPrograms}")
            : new Check("ffmpeg", Verdict.Good, "ffmpeg and ffprobe (video files)");
        (IReadOnlyList<Check> models, string model, string provider, double detectMs) = Models(options, paths);
        foreach (Check check in models)
        {
            yield return check;
        }

        yield return Pages(paths);
        yield return Certificate(options.Http);
        IReadOnlyList<string> taken = PortProbe.Errors(options);
        yield return taken.Count == 0
            ? new Check(
                "ports", Verdict.Good,
                $"{options.Http.Port} HTTP, "
                    + $"{(options.Http.Tls ? $"{options.Http.HttpsPort} HTTPS, " : string.Empty)}{options.Media.Port} media on "
                    + "UDP and TCP: free")
            : new Check("ports", Verdict.Bad, string.Join("; ", taken));
        yield return new Check("who detects", Verdict.Good, InferenceAdvice.Of(new InferenceFacts(
            Environment.ProcessorCount,
            MachineLoad.MemoryLimitOf(options.Limits) / (double)(1 << 20),
            model,
            provider,
            detectMs,
            taken.Count == 0,
            paths.HasRuntimeForPages)).ToString());
        if (BucketAddress.Of(options.Bucket) is { } settings)
        {
            using var meter = new Meter("rtc.doctor");
            using var bucket = new BucketClient(settings, new BucketCounters(meter), TimeProvider.System);
            string? wrong = await bucket.CheckAsync(CancellationToken.None);
            yield return new Check("bucket", wrong is null ? Verdict.Good : Verdict.Bad, wrong ?? $"{settings.Name} answers");
        }

        LoopbackResult call = await LoopbackCall.RunAsync(s_callPatience);
        yield return new Check("call to itself", call.Ok ? Verdict.Good : Verdict.Bad, call.Detail);
    }

    private static Check OpenSsl()
    {
        try
        {
            string version = OpenSslLibrary.Version;
            return version.StartsWith("OpenSSL 3", StringComparison.Ordinal)
                ? new Check("OpenSSL", Verdict.Good, $"{version} (DTLS)")
                : new Check("OpenSSL", Verdict.Bad, $"{version}; version 3 is needed: apt install libssl3");
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException)
        {
            return new Check("OpenSSL", Verdict.Bad, "DTLS: libssl.so.3 is missing: apt install libssl3");
        }
    }

    /// <summary>The runtime, its providers, and the detector that a room would get, at work on one picture.</summary>
    private static (IReadOnlyList<Check> Checks, string Model, string Provider, double DetectMs) Models(RtcOptions options, RtcPaths paths)
    {
        using var host = new ModelHost(RoomHosting.ModelOptions(options, paths));
        List<Check> checks =
        [
            host.Runtime is { } runtime
                ? new Check("ONNX Runtime", Verdict.Good, $"{runtime.Version}, {runtime.Path}")
                : new Check("ONNX Runtime", Verdict.Warning, $"{host.RuntimeProblem}; moving objects are found without it"),
        ];
        if (host.Runtime is { } loaded)
        {
            checks.Add(new Check(
                "providers", Verdict.Good, string.Join(
                    ", ", loaded.Providers.Select(name => name.Replace("ExecutionProvider", string.Empty, StringComparison.Ordinal)))));
        }

        (Check detector, string model, string provider, double detectMs) = Detector(host, options);
        checks.Add(detector);
        return (checks, model, provider, detectMs);
    }

    private static (Check Check, string Model, string Provider, double DetectMs) Detector(ModelHost host, RtcOptions options)
    {
        using IDetector detector = host.OpenDetector(options.Model.Name, out string? problem);
        using var pool = new PicturePool();
        using Picture picture = pool.Rent(640, 480);
        picture.FillGrey(114);
        var found = new List<Detection>();
        var settings = new DetectOptions();
        detector.Detect(picture, settings, found);
        long began = Stopwatch.GetTimestamp();
        detector.Detect(picture, settings, found);
        double ms = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        string took = FormattableString.Invariant($"{detector.Model} on {detector.Provider}, {ms:0.0} ms for 640×480");
        Check check = problem is null
            ? new Check("model", Verdict.Good, took)
            : new Check("model", Verdict.Warning, $"{took}; {problem}");
        return (check, detector.Model, detector.Provider, ms);
    }

    private static Check Pages(RtcPaths paths)
    {
        bool pages = File.Exists(Path.Combine(paths.WebRoot, "index.html"));
        bool client = File.Exists(Path.Combine(paths.WebRoot, "lib", "signalr.min.js"))
            || File.Exists(Path.Combine(paths.NodeModules, "@microsoft", "signalr", "dist", "browser", "signalr.min.js"));
        return !pages ? new Check("pages", Verdict.Bad, $"wwwroot is missing in {paths.Root}")
            : !client ? new Check("pages", Verdict.Bad, "the SignalR client is missing: npm ci --ignore-scripts")
            : new Check("pages", Verdict.Good, paths.WebRoot);
    }

    private static Check Certificate(HttpOptions http)
    {
        if (!http.Tls)
        {
            return new Check("certificate", Verdict.Warning, "HTTPS is off: phones give no camera, except through a tunnel");
        }

        try
        {
            using X509Certificate2 certificate = http.CertificateFile is not null
                ? CertificateStore.LoadFile(http)
                : new CertificateStore(RtcPaths.StateDirectory(http.StateDirectory), TimeProvider.System)
                    .LoadOrCreate(CertificateStore.NamesOfThisMachine(http.CertificateNames), out _);
            bool over = certificate.NotAfter.ToUniversalTime() < TimeProvider.System.GetUtcNow().UtcDateTime;
            return new Check(
                "certificate", over ? Verdict.Bad : Verdict.Good,
                $"{certificate.Subject}, until {certificate.NotAfter:yyyy-MM-dd}, SHA-256 "
                    + $"{CertificateStore.FingerprintOf(certificate)[..23]}…");
        }
        catch (StartException error)
        {
            return new Check("certificate", Verdict.Bad, error.Message);
        }
    }
}
