using System.Diagnostics;
using System.Text.Json;
using Shouldly;

namespace FerRos.Tests.Oracle;

/// <summary>Type hashes computed by ROS's own interface tools.</summary>
internal static class RosidlHashes
{
    /// <param name="package">Package name.</param>
    /// <param name="files">Content by path inside the package, <c>msg/Name.msg</c>.</param>
    public static Dictionary<string, string> Compute(string package, IReadOnlyDictionary<string, string> files)
    {
        RclpyOracle.SkipWithoutRos();
        string folder = Directory.CreateTempSubdirectory("ferros-rosidl-").FullName;
        try
        {
            foreach ((string path, string text) in files)
            {
                string file = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, text);
            }

            string script = Path.Combine(AppContext.BaseDirectory, "Oracle", "rosidl_hashes.py");
            using Process process = Process.Start(new ProcessStartInfo("bash", ["-c", $". {RclpyOracle.Setup} && exec python3 \"$0\" \"$@\"", script, folder, package])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            process.ExitCode.ShouldBe(0, error.Result);
            return JsonSerializer.Deserialize<Dictionary<string, string>>(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
