using System.Diagnostics;
using FerRos.OpenCv;

namespace FerRos.Integration.Support;

/// <summary>Pictures as the rclpy camera takes them: a file of raw bgr8 pixels.</summary>
internal sealed record RawPictures(string Path, int Width, int Height)
{
    /// <summary>The square of the portrait, 512x512, that holds the head.</summary>
    private static readonly Point Head = new(75, 0);
    private const int HeadSide = 300;

    private static readonly string Folder = Directory.CreateTempSubdirectory("ferros-integration-").FullName;

    static RawPictures() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(Folder, recursive: true);

    /// <summary>The portrait in the middle of a VGA picture.</summary>
    public static RawPictures Portrait() => Compose("portrait", 1, _ => [new(110, 30, 420, default, 512)]);

    /// <summary>A VGA picture with nothing in it.</summary>
    public static RawPictures Nobody() => Compose("nobody", 1, _ => []);

    /// <summary>Two heads side by side that move: 90 VGA pictures.</summary>
    public static RawPictures TwoHeads() => Compose("two", 90, i => [new(10 + (i / 3), 60 + (i / 2), 280, Head, HeadSide), new(350 - (i / 3), 140 - (i / 2), 280, Head, HeadSide)]);

    /// <summary>The portrait as a JPEG file.</summary>
    public static string PortraitJpeg()
    {
        var file = System.IO.Path.Combine(Folder, "portrait.jpg");
        using var picture = Read(Asset);
        Cv2.ImWrite(file, picture);
        return file;
    }

    /// <summary>A person who goes from neutral to an expression.</summary>
    public static RawPictures Sequence(string expression, string person)
    {
        var files = Directory.GetFiles(System.IO.Path.Combine(Data("sequences"), expression, person), "*.jpg").Order(StringComparer.Ordinal).ToArray();
        var path = System.IO.Path.Combine(Folder, $"{expression}-{person}.raw");
        var size = default(Size);
        using var output = File.Create(path);
        foreach (var file in files)
        {
            using var picture = Read(file);
            size = picture.Size();
            output.Write(picture.AsSpan<byte>());
        }

        return new RawPictures(path, size.Width, size.Height);
    }

    /// <summary>
    /// Two people side by side, 560x280: the left one's pictures follow each other, the right one's do, and each is held
    /// for some frames while it moves a little, as a head does.
    /// </summary>
    public static RawPictures Pair(string name, IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        const int Side = 280;
        const int Held = 8;
        var path = System.IO.Path.Combine(Folder, name + ".raw");
        var random = new Random(1);
        using var output = File.Create(path);
        using var scaled = new Mat();
        var pixels = new byte[2 * Side * Side * 3];
        Mat[] lefts = [.. left.Select(Read)], rights = [.. right.Select(Read)];
        for (var i = 0; i < Held * Math.Max(left.Count, right.Count); i++)
        {
            Place(lefts[i / Held % lefts.Length], 0);
            Place(rights[i / Held % rights.Length], Side);
            output.Write(pixels);
        }

        foreach (var picture in lefts.Concat(rights)) picture.Dispose();
        return new RawPictures(path, 2 * Side, Side);

        void Place(Mat picture, int x)
        {
            // Larger than its place: what is cut away at the edges is the motion.
            Cv2.Resize(picture, scaled, new Size(Side + 8, Side + 8), interpolation: InterpolationFlags.Area);
            var (dx, dy) = (random.Next(2, 7), random.Next(2, 7));
            var source = scaled.AsSpan<byte>();
            for (var row = 0; row < Side; row++)
                source.Slice((((row + dy) * (Side + 8)) + dx) * 3, Side * 3).CopyTo(pixels.AsSpan(((row * 2 * Side) + x) * 3));
        }
    }

    /// <summary>Pictures of a person who shows an expression.</summary>
    public static IReadOnlyList<string> OfPerson(string person, string expression, int first, int count) =>
        [.. Directory.GetFiles(System.IO.Path.Combine(Data("persons"), person, expression), "*.jpg").Order(StringComparer.Ordinal).Skip(first).Take(count)];

    /// <summary>The same pictures as files, for a camera that reads a folder.</summary>
    public string ToFolder()
    {
        var folder = System.IO.Path.ChangeExtension(Path, null);
        Directory.CreateDirectory(folder);
        using var input = File.OpenRead(Path);
        using var picture = new Mat(Height, Width, MatType.CV_8UC3);
        for (var i = 0; input.ReadAtLeast(picture.AsSpan<byte>(), Width * Height * 3, throwOnEndOfStream: false) == Width * Height * 3; i++)
            Cv2.ImWrite(System.IO.Path.Combine(folder, $"{i:0000}.png"), picture);
        return folder;
    }

    private static string Asset => System.IO.Path.Combine(AppContext.BaseDirectory, "assets", "astronaut.png");

    private static RawPictures Compose(string name, int count, Func<int, Placement[]> placements)
    {
        const int Width = 640;
        const int Height = 480;
        var path = System.IO.Path.Combine(Folder, name + ".raw");
        using var portrait = Read(Asset);
        using var small = new Mat();
        using var output = File.Create(path);
        var pixels = new byte[Width * Height * 3];
        for (var i = 0; i < count; i++)
        {
            pixels.AsSpan().Fill(90);
            foreach (var (x, y, side, corner, cut) in placements(i))
            {
                // The whole portrait at the size at which the square that is cut out of it has the wanted side.
                var whole = portrait.Width * side / cut;
                Cv2.Resize(portrait, small, new Size(whole, whole), interpolation: InterpolationFlags.Area);
                var source = small.AsSpan<byte>();
                var (left, top) = (corner.X * side / cut, corner.Y * side / cut);
                for (var row = 0; row < side; row++)
                    source.Slice((((top + row) * whole) + left) * 3, side * 3).CopyTo(pixels.AsSpan((((y + row) * Width) + x) * 3));
            }

            output.Write(pixels);
        }

        return new RawPictures(path, Width, Height);
    }

    private static Mat Read(string file)
    {
        try
        {
            return Cv2.ImDecode(File.ReadAllBytes(file));
        }
        catch (OpenCvNotFoundException e)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true") throw;
            Assert.Skip(e.Message);
            throw;
        }
    }

    /// <summary>A folder of the reference data, unpacked once where it is packed; skips the test where there is none.</summary>
    private static string Data(string name)
    {
        if (Environment.GetEnvironmentVariable("FERROS_DATA") is { Length: > 0 } data) return System.IO.Path.Combine(data, name);
        var archive = System.IO.Path.Combine(Ros.Shared, "data", name + ".tar.xz");
        if (!File.Exists(archive)) Assert.Skip($"The pictures are not there (neither FERROS_DATA nor {archive}).");
        var cache = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "ferros-data");
        var unpacked = System.IO.Path.Combine(cache, name);
        Directory.CreateDirectory(cache);
        using var flock = Process.Start("flock", [
            System.IO.Path.Combine(cache, ".lock"), "bash", "-c",
            "[ -e \"$1/.$2\" ] || { tar -xJf \"$0\" -C \"$1\" && touch \"$1/.$2\"; }", archive, cache, name]);
        flock.WaitForExit();
        return unpacked;
    }

    /// <summary>A square of the portrait, at a place in the picture, scaled to a side.</summary>
    private sealed record Placement(int X, int Y, int Side, Point Corner, int Cut);
}
