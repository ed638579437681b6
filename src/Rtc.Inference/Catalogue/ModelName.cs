namespace Rtc.Inference.Catalogue;

/// <summary>A model's name as people and messages give it. It is never a path, so that no name leads out of the folder.</summary>
public static class ModelName
{
    private const int Longest = 64;

    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > Longest || name[0] is '.' or '-' || name.Contains("..", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (char letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A file's name as a model may bear it.</summary>
    public static string Of(string name)
    {
        string plain = new([.. name.Take(Longest).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' ? letter : '-')]);
        plain = plain.Trim('-');
        return plain.Length == 0 ? "model" : plain;
    }

    /// <summary>Whether two names mean one model: capitals and the kind of dash do not count.</summary>
    public static bool Same(string a, string b) => Plain(a).Equals(Plain(b), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) => name.Replace('_', '-');
}
