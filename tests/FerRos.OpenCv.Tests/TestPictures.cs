namespace FerRos.OpenCv.Tests;

/// <summary>Pictures that are known by formula.</summary>
internal static class TestPictures
{
    /// <summary>BGR, every channel a different gradient.</summary>
    internal static Mat Gradient(int width, int height)
    {
        Mat mat = new(height, width, MatType.CV_8UC3);
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = mat.GetRowSpan<byte>(y);
            for (int x = 0; x < width; x++)
            {
                row[3 * x] = (byte)x;
                row[(3 * x) + 1] = (byte)y;
                row[(3 * x) + 2] = (byte)(x + y);
            }
        }

        return mat;
    }

    internal static byte[] Pixels(Mat mat)
    {
        byte[] result = new byte[mat.Rows * mat.Cols * mat.ElemSize()];
        mat.CopyTo(result).ShouldBe(result.Length);
        return result;
    }

    /// <summary>A folder that is deleted when the test ends.</summary>
    internal sealed class Folder : IDisposable
    {
        internal Folder() => Directory.CreateDirectory(Name);

        internal string Name { get; } = Path.Combine(Path.GetTempPath(), "ferros-" + Path.GetRandomFileName());

        internal string this[string file] => Path.Combine(Name, file);

        public void Dispose() => Directory.Delete(Name, recursive: true);
    }
}
