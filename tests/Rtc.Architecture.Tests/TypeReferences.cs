using System.Reflection;

namespace Rtc.Architecture.Tests;

/// <summary>What a type leans on: its bases, fields, signatures, attributes, locals, and every member that its code names.</summary>
internal static class TypeReferences
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
        | BindingFlags.DeclaredOnly;

    /// <summary>Each type once; those of arrays, pointers and type arguments by themselves.</summary>
    public static HashSet<Type> Of(Type type)
    {
        HashSet<Type> found = [];
        Add(found, type.BaseType);
        AddAll(found, type.GetInterfaces());
        AddAttributes(found, type);
        foreach (Type argument in type.GetGenericArguments())
        {
            AddAll(found, argument.GetGenericParameterConstraints());
        }

        foreach (FieldInfo field in type.GetFields(All))
        {
            Add(found, field.FieldType);
            AddAttributes(found, field);
        }

        foreach (MethodBase method in Methods(type))
        {
            Add(found, (method as MethodInfo)?.ReturnType);
            AddAll(found, method.GetParameters().Select(parameter => parameter.ParameterType));
            AddAttributes(found, method);
            AddAll(found, method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? []);
            foreach (MemberInfo member in MethodTokens.Of(method))
            {
                AddMember(found, member);
            }
        }

        return found;
    }

    /// <summary>Members outside of the type that its code names, as "Type.Member".</summary>
    public static IEnumerable<string> Members(Type type) =>
        Methods(type).SelectMany(MethodTokens.Of).Where(member => member.DeclaringType is not null)
            .Select(member => member.DeclaringType!.FullName + "." + member.Name);

    private static IEnumerable<MethodBase> Methods(Type type) => [.. type.GetMethods(All), .. type.GetConstructors(All)];

    private static void AddMember(HashSet<Type> found, MemberInfo member)
    {
        Add(found, member as Type ?? member.DeclaringType);
        if (member is MethodBase method)
        {
            Add(found, (method as MethodInfo)?.ReturnType);
            AddAll(found, method.GetParameters().Select(parameter => parameter.ParameterType));
            AddAll(found, method.IsGenericMethod ? method.GetGenericArguments() : []);
        }
        else if (member is FieldInfo field)
        {
            Add(found, field.FieldType);
        }
    }

    private static void AddAttributes(HashSet<Type> found, MemberInfo member) =>
        AddAll(found, member.GetCustomAttributesData().Select(attribute => attribute.AttributeType));

    private static void AddAll(HashSet<Type> found, IEnumerable<Type> types)
    {
        foreach (Type type in types)
        {
            Add(found, type);
        }
    }

    private static void Add(HashSet<Type> found, Type? type)
    {
        if (type is null || type.IsGenericParameter)
        {
            return;
        }

        if (type.HasElementType)
        {
            Add(found, type.GetElementType());
            return;
        }

        if (type.IsFunctionPointer)
        {
            Add(found, type.GetFunctionPointerReturnType());
            AddAll(found, type.GetFunctionPointerParameterTypes());
            return;
        }

        if (type.IsConstructedGenericType)
        {
            AddAll(found, type.GetGenericArguments());
            type = type.GetGenericTypeDefinition();
        }

        found.Add(type);
    }
}
