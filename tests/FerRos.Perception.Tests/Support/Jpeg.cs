using FerRos.OpenCv;

namespace FerRos.Perception.Tests.Support;

/// <summary>Reads JPEG files of the data sets.</summary>
internal static class Jpeg
{
    public static ImageFrame Read(string path, long stamp = 0)
    {
        using Mat mat = Cv2.ImRead(path);
        var frame = new ImageFrame();
        frame.Load("bgr8", (uint)mat.Cols, (uint)mat.Rows, (uint)mat.Step(), false, mat.AsSpan<byte>(), stamp);
        return frame;
    }
}
