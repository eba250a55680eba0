using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace FerRos.Ros2.Generator;

/// <summary>What can be wrong with an interface file.</summary>
internal static class Diagnostics
{
    public static readonly DiagnosticDescriptor Syntax = Create("FERROS001", "Syntax of an interface file");
    public static readonly DiagnosticDescriptor WideString = Create("FERROS002", "wstring is not supported");
    public static readonly DiagnosticDescriptor UnknownType = Create("FERROS003", "Unknown type");
    public static readonly DiagnosticDescriptor Name = Create("FERROS004", "Illegal name");
    public static readonly DiagnosticDescriptor Duplicate = Create("FERROS005", "Duplicate name");
    public static readonly DiagnosticDescriptor Value = Create("FERROS006", "Value does not fit its type");
    public static readonly DiagnosticDescriptor Size = Create("FERROS007", "Illegal size or bound");
    public static readonly DiagnosticDescriptor Place = Create("FERROS008", "File cannot be placed");
    public static readonly DiagnosticDescriptor Cycle = Create("FERROS009", "Message contains itself");

    private static DiagnosticDescriptor Create(string id, string title) =>
        new(id, title, "{0}", "Interfaces", DiagnosticSeverity.Error, isEnabledByDefault: true);
}

/// <summary>A finding in an interface file, kept as values so that the generator's steps can be cached.</summary>
internal sealed record Finding(DiagnosticDescriptor Descriptor, string Path, int Line, int Column, int Length, int Offset, string Message)
{
    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Descriptor,
        Location.Create(
            Path,
            new TextSpan(Offset, Length),
            new LinePositionSpan(new LinePosition(Line, Column), new LinePosition(Line, Column + Length))),
        Message);
}
