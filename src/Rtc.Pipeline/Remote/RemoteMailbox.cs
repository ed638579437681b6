using System.Diagnostics.CodeAnalysis;
using Rtc.Pipeline.Decoding;

namespace Rtc.Pipeline.Remote;

/// <summary>A member's results on their way from the media loop to the vision loop; of too many the oldest go.</summary>
internal sealed class RemoteMailbox
{
    private const int MaxWaiting = 4;

    private readonly Queue<(RemoteDetections Seen, SizedPicture? Picture)> _waiting = new(MaxWaiting);

    /// <summary>Without a picture where that is still on its way.</summary>
    public void Put(RemoteDetections seen, SizedPicture? picture)
    {
        lock (_waiting)
        {
            if (_waiting.Count == MaxWaiting)
            {
                _waiting.Dequeue();
            }

            _waiting.Enqueue((seen, picture));
        }
    }

    public bool TryTake([NotNullWhen(true)] out RemoteDetections? seen, out SizedPicture? picture)
    {
        lock (_waiting)
        {
            bool any = _waiting.TryDequeue(out var next);
            (seen, picture) = next;
            return any;
        }
    }
}
