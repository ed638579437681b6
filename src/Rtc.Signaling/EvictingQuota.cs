using System.Net;

namespace Rtc.Signaling;

/// <summary>
/// Places that clients hold for a short while, one address a share of them at most. Where all are taken, the oldest place
/// of the address that has most is taken back for an address that has fewer, so that few addresses never keep others out.
/// Safe from any thread.
/// </summary>
/// <param name="max">All places.</param>
/// <param name="addresses">How many addresses it takes at least to hold them all.</param>
public sealed class EvictingQuota(int max, int addresses = 4)
{
    // A small server serves two clients behind one address all the same.
    private const int MinPerAddress = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Holder> _holders = [];
    private readonly SortedSet<Holder> _byWeight = new(
        Comparer<Holder>.Create(static (a, b) => (a.Places.Count, b.Oldest, a.Bucket).CompareTo((b.Places.Count, a.Oldest, b.Bucket))));
    private readonly int _maxPerAddress = Math.Min(max, Math.Max(MinPerAddress, max / addresses));
    private int _all;
    private long _order;

    public int Held
    {
        get
        {
            lock (_lock)
            {
                return _all;
            }
        }
    }

    /// <summary>Whether <see cref="TryEnter"/> would give a place at this moment.</summary>
    public bool HasRoom(IPAddress? address)
    {
        lock (_lock)
        {
            return MayEnter(AddressQuota.BucketOf(address));
        }
    }

    /// <summary>
    /// Null where there is no place. The caller disposes of it; before that it may be taken back, which <paramref name="onEvicted"/> is
    /// told at once and must not wait.
    /// </summary>
    public Place? TryEnter(IPAddress? address, Action onEvicted)
    {
        UInt128 bucket = AddressQuota.BucketOf(address);
        lock (_lock)
        {
            if (!MayEnter(bucket))
            {
                return null;
            }

            if (_all == max)
            {
                // Told within the lock: nobody has disposed of it, so what it stands for still lives.
                Place evicted = _byWeight.Max!.Places.First!.Value;
                Remove(evicted);
                evicted.TakeBack();
            }

            var place = new Place(this, bucket, _order++, onEvicted);
            Add(place);
            return place;
        }
    }

    private bool MayEnter(UInt128 bucket)
    {
        int held = _holders.TryGetValue(bucket, out Holder? holder) ? holder.Places.Count : 0;
        return held < _maxPerAddress && (_all < max || _byWeight.Max!.Places.Count > held);
    }

    private void Add(Place place)
    {
        if (!_holders.TryGetValue(place.Bucket, out Holder? holder))
        {
            holder = new Holder(place.Bucket);
            _holders.Add(place.Bucket, holder);
        }

        // The set orders by what changes here.
        _byWeight.Remove(holder);
        place.Node = holder.Places.AddLast(place);
        _byWeight.Add(holder);
        _all++;
    }

    private void Remove(Place place)
    {
        if (place.Node is not { } node)
        {
            return;
        }

        Holder holder = _holders[place.Bucket];
        _byWeight.Remove(holder);
        holder.Places.Remove(node);
        place.Node = null;
        _all--;
        if (holder.Places.Count > 0)
        {
            _byWeight.Add(holder);
        }
        else
        {
            _holders.Remove(place.Bucket);
        }
    }

    private sealed class Holder(UInt128 bucket)
    {
        public UInt128 Bucket => bucket;

        public LinkedList<Place> Places { get; } = [];

        public long Oldest => Places.First?.Value.Order ?? 0;
    }

    /// <summary>One client's place; disposing of it again, or after it was taken back, does nothing.</summary>
    public sealed class Place : IDisposable
    {
        private readonly EvictingQuota _quota;
        private readonly Action _onEvicted;

        internal Place(EvictingQuota quota, UInt128 bucket, long order, Action onEvicted) =>
            (_quota, Bucket, Order, _onEvicted) = (quota, bucket, order, onEvicted);

        /// <summary>It was given to somebody else.</summary>
        public bool IsTakenBack { get; private set; }

        internal UInt128 Bucket { get; }

        internal long Order { get; }

        internal LinkedListNode<Place>? Node { get; set; }

        public void Dispose()
        {
            lock (_quota._lock)
            {
                _quota.Remove(this);
            }
        }

        internal void TakeBack()
        {
            IsTakenBack = true;
            _onEvicted();
        }
    }
}
