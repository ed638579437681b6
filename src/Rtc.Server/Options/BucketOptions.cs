using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>A bucket of a server that speaks the S3 protocol, in which the files of videos and clips are kept for all nodes.</summary>
public sealed record BucketOptions
{
    internal const string KeyIdVariable = "AWS_ACCESS_KEY_ID";
    internal const string SecretKeyVariable = "AWS_SECRET_ACCESS_KEY";
    internal const string SessionTokenVariable = "AWS_SESSION_TOKEN";

    [Description("Bucket of an S3-compatible server for videos and clips; without one they are in Store:Files")]
    public string? Name { get; init; }

    [Description("Address of that server, as https://s3.eu-central-1.amazonaws.com or http://minio:9000")]
    public string? Endpoint { get; init; }

    [Description("Region that requests are signed for")]
    public string Region { get; init; } = "us-east-1";

    [Description("Id of the access key; default that of AWS_ACCESS_KEY_ID")]
    public string? KeyId { get; init; }

    [Description("The secret access key; default that of AWS_SECRET_ACCESS_KEY")]
    [Secret]
    public string? SecretKey { get; init; }

    [Description("Token of keys that are good for some hours only; default that of AWS_SESSION_TOKEN, unless Bucket:KeyId is given")]
    [Secret]
    public string? SessionToken { get; init; }

    [Description("File with these three as Amazon's programs write it, read again whenever it changes")]
    public string? CredentialsFile { get; init; }

    [Description("Beginning of all names in the bucket, as rtc/, so that others may use it too")]
    public string Prefix { get; init; } = string.Empty;

    [Description("Whether the bucket is part of the host's name, as Amazon prefers, and not of the path")]
    public bool InHostName { get; init; }

    [Description("MB of files that this node keeps a copy of to work with; what is in use may take more")]
    [Range(0, 1_073_741_824)]
    public int CopyMegabytes { get; init; } = 10_240;
}
