using System.Reflection;

namespace Rtc.Architecture.Tests.PublicSurface;

/// <summary>Types and parameters as C# writes them, without namespaces.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    public static string Of(Type type)
    {
        if (s_keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Of(value) + "?";
        }

        if (type.IsFunctionPointer)
        {
            IEnumerable<Type> shape = type.GetFunctionPointerParameterTypes().Append(type.GetFunctionPointerReturnType());
            return $"delegate*<{string.Join(", ", shape.Select(Of))}>";
        }

        return type switch
        {
            { IsArray: true } => $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]",
            { IsPointer: true } => Of(type.GetElementType()!) + "*",
            { IsByRef: true } => "ref " + Of(type.GetElementType()!),
            { IsGenericParameter: true } => type.Name,
            _ => Named(type),
        };
    }

    public static string Of(ParameterInfo parameter)
    {
        string words = parameter.GetCustomAttributesData()
            .Any(attribute => attribute.AttributeType.Name is "ParamArrayAttribute" or "ParamCollectionAttribute") ? "params " : "";
        string type = parameter.ParameterType.IsByRef
            ? (parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ") + Of(parameter.ParameterType.GetElementType()!)
            : Of(parameter.ParameterType);
        return $"{words}{type} {parameter.Name}{(parameter.HasDefaultValue ? " = " + Literal(parameter.RawDefaultValue) : "")}";
    }

    public static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };

    /// <summary>With its outer types, and each type's own arguments at its own name.</summary>
    private static string Named(Type type)
    {
        Type[] arguments = type.GetGenericArguments();
        int outers = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string name = type.Name.Split('`')[0];
        if (arguments.Length > outers)
        {
            name += $"<{string.Join(", ", arguments[outers..].Select(Of))}>";
        }

        return type.DeclaringType is { } outer ? $"{Of(outer)}.{name}" : name;
    }
}
