namespace Rtc.Pipeline.Detecting;

/// <summary>Which labels of a model are people: they are made unrecognisable in privacy mode.</summary>
internal static class PersonLabels
{
    public static bool IsPerson(string label) =>
        label.Equals("person", StringComparison.OrdinalIgnoreCase)
        || label.Equals("face", StringComparison.OrdinalIgnoreCase)
        || label.Equals("head", StringComparison.OrdinalIgnoreCase);
}
