using System.Text;
using Rtc.Store.Buckets;

namespace Rtc.Store.Tests.Buckets;

/// <summary>What a bucket's server says in XML, which may be anybody's.</summary>
public sealed class BucketXmlTests
{
    private const string List = """
        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>rtc</Name>
        <Prefix>l/</Prefix><IsTruncated>true</IsTruncated><Contents><Key>l/a &amp; b</Key><LastModified>2026-11-29T10:45:41.500Z
        </LastModified><ETag>&quot;cf&quot;</ETag><Size>7</Size><Owner><ID>me</ID><Key>no</Key></Owner></Contents>
        <Contents><Key>l/c</Key><Size>8589934592</Size></Contents><NextContinuationToken>t=+/</NextContinuationToken></ListBucketResult>
        """;

    [Fact]
    public void List_is_read_with_its_end()
    {
        BucketPage page = BucketXml.ReadPage(Encoding.UTF8.GetBytes(List))!;
        Assert.Equal(
            [
                new BucketEntry("l/a & b", 7, new DateTimeOffset(2026, 11, 29, 10, 45, 41, 500, TimeSpan.Zero), null),
                new BucketEntry("l/c", 8589934592, default, null),
            ],
            page.Entries);
        Assert.Equal("t=+/", page.Next);
        Assert.Null(BucketXml.ReadPage(Encoding.UTF8.GetBytes(List.Replace("true", "false")))!.Next);
    }

    [Theory]
    [InlineData("<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>2~x</UploadId></Upload></ListMultipartUploadsResult>", "2~x")]
    [InlineData("<x:ListBucketResult xmlns:x='y'><x:Upload><x:UploadId>i</x:UploadId></x:Upload></x:ListBucketResult>", "i")]
    [InlineData("<ListMultipartUploadsResult><Upload/></ListMultipartUploadsResult>", null)]
    public void Uploads_are_read(string xml, string? id) =>
        Assert.Equal(id, Assert.Single(BucketXml.ReadPage(Encoding.UTF8.GetBytes(xml))!.Entries).UploadId);

    [Theory]
    [InlineData("<Error><Code>NoSuchKey</Code><Message></Message><Other><Code>no</Code></Other></Error>", "NoSuchKey", "")]
    [InlineData("<Error><Message>because</Message></Error>", "", "because")]
    public void Errors_are_read(string xml, string code, string message) =>
        Assert.Equal((code, message), BucketXml.ReadError(Encoding.UTF8.GetBytes(xml)));

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>It works!</body></html>")]
    [InlineData("{\"Contents\":[]}")]
    [InlineData("<ListBucketResult><Contents><Size>many</Size></Contents></ListBucketResult>")]
    [InlineData("<ListBucketResult><Contents><Size>99999999999999999999</Size></Contents></ListBucketResult>")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><ListBucketResult>&e;</ListBucketResult>")]
    public void What_is_no_list_is_null(string xml) => Assert.Null(BucketXml.ReadPage(Encoding.UTF8.GetBytes(xml)));

    [Fact]
    public void Lists_that_were_cut_or_changed_throw_nothing()
    {
        byte[] xml = Encoding.UTF8.GetBytes(List);
        for (int length = 0; length < xml.Length; length++)
        {
            Assert.Null(BucketXml.ReadPage(xml[..length]));
        }

        var random = new Random(71);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. xml];
            for (int times = random.Next(1, 5); times > 0; times--)
            {
                changed[random.Next(changed.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "<>/&\"'"[random.Next(6)]);
            }

            _ = BucketXml.ReadPage(changed);
            _ = BucketXml.ReadError(changed);
            _ = BucketXml.Find(changed, "Key");
        }
    }
}
