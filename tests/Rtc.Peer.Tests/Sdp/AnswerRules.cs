using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.Peer.Tests.Sdp;

/// <summary>What holds for every section of every answer, whatever the offer was.</summary>
internal static class AnswerRules
{
    public static void Check(SessionDescription offer, SessionDescription answer, int index)
    {
        MediaDescription asked = offer.Media[index], said = answer.Media[index];
        Assert.Equal(asked.KindText, said.KindText);
        Assert.Equal(asked.Protocol, said.Protocol);
        Assert.Equal(asked.Mid, said.Mid);
        bool bundled = answer.BundleGroups.Exists(group => said.Mid is not null && group.Contains(said.Mid));
        if (said.IsRejected)
        {
            Assert.False(bundled);
            Assert.Null(said.IceUfrag);
            Assert.Empty(said.Sources);
            return;
        }

        Assert.False(asked.IsRejected, "a stopped section was revived");
        Assert.Equal(offer.BundleGroups.Count > 0, bundled);
        Assert.Equal("ours", said.IceUfrag);
        Assert.Contains(said.Setup, new[] { DtlsSetup.Active, DtlsSetup.Passive });
        Assert.NotEqual(asked.Setup, said.Setup);
        Assert.Single(said.Fingerprints);
        if (said.Kind == MediaKind.Data)
        {
            return;
        }

        Assert.True(said.RtcpMux);
        Assert.False(said.Direction.Sends() && !asked.Direction.Receives());
        Assert.False(said.Direction.Receives() && !asked.Direction.Sends());
        Assert.Equal(said.Direction.Sends(), said.Sources.Count > 0);
        Assert.NotEmpty(said.PayloadFormats);
        foreach (PayloadFormat format in said.PayloadFormats)
        {
            PayloadFormat offered = asked.PayloadFormats.First(known => known.PayloadType == format.PayloadType);
            Assert.Equal(offered.Name, format.Name, ignoreCase: true);
            Assert.Equal(offered.ClockRate, format.ClockRate);
            Assert.Equal(offered.AssociatedPayloadType, format.AssociatedPayloadType);
            Assert.All(format.Feedback, feedback => Assert.Contains(feedback, offered.Feedback));

            // RFC 6184 section 8.1: none means baseline at level 1, and the answer says so.
            Assert.Equal(
                offered.Parameter("profile-level-id") ?? (offered.Is("H264") ? "42000a" : null), format.Parameter("profile-level-id"),
                ignoreCase: true);
            Assert.Equal(offered.Parameter("packetization-mode") ?? "0", format.Parameter("packetization-mode") ?? "0");
        }

        Assert.All(
            said.Extensions,
            extension => Assert.Contains(asked.Extensions, other => other.Id == extension.Id && other.Uri == extension.Uri));
    }
}
