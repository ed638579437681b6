using System.Runtime;
using Microsoft.AspNetCore.Connections;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Server.Addresses;
using Rtc.Server.Authorization;
using Rtc.Server.Certificates;
using Rtc.Server.Health;
using Rtc.Server.Hosting;
using Rtc.Server.Load;
using Rtc.Server.Native;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Startup;
using Rtc.Server.Tunnel;

namespace Rtc.Server.Commands;

/// <summary>One run of the server: options, ports, certificate, host, banner, tunnel, and a clean end.</summary>
internal static class ServeRun
{
    public static async Task<int> RunAsync(
        IReadOnlyDictionary<string, string?> given, bool json, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        OptionsReading reading = OptionsSource.Read(Directory.GetCurrentDirectory(), given);
        if (reading.Errors.Count > 0)
        {
            await SayAsync(error, reading.Errors);
            return RtcCommand.Misused;
        }

        try
        {
            (RtcOptions options, string? fewFiles) = DescriptorLimit.Fit(reading.Options, DescriptorLimit.Read());
            await SayAsync(error, fewFiles is null ? [] : [fewFiles]);
            IReadOnlyList<string> taken = PortProbe.Errors(options);
            if (taken.Count > 0)
            {
                await SayAsync(error, taken);
                return RtcCommand.Failed;
            }

            options = await WithPublicAddressAsync(options, error, cancel);
            return await ServeAsync(options, json, output, error, cancel);
        }
        catch (StartException exception)
        {
            await SayAsync(error, [exception.Message]);
            return RtcCommand.Failed;
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            // Somebody took it between our look and the start.
            await SayAsync(error, [exception.Message]);
            return RtcCommand.Failed;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return RtcCommand.Good;
        }
    }

    private static async Task<int> ServeAsync(
        RtcOptions options, bool json, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        // A blocking collection stops every picture at once; the heap is small and mostly pooled.
        GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;
        using ServedCertificate? certificate = options.Http.Tls ? new ServedCertificate(options.Http, TimeProvider.System) : null;
        await using WebApplication app = RtcHost.Build(options, certificate is null ? null : certificate.Context);
        if (ModelCheck.Error(app.Services.GetRequiredService<ModelHost>()) is { } wrong)
        {
            await SayAsync(error, [wrong]);
            return RtcCommand.Misused;
        }

        await app.StartAsync(cancel);
        JoinAddresses addresses = app.Services.GetRequiredService<JoinAddresses>();
        addresses.Listening(app.Urls);
        var banner = new Banner(addresses, app.Services.GetRequiredService<Access>(), options, output, json);
        await banner.WriteAsync(certificate?.Certificate, certificate?.IsNew == true);
        certificate?.Watch(TimeProvider.System, app.Services.GetRequiredService<ILogger<ServedCertificate>>());

        // A model may take long to load; nobody waits for it, and what is said of it comes when it is there.
        RoomFacts facts = app.Services.GetRequiredService<RoomFacts>();
        ModelHost models = app.Services.GetRequiredService<ModelHost>();
        _ = Task.Run(() => WriteModelAsync(banner, facts.Read(), models, options), CancellationToken.None);
        _ = Task.Run(IdleMemory.GiveBack, CancellationToken.None);
        await ServeUntilStoppedAsync(app, options, banner, error, cancel);
        return RtcCommand.Good;
    }

    private static Task WriteModelAsync(Banner banner, HealthFacts facts, ModelHost models, RtcOptions options)
    {
        // What a model's first runs took when it was loaded; the one without weights was not timed.
        double timed = models.Loaded.Where(model => model.Name == facts.Model).Select(model => model.WarmRun).FirstOrDefault();
        return banner.WriteModelAsync(facts, InferenceAdvice.Of(new InferenceFacts(
            Environment.ProcessorCount,
            MachineLoad.MemoryLimitOf(options.Limits) / (double)(1 << 20),
            facts.Model,
            facts.Provider,
            timed > 0 ? timed : null,
            PortsFree: true,
            RtcPaths.Find().HasRuntimeForPages)));
    }

    private static async Task ServeUntilStoppedAsync(
        WebApplication app, RtcOptions options, Banner banner, TextWriter error, CancellationToken cancel)
    {
        CancellationToken stopping = app.Lifetime.ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        TunnelProcess? tunnel = null;
        if (TunnelKind.Named(options.Tunnel.Kind) is { } kind)
        {
            JoinAddresses addresses = app.Services.GetRequiredService<JoinAddresses>();
            TunnelStart start = await TunnelProcess.StartAsync(kind, addresses.Local, either.Token);
            tunnel = start.Process;
            if (start.Address is { } address)
            {
                addresses.Tunnel = address;
                await banner.WriteTunnelAsync(address);
            }
            else if (!either.IsCancellationRequested)
            {
                await SayAsync(error, [start.Error!]);
            }
        }

        try
        {
            await app.WaitForShutdownAsync(cancel);
        }
        finally
        {
            if (tunnel is not null)
            {
                await tunnel.DisposeAsync();
            }
        }
    }

    /// <summary>What the STUN server sees is told to clients like an address that the operator named.</summary>
    private static async Task<RtcOptions> WithPublicAddressAsync(RtcOptions options, TextWriter error, CancellationToken cancel)
    {
        if (options.Media.StunServer is not { } name || !HostAndPort.TryParse(name, out HostAndPort server))
        {
            return options;
        }

        StunAnswer answer = await StunProbe.AskAsync(server, options.Media.Port, cancel);
        if (answer.Seen is not { } seen)
        {
            await SayAsync(error, [$"{answer.Error}; clients outside are told no address"]);
            return options;
        }

        if (options.Media.Port != 0 && seen.Port != options.Media.Port)
        {
            await SayAsync(
                error,
                [
                    $"from outside the media port is {seen.Port}, not {options.Media.Port}: "
                        + $"forward UDP and TCP {options.Media.Port} in the router, or use TURN",
                ]);
        }

        string address = seen.Address.ToString();
        return options.Media.AdvertisedAddresses.Contains(address)
            ? options
            : options with { Media = options.Media with { AdvertisedAddresses = [.. options.Media.AdvertisedAddresses, address] } };
    }

    private static async Task SayAsync(TextWriter error, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            await error.WriteLineAsync($"rtc: {line.ReplaceLineEndings(" ")}");
        }
    }
}
