using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using FerRos.Ros2;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Shouldly;

namespace FerRos.Ros2.Generator.Tests;

/// <summary>One run of the generator over interface texts.</summary>
internal sealed class Generation
{
    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Where(p => Path.GetFileName(p) is { } name && (name.StartsWith("System.") || name is "netstandard.dll" or "FerRos.Ros2.dll" or "FerRos.Interfaces.dll"))
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    private readonly Compilation _compilation;

    private Generation(Compilation compilation, ImmutableArray<Diagnostic> diagnostics, GeneratorDriver driver)
    {
        _compilation = compilation;
        Diagnostics = diagnostics;
        Driver = driver;
    }

    public ImmutableArray<Diagnostic> Diagnostics { get; }

    public GeneratorDriver Driver { get; }

    public string Source => string.Join("\n", Driver.GetRunResult().GeneratedTrees.Select(t => t.ToString()));

    /// <summary>Runs over one file, <c>my_msgs/msg/Test.msg</c>.</summary>
    public static Generation Of(string text) => Run(("my_msgs/msg/Test.msg", text));

    public static Generation Run(params (string Path, string Text)[] files) => Over(files.Select(f => new InterfaceText(f.Path, f.Text)));

    public static Generation Over(IEnumerable<InterfaceText> files)
    {
        InterfaceText[] texts = [.. files];
        var compilation = CSharpCompilation.Create(
            "Generated" + Guid.NewGuid().ToString("N"),
            references: References,
            options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable)

                // Tests define types of their own that the referenced assemblies hold too.
                .WithSpecificDiagnosticOptions([new("CS0436", ReportDiagnostic.Suppress)]));
        var driver = CSharpGeneratorDriver.Create(
            [new InterfaceGenerator().AsSourceGenerator()],
            texts,
            CSharpParseOptions.Default.WithDocumentationMode(DocumentationMode.Diagnose),
            new Options(texts),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        GeneratorDriver run = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out ImmutableArray<Diagnostic> diagnostics);
        return new Generation(output, diagnostics, run);
    }

    /// <summary>Compiles what was generated, without any warning, and loads it.</summary>
    public Assembly Load()
    {
        Diagnostics.ShouldBeEmpty();
        using var stream = new MemoryStream();
        var result = _compilation.Emit(stream);
        result.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning).ShouldBeEmpty();
        stream.Position = 0;
        return new AssemblyLoadContext(null).LoadFromStream(stream);
    }

    /// <summary>Compiles, loads, and makes a message of a class.</summary>
    public IMessage Create(string className = "FerRos.Interfaces.MyMsgs.Msg.Test") =>
        (IMessage)Activator.CreateInstance(Load().GetType(className, throwOnError: true)!)!;

    /// <summary>The only finding, as "id line:column message", counted from 1.</summary>
    public string Finding()
    {
        Diagnostic diagnostic = Diagnostics.ShouldHaveSingleItem();
        FileLinePositionSpan span = diagnostic.Location.GetLineSpan();
        return $"{diagnostic.Id} {span.StartLinePosition.Line + 1}:{span.StartLinePosition.Character + 1} {diagnostic.GetMessage()}";
    }

    public sealed class InterfaceText(string path, string text, bool generate = true, string variant = "", string package = "") : AdditionalText
    {
        public override string Path => path;

        public bool Generate => generate;

        public string Variant => variant;

        public string Package => package;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class Options(InterfaceText[] texts) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(new() { ["build_property.RootNamespace"] = "Tests.Generated" });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values([]);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile)
        {
            InterfaceText text = texts.Single(t => ReferenceEquals(t, textFile));
            return new Values(new()
            {
                ["build_metadata.AdditionalFiles.RosInterface"] = "true",
                ["build_metadata.AdditionalFiles.RosPackage"] = text.Package,
                ["build_metadata.AdditionalFiles.RosGenerate"] = text.Generate ? "" : "false",
                ["build_metadata.AdditionalFiles.RosVariant"] = text.Variant,
            });
        }
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
