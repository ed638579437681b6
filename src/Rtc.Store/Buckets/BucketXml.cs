using System.Globalization;
using System.Xml;

namespace Rtc.Store.Buckets;

/// <summary>A page of a list: what is in it, and from where the next one goes on.</summary>
internal sealed record BucketPage(IReadOnlyList<BucketEntry> Entries, string? Next);

/// <summary>An object of a list, or an upload that was begun.</summary>
internal sealed record BucketEntry(string Key, long Size, DateTimeOffset At, string? UploadId);

/// <summary>What a bucket's server answers in XML. It may be anybody's: what is no such XML is null.</summary>
internal static class BucketXml
{
    private static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
    };

    /// <summary>ListBucketResult, or ListMultipartUploadsResult; null where it is neither.</summary>
    public static BucketPage? ReadPage(byte[] xml) => Read<BucketPage?>(xml, null, reader =>
    {
        List<BucketEntry> entries = [];
        string? next = null;
        bool isMore = false;
        while (!reader.EOF)
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                reader.Read();
            }
            else if (reader.LocalName is "Contents" or "Upload")
            {
                entries.Add(ReadEntry(reader));
            }
            else if (reader.LocalName == "NextContinuationToken")
            {
                next = reader.ReadElementContentAsString();
            }
            else if (reader.LocalName == "IsTruncated")
            {
                isMore = reader.ReadElementContentAsString() is "true" or "True";
            }
            else if (reader.Depth == 0 && reader.LocalName is not ("ListBucketResult" or "ListMultipartUploadsResult"))
            {
                return null;
            }
            else
            {
                SkipOrEnter(reader);
            }
        }

        return new BucketPage(entries, isMore ? next : null);
    });

    /// <summary>The text of the first element of a name; null where there is none.</summary>
    public static string? Find(byte[] xml, string name) => Read(xml, null, reader =>
        reader.ReadToFollowing(name) ? reader.ReadElementContentAsString() : null);

    /// <summary>Code and message of an Error; null where it is none.</summary>
    public static (string Code, string Message)? ReadError(byte[] xml) => Read<(string, string)?>(xml, null, reader =>
    {
        if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "Error")
        {
            return null;
        }

        (string code, string message) = (string.Empty, string.Empty);
        reader.Read();
        while (!reader.EOF)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Code")
            {
                code = reader.ReadElementContentAsString();
            }
            else if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Message")
            {
                message = reader.ReadElementContentAsString();
            }
            else if (reader.NodeType == XmlNodeType.Element)
            {
                reader.Skip();
            }
            else
            {
                reader.Read();
            }
        }

        return (code, message);
    });

    private static T Read<T>(byte[] xml, T otherwise, Func<XmlReader, T> read)
    {
        try
        {
            using XmlReader reader = XmlReader.Create(new MemoryStream(xml), s_settings);
            return read(reader);
        }
        catch (Exception error) when (error is XmlException or FormatException or OverflowException or InvalidOperationException)
        {
            return otherwise;
        }
    }

    private static BucketEntry ReadEntry(XmlReader reader)
    {
        var entry = new BucketEntry(string.Empty, 0, default, null);
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return entry;
        }

        int depth = reader.Depth;
        reader.Read();
        while (!reader.EOF && reader.Depth > depth)
        {
            if (reader.NodeType != XmlNodeType.Element || reader.Depth != depth + 1)
            {
                reader.Read();
                continue;
            }

            switch (reader.LocalName)
            {
                case "Key":
                    entry = entry with { Key = reader.ReadElementContentAsString() };
                    break;
                case "Size":
                    entry = entry with { Size = long.Parse(reader.ReadElementContentAsString(), CultureInfo.InvariantCulture) };
                    break;
                case "LastModified" or "Initiated":
                    entry = entry with
                    {
                        At = DateTimeOffset.Parse(
                            reader.ReadElementContentAsString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                    };
                    break;
                case "UploadId":
                    entry = entry with { UploadId = reader.ReadElementContentAsString() };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return entry;
    }

    /// <summary>What is known lies right below the root.</summary>
    private static void SkipOrEnter(XmlReader reader)
    {
        if (reader.Depth == 0)
        {
            reader.Read();
        }
        else
        {
            reader.Skip();
        }
    }
}
