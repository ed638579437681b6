using Rtc.Peer.Dtls;
using Rtc.Peer.Primitives;
using Rtc.Server.Network;

namespace Rtc.Server.Tests.Network;

/// <summary>Whose a datagram is, by the name in it or by where it comes from.</summary>
public sealed class PeerRoutesTests : IDisposable
{
    private static readonly byte[] s_media = [0x80, 96, 0, 1, .. new byte[40]];
    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly PeerRoutes _routes = new();
    private readonly PeerSlot _one;
    private readonly PeerSlot _other;

    public PeerRoutesTests()
    {
        _one = Ports.Port(_identity);
        _other = Ports.Port(_identity);
    }

    public void Dispose()
    {
        _one.Peer.Dispose();
        _other.Peer.Dispose();
        _identity.Dispose();
    }

    [Fact]
    public void A_check_goes_to_whom_it_names_wherever_it_comes_from()
    {
        _routes.LearnUfrag(_one, "one");
        _routes.LearnUfrag(_other, "other");
        _routes.LearnAddress(_other, Ports.Address(9), isProven: true);
        Assert.Same(_one, _routes.Find(StunCheck.For("one"), Ports.Address(9)));
        Assert.Same(_other, _routes.Find(StunCheck.For("other"), Ports.Address(8)));
        Assert.Null(_routes.Find(StunCheck.For("nobody"), Ports.Address(9)));
        Assert.Null(_routes.Find(StunCheck.For(new string('a', 256)), Ports.Address(9)));
    }

    [Fact]
    public void Everything_else_goes_to_whom_its_address_leads()
    {
        _routes.LearnUfrag(_one, "one");
        Assert.Null(_routes.Find(s_media, Ports.Address(9)));
        _routes.LearnAddress(_one, Ports.Address(9), isProven: true);
        Assert.Same(_one, _routes.Find(s_media, Ports.Address(9)));
        Assert.Null(_routes.Find(s_media, Ports.Address(8)));
    }

    [Fact]
    public void A_restart_of_ICE_brings_a_name_and_keeps_the_one_before()
    {
        string before = new("before");
        _routes.LearnUfrag(_one, before);
        _routes.LearnUfrag(_one, before);
        _routes.LearnUfrag(_one, "after");
        Assert.Same(_one, _routes.Find(StunCheck.For("before"), Ports.Home));
        Assert.Same(_one, _routes.Find(StunCheck.For("after"), Ports.Home));
        Assert.Equal(2, _one.Ufrags.Count);
    }

    [Fact]
    public void A_peer_that_is_forgotten_is_reached_by_nothing()
    {
        _routes.LearnUfrag(_one, "before");
        _routes.LearnUfrag(_one, "after");
        _routes.LearnAddress(_one, Ports.Address(8), isProven: true);
        _routes.LearnAddress(_one, Ports.Address(9), isProven: true);
        _routes.Forget(_one);
        Assert.Null(_routes.Find(StunCheck.For("before"), Ports.Home));
        Assert.Null(_routes.Find(StunCheck.For("after"), Ports.Home));
        Assert.Null(_routes.Find(s_media, Ports.Address(8)));
        Assert.Null(_routes.Find(s_media, Ports.Address(9)));
    }

    [Fact]
    public void Address_that_another_peer_took_over_outlives_its_first_peer()
    {
        _routes.LearnAddress(_one, Ports.Address(9), isProven: true);
        _routes.LearnAddress(_other, Ports.Address(9), isProven: true);
        _routes.Forget(_one);
        Assert.Same(_other, _routes.Find(s_media, Ports.Address(9)));
    }

    [Fact]
    public void A_name_that_two_peers_have_stays_with_the_first()
    {
        _routes.LearnUfrag(_one, "same");
        _routes.LearnUfrag(_other, "same");
        _routes.Forget(_other);
        Assert.Same(_one, _routes.Find(StunCheck.For("same"), Ports.Home));
    }

    [Fact]
    public void Peer_of_too_many_addresses_loses_its_oldest_unless_taken_over()
    {
        for (ushort port = 100; port < 132; port++)
        {
            _routes.LearnAddress(_one, Ports.Address(port), isProven: true);
        }

        Assert.Same(_one, _routes.Find(s_media, Ports.Address(100)));
        _routes.LearnAddress(_other, Ports.Address(101), isProven: true);
        _routes.LearnAddress(_one, Ports.Address(132), isProven: true);
        _routes.LearnAddress(_one, Ports.Address(133), isProven: true);
        Assert.Equal(32, _one.Addresses.Count);
        Assert.Null(_routes.Find(s_media, Ports.Address(100)));
        Assert.Same(_other, _routes.Find(s_media, Ports.Address(101)));
        Assert.Same(_one, _routes.Find(s_media, Ports.Address(102)));
    }

    [Fact]
    public void Spoofed_check_takes_no_proven_route()
    {
        _routes.LearnAddress(_one, Ports.Address(9), isProven: true);
        _routes.LearnAddress(_other, Ports.Address(9), isProven: false);
        Assert.Same(_one, _routes.Find(s_media, Ports.Address(9)));
        Assert.Empty(_other.Addresses);
    }

    [Fact]
    public void First_check_leads_there_until_another_peer_checks()
    {
        _routes.LearnAddress(_one, Ports.Address(9), isProven: false);
        Assert.Same(_one, _routes.Find(s_media, Ports.Address(9)));
        _routes.LearnAddress(_other, Ports.Address(9), isProven: false);
        Assert.Same(_other, _routes.Find(s_media, Ports.Address(9)));
    }

    [Fact]
    public void Address_that_changes_hands_is_found_again_by_each_proof()
    {
        for (int turn = 0; turn < 4; turn++)
        {
            PeerSlot owner = turn % 2 == 0 ? _one : _other;
            _routes.LearnAddress(owner, Ports.Address(9), isProven: true);
            Assert.Same(owner, _routes.Find(s_media, Ports.Address(9)));
        }
    }

    [Fact]
    public void Flood_of_spoofed_checks_leaves_the_proven_address()
    {
        _routes.LearnAddress(_one, Ports.Address(9), isProven: true);
        for (ushort port = 100; port < 400; port++)
        {
            _routes.LearnAddress(_one, Ports.Address(port), isProven: false);
        }

        Assert.Same(_one, _routes.Find(s_media, Ports.Address(9)));
        Assert.Equal(32, _one.Addresses.Count);
    }

    [Fact]
    public void A_closed_address_leads_nowhere_and_tells_whose_it_was()
    {
        _routes.LearnAddress(_one, Ports.Address(9), isProven: true);
        Assert.Same(_one, _routes.Forget(Ports.Address(9)));
        Assert.Null(_routes.Forget(Ports.Address(9)));
        Assert.Null(_routes.Find(s_media, Ports.Address(9)));
        Assert.Empty(_one.Addresses);
    }

    [Fact]
    public void Finding_allocates_nothing()
    {
        byte[] check = StunCheck.For("one");
        _routes.LearnUfrag(_one, "one");
        _routes.LearnAddress(_one, Ports.Address(9), isProven: true);
        TransportAddress from = Ports.Address(9);
        int found = FindBoth(check, from, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        found += FindBoth(check, from, 1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2200, found);
    }

    private int FindBoth(byte[] check, TransportAddress from, int times)
    {
        int found = 0;
        for (int i = 0; i < times; i++)
        {
            found += _routes.Find(check, from) == _one ? 1 : 0;
            found += _routes.Find(s_media, from) == _one ? 1 : 0;
        }

        return found;
    }
}
