namespace Rtc.Server.Options;

/// <summary>Marks an option whose value is shown nowhere: not in an error, a list or a log.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
