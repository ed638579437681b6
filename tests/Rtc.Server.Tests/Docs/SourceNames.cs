using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Rtc.Server.Hosting;

namespace Rtc.Server.Tests.Docs;

/// <summary>The names that documents may use for code: types of the project and of the packages it references, and its members.</summary>
internal static partial class SourceNames
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] s_own = [.. OwnAssemblies()];

    /// <summary>Types of the project.</summary>
    public static IReadOnlySet<string> Types { get; } = s_own.SelectMany(assembly => assembly.GetTypes()).Where(IsWritten).Select(NameOf)
        .ToHashSet();

    /// <summary>Methods and properties of the project.</summary>
    public static IReadOnlySet<string> Members { get; } =
        s_own.SelectMany(
            assembly =>
                assembly.GetTypes()).Where(IsWritten).SelectMany(type => type.GetMembers(Own)).Select(member => member.Name).ToHashSet();

    /// <summary>Public types of what the project references.</summary>
    public static IReadOnlySet<string> PackageTypes { get; } = s_own.SelectMany(assembly => assembly.GetReferencedAssemblies())
        .DistinctBy(name => name.Name).Select(Assembly.Load).SelectMany(assembly => assembly.GetExportedTypes()).Select(NameOf).ToHashSet();

    /// <summary>Classes of the pages' modules.</summary>
    public static IReadOnlySet<string> PageClasses { get; } =
        Directory.EnumerateFiles(Path.Combine(MarkdownPage.Root, "wwwroot", "js"), "*.js", SearchOption.AllDirectories)
            .SelectMany(file => PageClass().Matches(File.ReadAllText(file))).Select(found => found.Groups[1].Value).ToHashSet();

    private static IEnumerable<Assembly> OwnAssemblies()
    {
        var seen = new HashSet<string>();
        var open = new Queue<Assembly>([typeof(RtcHost).Assembly]);
        while (open.TryDequeue(out Assembly? assembly))
        {
            if (seen.Add(assembly.FullName!))
            {
                yield return assembly;
                foreach (AssemblyName next in assembly.GetReferencedAssemblies()
                    .Where(name => name.Name!.StartsWith("Rtc.", StringComparison.Ordinal)))
                {
                    open.Enqueue(Assembly.Load(next));
                }
            }
        }
    }

    private static bool IsWritten(Type type) => type.GetCustomAttribute<CompilerGeneratedAttribute>() is null;

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    [GeneratedRegex(@"^(?:export )?(?:default )?class (\w+)", RegexOptions.Multiline)]
    private static partial Regex PageClass();
}
