using Rtc.Inference.Layouts;
using Rtc.Media;
using Rtc.Media.Drawing;

namespace Rtc.Inference.Segment;

/// <summary>One class of a picture and what share of it.</summary>
public readonly record struct ClassShare(int ClassId, string Label, double Share)
{
    // A share of the picture below this is noise of single places.
    private const double MinShare = 0.0005;

    /// <summary>That a room's picture and a client that asks for no other shows it in.</summary>
    public Colour Colour { get; init; }

    /// <summary>Largest first; the background is no class.</summary>
    public static List<ClassShare> Of(ClassMap map, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(names);
        Span<int> counts = stackalloc int[ClassMap.MaxClasses];
        map.Count(counts);
        var found = new List<ClassShare>();
        for (int id = 0; id < Math.Min(names.Count, ClassMap.MaxClasses); id++)
        {
            double share = (double)counts[id] / map.Classes.Length;
            if (share >= MinShare && !SemanticNames.IsBackground(names, id))
            {
                found.Add(new ClassShare(id, names[id], share) { Colour = ClassColours.Default(names.Count, id) });
            }
        }

        found.Sort(static (a, b) => b.Share.CompareTo(a.Share));
        return found;
    }
}
