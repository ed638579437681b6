namespace Rtc.Bench;

/// <summary>A kind of link by its name: what it does to datagrams, and what happens to it while it is measured.</summary>
internal sealed record LinkProfile(string Name, string Title, LinkQuality Quality)
{
    private const double RoundTripMs = 50;

    /// <summary>After a third of the time it becomes this.</summary>
    public LinkQuality? Then { get; init; }

    /// <summary>After a third of the time nothing passes for so long.</summary>
    public double BlackOutSeconds { get; init; }

    /// <summary>After a third of the time the client comes from another port.</summary>
    public bool Rebinds { get; init; }

    public bool HasEvent => Then is not null || BlackOutSeconds > 0 || Rebinds;

    public static IReadOnlyList<LinkProfile> All { get; } =
    [
        new("clean", "clean", new LinkQuality()),
        new("far", "50 ms round trip", Bad()),
        new("loss2", "2% loss", Bad(loss: 0.02)),
        new("loss5", "5% loss", Bad(loss: 0.05)),
        new("loss10", "10% loss", Bad(loss: 0.10)),
        new("loss20", "20% loss", Bad(loss: 0.20)),
        new("bursts", "bursts of 4, 3% lost", Bad() with { Bursts = 0.0075 }),
        new("jitter30", "jitter 30 ms", Bad() with { JitterMs = 30 }),
        new("jitter60", "jitter 60 ms", Bad() with { JitterMs = 60 }),
        new("rate500", "500 kbit/s", Bad() with { RateKbps = 500 }),
        new("falling", "1 Mbit/s falling to 0.3", Bad() with { RateKbps = 1000 }) { Then = Bad() with { RateKbps = 300 } },
        new("blackout", "3 s black-out", Bad()) { BlackOutSeconds = 3 },
        new("rebinding", "another port", Bad()) { Rebinds = true },
    ];

    private static LinkQuality Bad(double loss = 0) => new(Loss: loss, RoundTripMs: RoundTripMs);
}

/// <summary>What is sent over the link.</summary>
internal sealed record LinkJob(int Width, int Height, string Mode, int BitrateKbps);
