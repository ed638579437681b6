using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Rtc.Analysis.Scenes;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;

namespace Rtc.Analysis.Looking;

/// <summary>A picture of the video as the feed has it; the sampled ones with their pixels, which are the taker's.</summary>
internal readonly record struct FeedItem(int Number, double Seconds, Signature? Signature, Picture? Picture);

/// <summary>Which pictures a feed reads, and which of them it hands on.</summary>
/// <param name="First">The first that is read.</param>
/// <param name="Every">Every how manieth is handed on, counted from the video's start.</param>
/// <param name="WithSignatures">All others are read as well, and looked at for cuts.</param>
/// <param name="Together">How many the taker collects before it gives one back.</param>
internal readonly record struct FeedPlan(int First, int Every, bool WithSignatures, int Together);

/// <summary>
/// Reads a video ahead on a thread of its own, so that the decoder works while a model does. Owns the reader and its pictures' pool.
/// </summary>
internal sealed class PictureFeed : IDisposable
{
    // What lies ready: signatures, and so many pictures beside those that are looked at.
    private const int MaxItems = 256;
    private const int MoreThanTogether = 2;

    private readonly FeedPlan _plan;
    private readonly PicturePool _pool = new();
    private readonly VideoReader _reader;
    private readonly BlockingCollection<FeedItem> _items = new(MaxItems);
    private readonly SemaphoreSlim _places;
    private readonly ConcurrentStack<Signature> _spare = new();
    private readonly CancellationTokenSource _ended;
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _error;

    public PictureFeed(string file, VideoInfo info, FeedPlan plan, ContainerLimits limits, CancellationToken cancel)
    {
        _plan = plan;
        _places = new SemaphoreSlim(plan.Together + MoreThanTogether);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        int every = plan.WithSignatures ? 1 : plan.Every;
        int first = plan.WithSignatures ? plan.First : (plan.First + every - 1) / every * every;
        PictureIndex? index = first > 0 ? PictureIndex.Read(file, info, limits, cancel) : null;
        _reader = VideoReader.Open(
            file, info, new VideoReadOptions { First = first, Every = every, Index = index }, limits, _pool, _ended.Token);
        _thread = new Thread(Read) { IsBackground = true, Name = "rtc-pictures" };
        _thread.Start();
    }

    /// <summary>Why there are no more; null where the video simply ended.</summary>
    public ContainerRefusal? Refusal { get; private set; }

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool TryTake(out FeedItem item)
    {
        if (_items.TryTake(out item, Timeout.Infinite, _ended.Token))
        {
            return true;
        }

        _error?.Throw();
        return false;
    }

    /// <summary>The pixels were looked at: another picture may be read ahead.</summary>
    public void Return(Picture picture)
    {
        picture.Dispose();
        _places.Release();
    }

    public void Return(Signature? signature)
    {
        if (signature is not null)
        {
            _spare.Push(signature);
        }
    }

    public void Dispose()
    {
        _ended.Cancel();
        _thread.Join();
        while (_items.TryTake(out FeedItem item))
        {
            item.Picture?.Dispose();
        }

        _reader.Dispose();
        _pool.Dispose();
        _items.Dispose();
        _places.Dispose();
        _ended.Dispose();
    }

    private void Read()
    {
        Picture? picture = null;
        try
        {
            while (_reader.TryRead(out picture, out int number, out double seconds))
            {
                Signature? signature = null;
                if (_plan.WithSignatures)
                {
                    signature = _spare.TryPop(out Signature? used) ? used : new Signature();
                    signature.Take(picture!, _pool);
                }

                if (number % _plan.Every != 0)
                {
                    picture!.Dispose();
                    picture = null;
                }
                else
                {
                    _places.Wait(_ended.Token);
                }

                _items.Add(new FeedItem(number, seconds, signature, picture), _ended.Token);
                picture = null;
            }

            Refusal = _reader.Refusal;
        }
        catch (Exception error)
        {
            // Whatever it was belongs to who takes the pictures.
            picture?.Dispose();
            _error = ExceptionDispatchInfo.Capture(error);
        }

        _items.CompleteAdding();
    }
}
