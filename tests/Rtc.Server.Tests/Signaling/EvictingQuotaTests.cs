using System.Net;
using Rtc.Signaling;

namespace Rtc.Server.Tests.Signaling;

/// <summary>Whose place is taken back when all are held.</summary>
public sealed class EvictingQuotaTests
{
    private readonly EvictingQuota _quota = new(8);
    private readonly List<string> _evicted = [];

    [Fact]
    public void One_address_holds_a_quarter_and_gives_nothing_back_for_itself()
    {
        Assert.NotNull(Enter(1));
        Assert.NotNull(Enter(1));
        Assert.False(_quota.HasRoom(Address(1)));
        Assert.Null(Enter(1));
        Assert.Empty(_evicted);
    }

    [Fact]
    public void Oldest_place_of_the_address_with_most_gives_way_to_a_newcomer()
    {
        Fill(1, 2, 2, 1, 3, 3, 4);
        Enter(4)!.Dispose();
        Enter(5);
        Assert.True(_quota.HasRoom(Address(6)));
        Assert.NotNull(Enter(6));

        // 1, 2 and 3 have two each: the oldest place of all is that of 1.
        Assert.Equal(["1.0"], _evicted);
        Assert.NotNull(Enter(7));
        Assert.Equal(["1.0", "2.0"], _evicted);
        Assert.Equal(8, _quota.Held);
    }

    [Fact]
    public void Address_with_as_many_as_any_other_has_to_wait()
    {
        Fill(1, 1, 2, 2, 3, 3, 4, 5);
        Assert.NotNull(Enter(4));
        Assert.Equal(["1.0"], _evicted);
        Assert.Null(Enter(4));
    }

    [Fact]
    public void Crowd_of_single_holders_makes_way_for_one_more()
    {
        Fill(1, 2, 3, 4, 5, 6, 7, 8);
        Assert.NotNull(Enter(9));
        Assert.Equal(["1.0"], _evicted);
        Assert.Null(Enter(9));
    }

    [Fact]
    public void Place_that_was_taken_back_is_not_given_back_twice()
    {
        EvictingQuota.Place first = Enter(1)!;
        Fill(1, 2, 2, 3, 3, 4, 4);
        Assert.NotNull(Enter(5));
        Assert.Equal(["1.0"], _evicted);
        first.Dispose();
        first.Dispose();
        Assert.Equal(8, _quota.Held);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Newcomer_always_gets_in_and_nobody_holds_more_than_a_quarter(int seed)
    {
        var random = new Random(seed);
        var quota = new EvictingQuota(32);
        var held = new Dictionary<EvictingQuota.Place, int>();
        int evictions = 0;
        for (int step = 0; step < 5000; step++)
        {
            if (held.Count > 0 && random.Next(4) == 0)
            {
                EvictingQuota.Place leaving = held.Keys.ElementAt(random.Next(held.Count));
                held.Remove(leaving);
                leaving.Dispose();
            }

            int address = random.Next(3) == 0 ? 100 + random.Next(40) : random.Next(5);
            int before = held.Count(place => place.Value == address);
            EvictingQuota.Place? place = quota.TryEnter(Address(address), () => { });
            if (place is null)
            {
                Assert.True(before > 0, $"seed {seed}, step {step}: a newcomer was refused");
                continue;
            }

            held.Add(place, address);
            foreach (EvictingQuota.Place gone in held.Keys.Where(one => one.IsTakenBack).ToArray())
            {
                int most = held.CountBy(one => one.Value).Max(one => one.Value);
                Assert.True(
                    held.Count(one => one.Value == held[gone]) >= most - 1, $"seed {seed}, step {step}: an address with fewer gave way");
                held.Remove(gone);
                evictions++;
            }

            Assert.Equal(held.Count, quota.Held);
            Assert.InRange(held.Count, 0, 32);
            Assert.InRange(held.CountBy(one => one.Value).Max(one => one.Value), 1, 8);
        }

        Assert.True(evictions > 100, $"only {evictions} gave way: this tests nothing");
    }

    private void Fill(params int[] addresses)
    {
        foreach (int address in addresses)
        {
            Assert.NotNull(Enter(address));
        }
    }

    private readonly Dictionary<int, int> _numbers = [];

    private EvictingQuota.Place? Enter(int address)
    {
        int number = _numbers.GetValueOrDefault(address);
        _numbers[address] = number + 1;
        return _quota.TryEnter(Address(address), () => _evicted.Add($"{address}.{number}"));
    }

    private static IPAddress Address(int last) => new([192, 0, 2, (byte)last]);
}
