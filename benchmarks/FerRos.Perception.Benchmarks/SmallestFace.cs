using System.Globalization;

namespace FerRos.Perception.Benchmarks;

/// <summary>
/// Puts a face of decreasing width into pictures of 640x480, each width at many places, and prints in how many of them
/// it is found, and how far away a real face of that width would be.
/// </summary>
internal static class SmallestFace
{
    private const double FaceMetres = 0.15;
    private const double FieldOfViewDegrees = 60;

    public static int Run(string[] args)
    {
        _ = args;
        Console.WriteLine("Face width from cheek to cheek; distance for a face of 15 cm and a camera of 60 degrees horizontally.");
        Console.WriteLine("width px   distance m   short range   full range");
        double focal = Scene.Width / 2.0 / Math.Tan(FieldOfViewDegrees * Math.PI / 360);
        using FaceDetector shortRange = Scene.Detector(DetectorRange.ShortRange);
        using FaceDetector fullRange = Scene.Detector(DetectorRange.FullRange);
        var frame = new ImageFrame();
        foreach (double width in (double[])[400, 320, 240, 160, 120, 100, 80, 70, 60, 55, 50, 45, 40, 35, 30, 25, 20, 16, 12])
        {
            int shortFound = 0;
            int fullFound = 0;
            int places = 0;
            for (int row = 0; row < 4; row++)
            {
                for (int column = 0; column < 5; column++)
                {
                    // Not a multiple of the detectors' cells, so that every place falls differently.
                    double x = 120 + (column * 101.3);
                    double y = 100 + (row * 93.7);
                    frame.Load("rgb8", Scene.Width, Scene.Height, Scene.Width * 3, false, Scene.Rgb(width, x, y));
                    places++;
                    shortFound += Finds(shortRange, frame, x, y, width) ? 1 : 0;
                    fullFound += Finds(fullRange, frame, x, y, width) ? 1 : 0;
                }
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{width,8:0} {focal * FaceMetres / width,12:0.0} {100.0 * shortFound / places,11:0} % {100.0 * fullFound / places,10:0} %"));
        }

        return 0;
    }

    private static bool Finds(FaceDetector detector, ImageFrame frame, double x, double y, double width)
    {
        foreach (FaceDetection face in detector.Detect(frame))
        {
            if (Math.Abs(face.Box.CenterX - x) < width / 2 && Math.Abs(face.Box.CenterY - y) < width / 2)
                return true;
        }

        return false;
    }
}
