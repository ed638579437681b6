using Rtc.Store.Buckets;

namespace Rtc.Store.Tests.Buckets;

/// <summary>The examples of Amazon's document on signing S3 requests by a header.</summary>
public sealed class RequestSignatureTests
{
    private const string Host = "https://examplebucket.s3.amazonaws.com";
    private static readonly DateTimeOffset s_time = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly BucketKeys s_keys = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    private static readonly RequestSignature s_signature = new("us-east-1");

    [Theory]
    [InlineData("/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Questions_are_signed_as_in_the_document(string path, string signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Host + path);
        s_signature.Sign(request, RequestSignature.Nothing, s_time, s_keys);
        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=" + signature,
            request.Headers.GetValues("Authorization").Single());
    }

    [Theory]
    [InlineData("http://[::1]:9000/rtc", "[::1]:9000")]
    [InlineData("https://[::1]/rtc", "[::1]")]
    [InlineData("http://minio:9000/rtc", "minio:9000")]
    public void Host_is_signed_as_it_is_sent(string address, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        s_signature.Sign(request, RequestSignature.Nothing, s_time, s_keys);
        Assert.Equal(host, request.Headers.Host);
    }

    [Fact]
    public void Part_of_an_object_is_signed_as_in_the_document()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Host + "/test.txt");
        request.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(0, 9);
        s_signature.Sign(request, RequestSignature.Nothing, s_time, s_keys);
        Assert.EndsWith(
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            request.Headers.GetValues("Authorization").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Object_that_is_put_is_signed_as_in_the_document()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Host + "/test%24file.text");
        request.Headers.Date = s_time;
        request.Headers.Add("x-amz-storage-class", "REDUCED_REDUNDANCY");
        s_signature.Sign(request, "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072", s_time, s_keys);
        Assert.EndsWith(
            "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            request.Headers.GetValues("Authorization").Single(), StringComparison.Ordinal);
    }
}
