namespace Rtc.Pipeline.Remote;

/// <summary>
/// Classes that members named, as numbers beyond those of any model. Limited: tables and filters grow with each. The media loop
/// adds, any thread reads.
/// </summary>
internal sealed class RemoteLabels
{
    public const int MaxLabels = 256;

    /// <summary>Above the class numbers of every model.</summary>
    private const int First = 1 << 20;

    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
    private readonly string[] _names = new string[MaxLabels];

    /// <summary>Knows each label of these from now on; false, and nothing changed, where they are too many.</summary>
    public bool TryAdd(IReadOnlyList<RemoteObject> objects)
    {
        int missing = 0;
        foreach (RemoteObject seen in objects)
        {
            missing += _known.ContainsKey(seen.Label) ? 0 : 1;
        }

        if (missing == 0)
        {
            return true;
        }

        string[] added = [.. objects.Select(seen => seen.Label).Where(label => !_known.ContainsKey(label)).Distinct()];
        lock (_known)
        {
            if (_known.Count + added.Length > MaxLabels)
            {
                return false;
            }

            foreach (string label in added)
            {
                _names[_known.Count] = label;
                _known.Add(label, First + _known.Count);
            }
        }

        return true;
    }

    public int ClassOf(string label)
    {
        lock (_known)
        {
            return _known[label];
        }
    }

    /// <summary>Null where it is a model's class.</summary>
    public string? NameOf(int classId) =>
        classId >= First && classId < First + MaxLabels ? Volatile.Read(ref _names[classId - First]) : null;
}
