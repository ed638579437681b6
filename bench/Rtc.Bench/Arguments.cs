using System.Globalization;

namespace Rtc.Bench;

/// <summary>
/// A command's options, `--name value`. An unknown name or a bad value is said in one line; the program then exits with 2.
/// </summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    public Arguments(IReadOnlyList<string> arguments, params string[] known)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !known.Contains(name[2..]))
            {
                throw new UsageException($"unknown option {name}; known: {string.Join(" ", known.Select(option => "--" + option))}");
            }

            if (i + 1 == arguments.Count)
            {
                throw new UsageException($"{name} needs a value");
            }

            _values[name[2..]] = arguments[++i];
        }
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public string Choice(string name, params string[] allowed)
    {
        string value = _values.GetValueOrDefault(name, allowed[0]);
        return allowed.Contains(value) ? value : throw new UsageException($"--{name} is one of {string.Join(", ", allowed)}");
    }

    public double Number(string name, double otherwise, double minimum, double maximum)
    {
        if (!_values.TryGetValue(name, out string? text))
        {
            return otherwise;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= minimum
            && value <= maximum
            ? value
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--{name} is a number from {minimum} to {maximum}"));
    }

    public int Whole(string name, int otherwise, int minimum, int maximum) => (int)Number(name, otherwise, minimum, maximum);
}

/// <summary>What the user of the bench got wrong, in one line.</summary>
internal sealed class UsageException(string message) : Exception(message);
