using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Rtc.Store.Buckets;

/// <summary>A page of a list: what is in it, and from where the next one goes on.</summary>
internal sealed record BucketPage(IReadOnlyList<BucketEntry> Entries, string? Next);

/// <summary>An object of a list, or an upload that was begun.</summary>
internal sealed record BucketEntry(string Key, long Size, DateTimeOffset At, string? UploadId);

/// <summary>
/// What a bucket's server answers in XML, in whichever namespace. It may be anybody's: what is no such XML is null.
/// </summary>
internal static class BucketXml
{
    private static readonly XmlReaderSettings s_settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>ListBucketResult, or ListMultipartUploadsResult; null where it is neither.</summary>
    public static BucketPage? ReadPage(byte[] xml)
    {
        if (Root(xml) is not { Name.LocalName: "ListBucketResult" or "ListMultipartUploadsResult" } root)
        {
            return null;
        }

        try
        {
            BucketEntry[] entries = [.. root.Elements().Where(one => one.Name.LocalName is "Contents" or "Upload").Select(Entry)];
            bool isMore = bool.TryParse(Text(root, "IsTruncated"), out bool truncated) && truncated;
            return new BucketPage(entries, isMore ? Text(root, "NextContinuationToken") : null);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>The text of an element right below the root; null where there is none.</summary>
    public static string? Find(byte[] xml, string name) => Root(xml) is { } root ? Text(root, name) : null;

    /// <summary>Code and message of an Error; null where it is none.</summary>
    public static (string Code, string Message)? ReadError(byte[] xml) => Root(xml) is { Name.LocalName: "Error" } root
        ? (Text(root, "Code") ?? string.Empty, Text(root, "Message") ?? string.Empty)
        : null;

    private static XElement? Root(byte[] xml)
    {
        try
        {
            using XmlReader reader = XmlReader.Create(new MemoryStream(xml), s_settings);
            return XDocument.Load(reader).Root;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static BucketEntry Entry(XElement one) => new(
        Text(one, "Key") ?? string.Empty,
        Text(one, "Size") is { } size ? long.Parse(size, CultureInfo.InvariantCulture) : 0,
        (Text(one, "LastModified") ?? Text(one, "Initiated")) is { } at
            ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : default,
        Text(one, "UploadId"));

    private static string? Text(XElement of, string name) =>
        of.Elements().FirstOrDefault(one => one.Name.LocalName == name)?.Value;
}
