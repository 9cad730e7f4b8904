using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Acp.Tests.House;

/// <summary>Reads compiled types and says what they use: in signatures, bodies, attributes, generic arguments.</summary>
internal static class Arrows
{
    /// <summary>
    /// Every type of the module (compiler-made ones count for the type they serve) with everything it uses. A used member
    /// is given as well, as <c>Namespace.Type::Member</c>.
    /// </summary>
    public static IEnumerable<(TypeDefinition User, string Used)> Uses(ModuleDefinition module)
    {
        foreach (var type in module.GetAllTypes())
        {
            foreach (var used in UsesOf(type).Distinct())
                yield return (type, used);
        }
    }

    /// <summary>The namespace of the outermost type around it.</summary>
    public static string NamespaceOf(TypeReference type)
    {
        while (type.DeclaringType is not null)
            type = type.DeclaringType;
        return type.Namespace;
    }

    /// <summary>Whether <paramref name="used"/> (a type's or member's full name) is, or lies in, <paramref name="forbidden"/>.</summary>
    public static bool Is(string used, string forbidden) =>
        used.StartsWith(forbidden, StringComparison.Ordinal)
        && (used.Length == forbidden.Length || used[forbidden.Length] is '.' or ':' or '/' or '`' or '<');

    private static IEnumerable<string> UsesOf(TypeDefinition type)
    {
        var types = new List<TypeReference?> { type.BaseType };
        types.AddRange(type.Interfaces.Select(i => i.InterfaceType));
        types.AddRange(type.CustomAttributes.Select(a => a.AttributeType));
        types.AddRange(type.GenericParameters.SelectMany(p => p.Constraints).Select(c => c.ConstraintType));
        foreach (var field in type.Fields)
        {
            types.Add(field.FieldType);
            types.AddRange(field.CustomAttributes.Select(a => a.AttributeType));
        }

        var members = new List<MemberReference>();
        foreach (var method in type.Methods)
        {
            types.Add(method.ReturnType);
            types.AddRange(method.Parameters.Select(p => p.ParameterType));
            types.AddRange(method.CustomAttributes.Select(a => a.AttributeType));
            types.AddRange(method.GenericParameters.SelectMany(p => p.Constraints).Select(c => c.ConstraintType));
            if (!method.HasBody)
                continue;
            types.AddRange(method.Body.Variables.Select(v => v.VariableType));
            types.AddRange(method.Body.ExceptionHandlers.Select(h => h.CatchType));
            foreach (var instruction in method.Body.Instructions)
            {
                switch (instruction.Operand)
                {
                    case TypeReference operand:
                        types.Add(operand);
                        break;
                    case MethodReference operand:
                        members.Add(operand);
                        types.Add(operand.DeclaringType);
                        types.Add(operand.ReturnType);
                        types.AddRange(operand.Parameters.Select(p => p.ParameterType));
                        if (operand is GenericInstanceMethod generic)
                            types.AddRange(generic.GenericArguments);
                        break;
                    case FieldReference operand:
                        members.Add(operand);
                        types.Add(operand.DeclaringType);
                        types.Add(operand.FieldType);
                        break;
                }
            }
        }
        return types.SelectMany(Parts).Concat(members.Select(m => $"{m.DeclaringType.GetElementType().FullName}::{m.Name}"));
    }

    // List<Foo[]> is List, and Foo.
    private static IEnumerable<string> Parts(TypeReference? type)
    {
        switch (type)
        {
            case null or GenericParameter:
                break;
            case GenericInstanceType generic:
                foreach (var part in generic.GenericArguments.Append(generic.ElementType).SelectMany(Parts))
                    yield return part;
                break;
            case TypeSpecification specification:
                foreach (var part in Parts(specification.ElementType))
                    yield return part;
                break;
            default:
                yield return type.FullName;
                break;
        }
    }
}
