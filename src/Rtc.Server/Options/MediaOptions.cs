using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Rtc.Media.Codecs;

namespace Rtc.Server.Options;

/// <summary>The one media port, how clients reach it, and what the video may cost.</summary>
public sealed record MediaOptions
{
    [Description("Port of all media, on UDP and on TCP")]
    [Range(0, 65535)]
    public int Port { get; init; } = 8444;

    [Description("Addresses told to clients besides those of the network cards (a public address behind NAT)")]
    public string[] AdvertisedAddresses { get; init; } = [];

    [Description("STUN server (host:port) that tells the server its public address; empty asks none")]
    public string? StunServer { get; init; }

    [Description("STUN and TURN servers handed to clients")]
    public IceServerOptions[] IceServers { get; init; } = [];

    [Description("Lowest video bitrate in kbit/s")]
    [Range(30, 1_000_000)]
    public int MinBitrateKbps { get; init; } = 100;

    [Description("Highest video bitrate in kbit/s")]
    [Range(30, 1_000_000)]
    public int MaxBitrateKbps { get; init; } = 4000;

    [Description("Video bitrate in kbit/s before the network is known")]
    [Range(30, 1_000_000)]
    public int StartBitrateKbps { get; init; } = 1000;

    [Description("Seconds that the media loop may hang before liveness, readiness and requests that need it answer 503")]
    [Range(1, 600)]
    public int StuckSeconds { get; init; } = 5;

    [Description(
        "Seconds that the media loop may hang before the process ends with exit code 70, so that its supervisor starts it again; "
            + "0 never ends it")]
    [Range(0, 3600)]
    public int ExitSeconds { get; init; } = 30;

    [Description("Whether a graphics card with NVENC and NVDEC does H.264; auto: it encodes all pictures and decodes those from 1080p on")]
    public CodecHardware Hardware { get; init; }
}

/// <summary>One STUN or TURN server as RTCPeerConnection takes it.</summary>
public sealed record IceServerOptions
{
    [Description("Addresses: stun:host:port, turn:host:port?transport=udp, turns:…")]
    public string[] Urls { get; init; } = [];

    [Description("TURN user name")]
    public string? Username { get; init; }

    [Description("TURN password")]
    [Secret]
    public string? Credential { get; init; }

    [Description(
        "Secret shared with the TURN server (coturn: static-auth-secret), at least 16 characters; each join then gets a name and "
            + "password for the hour")]
    [Secret]
    public string? Secret { get; init; }
}
