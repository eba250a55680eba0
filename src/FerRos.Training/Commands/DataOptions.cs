using System.CommandLine;

namespace FerRos.Training.Commands;

/// <summary>The options that say which data.</summary>
internal sealed class DataOptions
{
    private static readonly string[] Kinds = ["auto", "ferplus", "ckplus", "folder"];

    /// <summary>FER+'s protocols by what <c>--protocol</c> takes.</summary>
    internal static IReadOnlyDictionary<string, FerPlusProtocol> Protocols { get; } = new Dictionary<string, FerPlusProtocol>(StringComparer.Ordinal)
    {
        ["majority"] = FerPlusProtocol.Majority, ["crossentropy"] = FerPlusProtocol.CrossEntropy, ["all"] = FerPlusProtocol.AllRows,
    };

    internal Option<string> Folder { get; } = new("--data") { Description = "The folder with the faces", HelpName = "FOLDER", Required = true };

    internal Option<string> Kind { get; } = new("--dataset")
    {
        Description = "ferplus (labels.csv, train/, valid/), ckplus (S010_004_00000017.png in a folder per class), folder (a folder per class), or auto",
        DefaultValueFactory = _ => "auto",
    };

    internal Option<string> Protocol { get; } = new("--protocol")
    {
        Description = "FER+ rows: majority, crossentropy or all", DefaultValueFactory = _ => "majority",
    };

    internal Option<bool> Align { get; } = new("--align")
    {
        Description = "Folders of pictures that are not cropped: find the largest face of each and cut it out",
    };

    internal void AddTo(Command command)
    {
        Kind.AcceptOnlyFromAmong(Kinds);
        Protocol.AcceptOnlyFromAmong([.. Protocols.Keys]);
        command.Options.Add(Folder);
        command.Options.Add(Kind);
        command.Options.Add(Protocol);
        command.Options.Add(Align);
    }

    /// <summary>Loads the data; the part counts for FER+ alone.</summary>
    internal FaceDataset Load(ParseResult parsed, string part)
    {
        var folder = parsed.GetValue(Folder)!;
        var kind = parsed.GetValue(Kind)!;
        if (!Directory.Exists(folder))
            throw new DatasetException($"there is no folder {folder}");
        if (kind == "auto")
            kind = File.Exists(Path.Combine(folder, "labels.csv")) ? "ferplus" : IsCkPlus(folder) ? "ckplus" : "folder";
        var align = parsed.GetValue(Align);
        if (align && kind != "folder")
            throw new DatasetException($"the pictures of {kind} are cropped already; --align is for folders of others");
        return kind switch
        {
            "ferplus" => FerPlus.Load(folder, part, Protocols[parsed.GetValue(Protocol)!]),
            "ckplus" => FolderDatasets.CkPlus(folder),
            _ => FolderDatasets.Stills(folder, align: align),
        };
    }

    /// <summary>Says what was left out.</summary>
    internal static void Report(FaceDataset dataset, TextWriter output)
    {
        output.WriteLine($"{dataset.Name}: {dataset.Samples.Length} samples ({string.Join(", ", dataset.Classes.Zip(dataset.ClassCounts, (c, n) => $"{c} {n}"))})");
        foreach (var line in dataset.Report.Lines())
            output.WriteLine($"  {line}");
    }

    private static bool IsCkPlus(string folder) =>
        Directory.EnumerateDirectories(folder).SelectMany(Directory.EnumerateFiles).Take(20).Any(f => Path.GetFileName(f).StartsWith('S') && f.Split('_').Length >= 3);
}
