namespace Rtc.Architecture.Tests.Wrong.High;

/// <summary>What the folder below must not use.</summary>
internal sealed class Tall
{
    public static int Height { get; set; } = 3;
}

/// <summary>The same as an attribute.</summary>
[AttributeUsage(AttributeTargets.All)]
internal sealed class TallAttribute : Attribute;
