using Rtc.Media;

namespace Rtc.Bench;

/// <summary>What a phone films, frame by frame.</summary>
internal interface IFrameSource
{
    void Draw(Picture picture, long frame);
}
