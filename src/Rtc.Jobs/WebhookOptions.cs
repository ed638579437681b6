namespace Rtc.Jobs;

/// <summary>How those are told that want to hear of a job's end or of an event. Without a key nobody is.</summary>
public sealed record WebhookOptions
{
    private const int MaxAddress = 2000;

    /// <summary>Signs what is sent, so that its receiver knows from whom it is.</summary>
    public string? Key { get; init; }

    /// <summary>Tries after which one is given up.</summary>
    public int MaxTries { get; init; } = 10;

    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromHours(6);

    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether that is an address that can be posted to.</summary>
    public static bool IsAddress(string? address) =>
        address is { Length: <= MaxAddress } && !address.Any(char.IsControl) && Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.UserInfo.Length == 0;

    internal TimeSpan DelayAfter(int tries)
    {
        double seconds = FirstDelay.TotalSeconds * Math.Pow(3, Math.Clamp(tries - 1, 0, 30));
        return TimeSpan.FromSeconds(Math.Min(MaxDelay.TotalSeconds, seconds));
    }
}
