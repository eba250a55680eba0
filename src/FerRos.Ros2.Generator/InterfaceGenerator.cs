using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace FerRos.Ros2.Generator;

/// <summary>
/// Source generator: every AdditionalFile with the metadata RosInterface=true becomes C#. FerRos.Ros2.Generator.targets
/// sets the metadata from RosInterface items.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class InterfaceGenerator : IIncrementalGenerator
{
    private const string Metadata = "build_metadata.AdditionalFiles.";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<InterfaceFile>> files = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Where(static pair => Option(pair.Right.GetOptions(pair.Left), "RosInterface") == "true")
            .Select(static (pair, cancellation) => Parse(pair.Left, pair.Right.GetOptions(pair.Left), cancellation))
            .Collect();
        IncrementalValueProvider<string> rootNamespace = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.RootNamespace", out string? name) && !string.IsNullOrWhiteSpace(name) ? name : "FerRos.Interfaces");
        context.RegisterSourceOutput(files.Combine(rootNamespace), static (output, pair) => Generate(output, pair.Left, pair.Right));
    }

    private static InterfaceFile Parse(AdditionalText text, AnalyzerConfigOptions options, CancellationToken cancellation) =>
        InterfaceParser.Parse(
            text.Path,
            text.GetText(cancellation)?.ToString() ?? "",
            Option(options, "RosPackage"),
            Option(options, "RosGenerate") != "false",
            Option(options, "RosVariant"));

    private static string Option(AnalyzerConfigOptions options, string name) =>
        options.TryGetValue(Metadata + name, out string? value) ? value.Trim() : "";

    private static void Generate(SourceProductionContext output, ImmutableArray<InterfaceFile> files, string rootNamespace)
    {
        if (files.IsEmpty)
            return;
        var table = new TypeTable(files);
        foreach (Finding finding in table.Findings)
            output.ReportDiagnostic(finding.ToDiagnostic());
        foreach (Message message in table.Messages)
            output.AddSource(HintName(message.File), MessageEmitter.Emit(message));
        foreach (Service service in table.Services)
            output.AddSource(HintName(service.File), MessageEmitter.Emit(service));
        if (table.Messages.Count + table.Services.Count > 0)
            output.AddSource("InterfaceCatalog.g.cs", CatalogEmitter.Emit(table, rootNamespace));
    }

    private static string HintName(InterfaceFile file) =>
        $"{file.Package}.{file.Category}.{file.Name}{(file.Variant.Length == 0 ? "" : "." + file.Variant)}.g.cs";
}
