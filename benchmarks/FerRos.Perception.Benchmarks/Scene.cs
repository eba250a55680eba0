using FerRos.Inference;
using FerRos.Networks;
using FerRos.Perception.Tests.Support;

namespace FerRos.Perception.Benchmarks;

/// <summary>The portrait that ships with the project, put into pictures of 640x480, and the networks that look at them.</summary>
internal static class Scene
{
    public const int Width = 640;
    public const int Height = 480;

    /// <summary>Width from cheek to cheek in the portrait of 512x512, measured on the picture.</summary>
    public const double PortraitFaceWidth = 88;

    private static readonly Picture Portrait = Png.Read(FindUpwards(Path.Combine("assets", "astronaut.png")));

    public static PerceptionPipeline Pipeline(PerceptionOptions options) => PerceptionPipeline.Load(
        options, ModelDirectory.Default(), "facechannel-v1-fer8", model => CpuRunner.Create(model.Network, model.Weights), new FaceIdGenerator(1));

    public static FaceDetector Detector(DetectorRange range)
    {
        Model model = ModelDirectory.Default().Load(range == DetectorRange.ShortRange ? "blazeface-short-range" : "blazeface-full-range");
        return new FaceDetector(CpuRunner.Create(model.Network, model.Weights));
    }

    /// <summary>A picture with the portrait's face of a given width, its centre at a given place.</summary>
    public static byte[] Rgb(double faceWidth, double centerX, double centerY)
    {
        // The face's centre in the portrait.
        const double FaceX = 225;
        const double FaceY = 118;
        double scale = faceWidth / PortraitFaceWidth;
        var pixels = new byte[Width * Height * 3];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                double u = FaceX + ((x - centerX) / scale);
                double v = FaceY + ((y - centerY) / scale);
                Span<byte> pixel = pixels.AsSpan(((y * Width) + x) * 3, 3);
                for (int c = 0; c < 3; c++)
                    pixel[c] = Mean(u, v, 1 / scale, c);
            }
        }

        return pixels;
    }

    /// <summary>The mean over a pixel's area; beyond the portrait its border continues, like a wall.</summary>
    private static byte Mean(double u, double v, double span, int channel)
    {
        int x0 = (int)Math.Floor(u);
        int y0 = (int)Math.Floor(v);
        int side = Math.Max(1, (int)Math.Round(span));
        int sum = 0;
        for (int y = y0; y < y0 + side; y++)
        {
            for (int x = x0; x < x0 + side; x++)
                sum += Portrait.Pixels[(((Math.Clamp(y, 0, 511) * 512) + Math.Clamp(x, 0, 511)) * 3) + channel];
        }

        return (byte)(sum / (side * side));
    }

    private static string FindUpwards(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, path);
            if (File.Exists(candidate))
                return candidate;
        }

        throw new FileNotFoundException($"{path} is in no folder above {AppContext.BaseDirectory}; run from a checkout of the repository.");
    }
}
