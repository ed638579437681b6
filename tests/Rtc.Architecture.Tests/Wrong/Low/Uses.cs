using Rtc.Architecture.Tests.Wrong.High;

namespace Rtc.Architecture.Tests.Wrong.Low;

/// <summary>Uses the folder above in a method's body alone.</summary>
internal sealed class UsesInBody
{
    public int Look() => Tall.Height + GetHashCode();
}

/// <summary>In a lambda, which the compiler puts in a type of its own.</summary>
internal sealed class UsesInLambda
{
    public Func<int> Look { get; } = () => Tall.Height;
}

/// <summary>In an iterator, which becomes a state machine.</summary>
internal sealed class UsesInIterator
{
    public static IEnumerable<int> Look()
    {
        yield return Tall.Height;
    }
}

/// <summary>As the argument of another type.</summary>
internal sealed class UsesAsArgument
{
    public Dictionary<string, Tall[]>? Look { get; set; }
}

/// <summary>As an attribute.</summary>
[Tall]
internal sealed class UsesInAttribute;
