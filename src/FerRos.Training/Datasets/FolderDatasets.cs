using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>Datasets whose folders are the classes: stills, CK+, and sequences of frames.</summary>
public static partial class FolderDatasets
{
    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".bmp"];

    /// <summary>A folder per class with pictures in it, faces cropped already: <c>happiness/anything.png</c>.</summary>
    /// <param name="folder">The folder that holds the classes' folders.</param>
    /// <param name="classes">The classes to use, in order; by default those of FER+ that have a folder.</param>
    /// <param name="pictureSize">Pictures are cropped to the middle square and scaled to this size.</param>
    /// <param name="align">
    /// The pictures are not cropped: the largest face of each is found and cut out as the node does, and pictures without
    /// a face are left out and named in the report.
    /// </param>
    /// <exception cref="DatasetException">There is no such folder, or no picture in it.</exception>
    public static FaceDataset Stills(string folder, IReadOnlyList<string>? classes = null, int pictureSize = 96, bool align = false) =>
        Load(NameOf("pictures", folder, align), folder, classes, pictureSize, align, depth: 1, static (_, _) => ("", "", 0));

    /// <summary>
    /// CK+ as 48x48 crops: <c>anger/S010_004_00000017.png</c>, the subject after S. Seven classes with contempt, without
    /// neutral. For cross-validation by subject only: three pictures of one sequence are almost the same.
    /// </summary>
    /// <exception cref="DatasetException">There is no such folder, or no picture in it.</exception>
    public static FaceDataset CkPlus(string folder) => Load("CK+", folder, null, 48, align: false, depth: 1, static (path, report) =>
    {
        var match = CkPlusName().Match(Path.GetFileName(path));
        if (!match.Success)
        {
            report.Add("the name is not S<subject>_<sequence>_<frame>", path);
            return null;
        }

        return (match.Groups[1].Value, $"{match.Groups[1].Value}_{match.Groups[2].Value}", Number(match.Groups[3].Value));
    });

    /// <summary>
    /// A folder per class with a folder per sequence in it: <c>anger/S055_004/0001.jpg</c>. What stands before the first
    /// underscore of the sequence's name is the subject. Frames are in the order of their names.
    /// </summary>
    /// <param name="folder">The folder that holds the classes' folders.</param>
    /// <param name="pictureSize">Pictures are cropped to the middle square and scaled to this size.</param>
    /// <param name="align">As in <see cref="Stills"/>.</param>
    /// <exception cref="DatasetException">There is no such folder, or no picture in it.</exception>
    public static FaceDataset Sequences(string folder, int pictureSize = 96, bool align = false) => Load(
        NameOf("sequences", folder, align), folder, null, pictureSize, align, depth: 2, static (path, _) =>
        {
            var sequence = Path.GetFileName(Path.GetDirectoryName(path)!);
            var number = Digits().Match(Path.GetFileNameWithoutExtension(path));
            return (sequence.Split('_')[0], $"{Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(path)!))}/{sequence}", Number(number.Value));
        });

    private static int Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string NameOf(string kind, string folder, bool align) =>
        $"{kind} of {Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}{(align ? ", aligned here" : "")}";

    private static FaceDataset Load(
        string name, string folder, IReadOnlyList<string>? wanted, int size, bool align, int depth,
        Func<string, DatasetReport, (string Subject, string Sequence, int Frame)?> describe)
    {
        if (!Directory.Exists(folder))
            throw new DatasetException($"there is no folder {folder}");
        var report = new DatasetReport();
        var folders = Directory.EnumerateDirectories(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToArray();
        var classOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var candidate in folders)
        {
            if (Expressions.TryParse(candidate, out var expression))
                classOf[candidate] = expression;
            else if (wanted?.Contains(candidate) == true)
                classOf[candidate] = candidate;
            else
                report.Add("the folder's name is no class", candidate);
        }

        ImmutableArray<string> classes = wanted is not null ? [.. wanted] : [.. Expressions.FerPlus.Where(classOf.ContainsValue)];
        var files = new List<(string Path, int Expression, (string Subject, string Sequence, int Frame) Origin)>();
        foreach (var (classFolder, expression) in classOf.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            var index = classes.IndexOf(expression);
            if (index < 0)
                continue;
            var inClass = Directory.EnumerateFiles(Path.Combine(folder, classFolder), "*", depth == 1 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories)
                .Where(f => Endings.Contains(Path.GetExtension(f).ToLowerInvariant()))
                .Select(f => Path.GetRelativePath(folder, f))
                .Where(f => f.Split(Path.DirectorySeparatorChar).Length == depth + 1)
                .Order(StringComparer.Ordinal);
            foreach (var file in inClass)
            {
                if (describe(file, report) is { } origin)
                    files.Add((file, index, origin));
            }
        }

        if (files.Count == 0)
            throw new DatasetException($"{folder} holds no pictures in folders named as expressions (anger, happiness, ...)");
        var (pictures, indices) = PictureLoader.Load(folder, [.. files.Select(f => f.Path)], size, report, align);
        var samples = ImmutableArray.CreateBuilder<FaceSample>(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            if (indices[i] < 0)
                continue;
            var target = new float[classes.Length];
            target[files[i].Expression] = 1;
            samples.Add(new FaceSample
            {
                Key = files[i].Path, Picture = indices[i], Expression = files[i].Expression, Target = [.. target],
                Subject = files[i].Origin.Subject, Sequence = files[i].Origin.Sequence, Frame = files[i].Origin.Frame,
            });
        }

        return new FaceDataset(name, classes, pictures, samples.ToImmutable(), report);
    }

    [GeneratedRegex(@"^S(\d+)_(\d+)_(\d+)\.\w+$")]
    private static partial Regex CkPlusName();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
