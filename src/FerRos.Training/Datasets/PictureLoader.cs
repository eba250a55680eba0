using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using FerRos.OpenCv;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>
/// Reads picture files as gray squares, and keeps them packed in one cache file: decoding 30,000 files costs half a
/// minute, reading the cache a tenth of a second.
/// </summary>
internal static class PictureLoader
{
    private const uint Magic = 0x31435046; // "FPC1"

    /// <summary>Mark in the cache of a picture without a face; in memory it has no values.</summary>
    private const byte NoFace = 2;

    /// <summary>Environment variable that names the folder of the cache files.</summary>
    private const string CacheVariable = "FERROS_CACHE";

    /// <summary>Reads the files; those that are missing or damaged are named in the report.</summary>
    /// <param name="root">The dataset's folder.</param>
    /// <param name="files">Names below it.</param>
    /// <param name="size">Width and height of the result; larger pictures are cropped to the middle square and scaled down.</param>
    /// <param name="report">Receives what could not be read.</param>
    /// <param name="align">Finds the largest face of each picture and cuts it out, instead of taking the middle square.</param>
    /// <returns>The pictures, and the index of each file's, -1 for those that could not be read or show no face.</returns>
    internal static (PictureStore Pictures, int[] Indices) Load(
        string root, IReadOnlyList<string> files, int size, DatasetReport report, bool align = false)
    {
        var infos = files.Select(f => new FileInfo(Path.Combine(root, f))).ToArray();
        var signature = Signature(root, files, infos, size, align);
        var cache = Path.Combine(CacheFolder(), $"{signature}.faces");
        var pictures = ReadCache(cache, files.Count, size) ?? Decode(root, files, infos, size, align, cache);
        var store = new List<byte[]>();
        var indices = new int[files.Count];
        for (var i = 0; i < indices.Length; i++)
        {
            indices[i] = pictures[i] is { Length: > 0 } ? store.Count : -1;
            if (pictures[i] is { Length: > 0 } picture)
                store.Add(picture);
            else
                report.Add(pictures[i] is not null ? "no face was found" : infos[i].Exists ? "the picture is damaged" : "the picture is missing", files[i]);
        }

        return (new PictureStore(size, store), indices);
    }

    private static string CacheFolder()
    {
        if (Environment.GetEnvironmentVariable(CacheVariable) is { Length: > 0 } named)
            return named;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : home, "ferros", "pictures");
    }

    /// <summary>Changes when a file is added, removed, changed or moved.</summary>
    private static string Signature(string root, IReadOnlyList<string> files, FileInfo[] infos, int size, bool align)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFullPath(root)}\n{size}{(align ? " aligned" : "")}\n"));
        for (var i = 0; i < infos.Length; i++)
        {
            var state = infos[i].Exists ? $"{infos[i].Length} {infos[i].LastWriteTimeUtc.Ticks}" : "missing";
            hash.AppendData(Encoding.UTF8.GetBytes($"{files[i]} {state}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private static byte[]?[]? ReadCache(string path, int count, int size)
    {
        try
        {
            using var reader = new BinaryReader(File.OpenRead(path));
            if (reader.ReadUInt32() != Magic || reader.ReadInt32() != count || reader.ReadInt32() != size)
                return null;
            var there = reader.ReadBytes(count);
            var pictures = new byte[]?[count];
            for (var i = 0; i < count; i++)
            {
                if (there[i] == 0)
                    continue;
                if (there[i] == NoFace)
                {
                    pictures[i] = [];
                    continue;
                }

                pictures[i] = reader.ReadBytes(size * size);
                if (pictures[i]!.Length != size * size)
                    return null;
            }

            return pictures;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[]?[] Decode(string root, IReadOnlyList<string> files, FileInfo[] infos, int size, bool align, string cache)
    {
        // Loads OpenCV here, so that its absence is said once and not by every thread.
        _ = Cv2.GetVersionString();
        var pictures = new byte[]?[files.Count];
        Parallel.ForEach(
            Partitioner.Create(0, files.Count, 64),
            () => align ? new FaceCutter(size) : null,
            (range, _, cutter) =>
            {
                for (var i = range.Item1; i < range.Item2; i++)
                    pictures[i] = infos[i].Exists ? DecodeOne(Path.Combine(root, files[i]), size, cutter) : null;
                return cutter;
            },
            cutter => cutter?.Dispose());
        WriteCache(cache, pictures, size);
        return pictures;
    }

    private static byte[]? DecodeOne(string path, int size, FaceCutter? cutter)
    {
        try
        {
            using var picture = Cv2.ImDecode(File.ReadAllBytes(path), ImreadModes.Grayscale);
            if (picture.Empty())
                return null;
            if (cutter is not null)
                return cutter.Cut(picture) ?? [];
            var side = Math.Min(picture.Rows, picture.Cols);
            using var square = picture[new Rect((picture.Cols - side) / 2, (picture.Rows - side) / 2, side, side)];
            var values = new byte[size * size];
            if (side == size)
            {
                square.CopyTo(values);
                return values;
            }

            using var scaled = new Mat();
            Cv2.Resize(square, scaled, new Size(size, size), 0, 0, side > size ? InterpolationFlags.Area : InterpolationFlags.Linear);
            scaled.CopyTo(values);
            return values;
        }
        catch (Exception e) when (e is OpenCVException or PictureTooLargeException or ImageFormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A cache that cannot be written is no failure: the next run decodes again.</summary>
    private static void WriteCache(string path, byte[]?[] pictures, int size)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var writer = new BinaryWriter(File.Create(temporary)))
            {
                writer.Write(Magic);
                writer.Write(pictures.Length);
                writer.Write(size);
                writer.Write([.. pictures.Select(p => p is null ? (byte)0 : p.Length == 0 ? NoFace : (byte)1)]);
                foreach (var picture in pictures)
                {
                    if (picture is { Length: > 0 })
                        writer.Write(picture);
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
        }
    }
}
