using System.Diagnostics;
using Rtc.Bitstream;
using Rtc.Client;

namespace Rtc.Examples;

/// <summary>Sends a file's pictures when they are due; at its end it begins anew, and a wanted key frame is the last one again.</summary>
internal sealed class Publisher(RoomConnection room, IvfReader reader, FileStream file)
{
    private const int RtpRate = 90_000;
    private static readonly TimeSpan s_firstStep = TimeSpan.FromMilliseconds(33);
    private static readonly TimeSpan s_minRepeat = TimeSpan.FromSeconds(1);
    private bool _keyWanted;

    public async Task PlayAsync(CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        (long start, long key) = (file.Position, file.Position);
        (TimeSpan due, TimeSpan keySent, TimeSpan step) = (TimeSpan.Zero, TimeSpan.Zero, s_firstStep);
        TimeSpan? last = null;
        while (true)
        {
            if (room.Ended.IsCompleted)
            {
                throw new InvalidDataException(await room.Ended);
            }

            _keyWanted |= room.TakeKeyFrameRequest();
            if (_keyWanted && clock.Elapsed - keySent > s_minRepeat)
            {
                _keyWanted = false;
                reader.Rewind(key);
                last = null;
            }

            long position = file.Position;
            if (!reader.TryRead(out EncodedFrame? picture))
            {
                if (reader.Error is not null || position == start)
                {
                    throw new InvalidDataException($"the file can't be played: {reader.Error ?? "no pictures"}");
                }

                reader.Rewind(start);
                last = null;
                continue;
            }

            step = reader.Time - last ?? step; // after a jump as long as the picture before it
            due += step;
            last = reader.Time;
            if (picture.IsKey)
            {
                (key, keySent) = (position, clock.Elapsed);
            }

            await SendAsync(picture, due, due - clock.Elapsed, stop);
        }
    }

    private async Task SendAsync(EncodedFrame picture, TimeSpan due, TimeSpan wait, CancellationToken stop)
    {
        using (picture)
        {
            picture.RtpTimestamp = (uint)(long)(due.TotalSeconds * RtpRate); // goes on where the file begins anew
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, stop);
            await room.SendAsync(picture);
        }
    }
}
