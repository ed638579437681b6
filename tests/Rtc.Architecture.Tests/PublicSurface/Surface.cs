using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rtc.Architecture.Tests.PublicSurface;

/// <summary>
/// What a program that references an assembly can name: a line for each public type and each of its public and protected
/// members, sorted. What the compiler adds to records by itself is left out.
/// </summary>
internal static class Surface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(Assembly assembly) => Of(assembly.GetExportedTypes());

    public static IReadOnlyList<string> Of(IEnumerable<Type> types) =>
        [.. types.SelectMany(type => Members(type).Select(member => $"{Full(type)}.{member}").Prepend($"{Full(type)}: {Kind(type)}"))
            .Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> Differences(IReadOnlyList<string> accepted, IReadOnlyList<string> found) =>
        [.. accepted.Except(found).Select(line => "- " + line), .. found.Except(accepted).Select(line => "+ " + line)];

    private static string Full(Type type) => $"{type.Namespace}.{TypeNames.Of(type)}";

    private static string Kind(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => "enum " + TypeNames.Of(type.GetEnumUnderlyingType()),
            { IsInterface: true } => "interface",
            { IsValueType: true } => (Has<IsReadOnlyAttribute>(type) ? "readonly " : "") + (type.IsByRefLike ? "ref struct" : "struct"),
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        if (type.IsEnum)
        {
            return kind;
        }

        // Interfaces that come with another one are not named again.
        IEnumerable<Type> inherited = type.GetInterfaces().SelectMany(one => one.GetInterfaces())
            .Concat(type.BaseType?.GetInterfaces() ?? []);
        string[] bases =
        [
            .. type.BaseType is { } above && above != typeof(object)
                && above != typeof(ValueType) ? [TypeNames.Of(above)] : Array.Empty<string>(),
            .. type.GetInterfaces().Except(inherited).Where(one => one.IsVisible).Select(TypeNames.Of).Order(StringComparer.Ordinal),
        ];
        return bases.Length == 0 ? kind : $"{kind} : {string.Join(", ", bases)}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => $"{field.Name} = {TypeNames.Literal(field.GetRawConstantValue())}");
        }

        return
        [
            .. type.GetConstructors(Declared).Where(Seen).Select(constructor => $"new({Parameters(constructor)})"),
            .. type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily).Where(Written).Select(Field),
            .. type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsSeen)).Where(Written)
                .Select(Property),
            .. type.GetEvents(Declared).Where(one => IsSeen(one.AddMethod!))
                .Select(one => $"event {one.Name}: {TypeNames.Of(one.EventHandlerType!)}"),
            .. type.GetMethods(Declared).Where(Seen)
                .Where(method => !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)).Select(Method),
        ];
    }

    private static string Field(FieldInfo field) =>
        field.IsLiteral ? $"const {field.Name}: {TypeNames.Of(field.FieldType)} = {TypeNames.Literal(field.GetRawConstantValue())}"
        : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{field.Name}: {TypeNames.Of(field.FieldType)}";

    private static string Property(PropertyInfo property)
    {
        MethodInfo one = property.GetAccessors(nonPublic: true).First(IsSeen);
        bool inits = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? false;
        string get = property.GetMethod is { } getter && IsSeen(getter) ? "get; " : "";
        string set = property.SetMethod is { } setter && IsSeen(setter) ? inits ? "init; " : "set; " : "";
        string required = Has<RequiredMemberAttribute>(property) ? "required " : "";
        string index = property.GetIndexParameters() is { Length: > 0 } keys ? $"[{string.Join(", ", keys.Select(TypeNames.Of))}]" : "";
        return $"{required}{Words(one)}{property.Name}{index}: {TypeNames.Of(property.PropertyType)} {{ {get}{set}}}";
    }

    private static string Method(MethodInfo method)
    {
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeNames.Of))}>" : "";
        string extends = Has<ExtensionAttribute>(method) ? "this " : "";
        return $"{Words(method)}{method.Name}{generic}({extends}{Parameters(method)}): {TypeNames.Of(method.ReturnType)}";
    }

    private static string Words(MethodBase method) =>
        (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "")
        + (method.IsStatic ? "static " : "")
        + (method is { IsAbstract: true, DeclaringType.IsInterface: false } ? "abstract " : "")
        + (method is { IsVirtual: true, IsFinal: false, IsAbstract: false } && !method.DeclaringType!.IsSealed ? "virtual " : "");

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(TypeNames.Of));

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool Seen(MethodBase method) => IsSeen(method) && Written(method);

    private static bool Written(MemberInfo member) => !Has<CompilerGeneratedAttribute>(member);

    private static bool Has<T>(MemberInfo member)
        where T : Attribute => member.GetCustomAttributesData().Any(attribute => attribute.AttributeType == typeof(T));
}
