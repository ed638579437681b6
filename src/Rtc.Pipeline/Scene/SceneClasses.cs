using Rtc.Media;

namespace Rtc.Pipeline.Scene;

/// <summary>A class map on its way between the loops: its places, their names, and which one it is.</summary>
internal sealed class SceneClasses
{
    private long _last;

    public ClassMap Map { get; } = new();

    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>0 while there is none.</summary>
    public long Version { get; private set; }

    public void Put(ClassMap map, IReadOnlyList<string> names)
    {
        map.CopyTo(Map);
        (Names, Version) = (names, ++_last);
    }

    public void Clear() => Version = 0;

    /// <summary>Copies only what is newer.</summary>
    public void CopyTo(SceneClasses other)
    {
        if (other.Version != Version)
        {
            if (Version != 0)
            {
                Map.CopyTo(other.Map);
            }

            (other.Names, other.Version) = (Names, Version);
        }
    }
}
