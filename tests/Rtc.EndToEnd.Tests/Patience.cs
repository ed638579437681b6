using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>What a page comes to is waited for as long as a busy machine may take; five seconds are the library's own.</summary>
internal static class Patience
{
    private const float ExpectationMs = 30_000;

    [ModuleInitializer]
    internal static void Set() => Assertions.SetDefaultExpectTimeout(ExpectationMs);
}
