using System.Collections.Frozen;

namespace Rtc.Pipeline.Detecting;

/// <summary>
/// Which labels of a model are people: they are made unrecognisable in privacy mode. Data sets have words of their own for them:
/// COCO and VOC "person", Open Images "Man" or "Human face", VisDrone "pedestrian", Cityscapes "rider", CrowdHuman "head".
/// </summary>
internal static class PersonLabels
{
    private static readonly FrozenSet<string> s_labels = new[]
    {
        "person", "persons", "people", "human", "pedestrian", "man", "woman", "boy", "girl", "child", "kid", "baby", "rider", "cyclist",
        "motorcyclist", "worker", "player", "crowd", "face", "head", "body", "person sitting", "human face", "human head", "human body",
        "human hair", "human eye", "human ear", "human mouth", "human nose", "human beard", "human hand", "human arm", "human leg",
        "human foot",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsPerson(string label) => s_labels.Contains(label.Replace('_', ' ').Replace('-', ' ').Trim());
}
