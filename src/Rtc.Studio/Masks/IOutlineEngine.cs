using Rtc.Inference;
using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>Outlines one object: at first from a click or a box, then picture by picture from where motion carried it.</summary>
internal interface IOutlineEngine : IDisposable
{
    /// <summary>As answers name it.</summary>
    string Name { get; }

    /// <summary>It looks for a lost object in the whole picture by itself.</summary>
    bool FindsAgain => false;

    /// <summary>The next picture to follow is the one of the start again: what was learnt on the way is of the clip's other end.</summary>
    void Restart()
    {
    }

    /// <summary>False where nothing can be told from what is around it.</summary>
    /// <param name="picture">Stays the caller's.</param>
    /// <param name="prompt">Where the object is.</param>
    /// <param name="moving">What moves otherwise than the background around the prompt; null where nothing does.</param>
    /// <param name="into">Given the outline.</param>
    bool TryStart(Picture picture, in MaskPrompt prompt, ClipMask? moving, ClipMask into);

    /// <summary>The outline in the next picture, near to where the last was carried to; false where nothing of it is left.</summary>
    /// <param name="picture">Stays the caller's.</param>
    /// <param name="carried">Where it probably is.</param>
    /// <param name="isLoose">It may well be elsewhere within its own size, or partly hidden.</param>
    /// <param name="into">Given the outline.</param>
    bool TryFollow(Picture picture, ClipMask carried, bool isLoose, ClipMask into);
}
