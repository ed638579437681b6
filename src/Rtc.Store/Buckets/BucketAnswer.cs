using System.Net;

namespace Rtc.Store.Buckets;

/// <summary>What a bucket answered: no more of it is held than a program looks at.</summary>
internal sealed class BucketAnswer(HttpResponseMessage answer, byte[] body)
{
    public HttpStatusCode Status { get; } = answer.StatusCode;

    public bool IsDone { get; } = answer.IsSuccessStatusCode;

    public string? Tag { get; } = answer.Headers.TryGetValues("ETag", out IEnumerable<string>? tags) ? tags.First() : null;

    public long Length { get; } = answer.Content.Headers.ContentLength ?? 0;

    public DateTimeOffset WrittenAt { get; } = answer.Content.Headers.LastModified ?? default;

    public byte[] Body => body;
}
