using Rtc.Signaling;

namespace Rtc.Server.Tests.Rooms;

public sealed class OfferIdentityTests
{
    private static readonly OfferIdentity s_first = Of("111 1", "AA", "one");

    [Theory]
    [InlineData("111 1", "AA", "one", true)]
    [InlineData("111 2", "AA", "one", true)]
    [InlineData("111 2", "AA", "two", true)]
    [InlineData("222 1", "AA", "one", true)]
    [InlineData("222 1", "AA", "two", false)]
    [InlineData("111 2", "BB", "one", false)]
    [InlineData("222 1", "BB", "two", false)]
    public void A_connection_is_known_by_certificate_session_and_credentials(string session, string fingerprint, string ufrag, bool same) =>
        Assert.Equal(same, Of(session, fingerprint, ufrag).IsSameConnectionAs(s_first));

    [Fact]
    public void What_is_missing_is_nothing() => Assert.Equal(new OfferIdentity(null, null, null), OfferIdentity.Of("v=0\r\n"));

    private static OfferIdentity Of(string session, string fingerprint, string ufrag) =>
        OfferIdentity.Of($"v=0\r\no=- {session} IN IP4 0.0.0.0\r\ns=-\r\na=ice-ufrag:{ufrag}\r\na=fingerprint:sha-256 {fingerprint}\r\n");
}
