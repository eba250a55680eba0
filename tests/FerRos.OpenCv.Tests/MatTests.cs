using System.Runtime.CompilerServices;

namespace FerRos.OpenCv.Tests;

public class MatTests
{
    [Fact]
    public void A_matrix_tells_its_shape()
    {
        using Mat mat = new(48, 64, MatType.CV_8UC3);
        mat.Rows.ShouldBe(48);
        mat.Cols.ShouldBe(64);
        mat.Size().ShouldBe(new Size(64, 48));
        mat.Type().ShouldBe(MatType.CV_8UC3);
        mat.Type().ToString().ShouldBe("CV_8UC3");
        mat.Type().Value.ShouldBe(16);
        mat.Step().ShouldBe(192);
        mat.Channels().ShouldBe(3);
        mat.ElemSize().ShouldBe(3);
        mat.IsContinuous().ShouldBeTrue();
        mat.Empty().ShouldBeFalse();
    }

    [Fact]
    public void An_empty_matrix_is_no_trouble()
    {
        using Mat mat = new();
        mat.Empty().ShouldBeTrue();
        mat.Rows.ShouldBe(0);
        mat.Step().ShouldBe(0);
        mat.AsSpan<byte>().Length.ShouldBe(0);
        mat.CopyTo([]).ShouldBe(0);
        using Mat clone = mat.Clone();
        clone.Empty().ShouldBeTrue();
    }

    [Fact]
    public void A_matrix_over_managed_memory_writes_into_it()
    {
        byte[] pixels = new byte[4 * 16];
        using (Mat mat = Mat.FromPixelData(4, 4, MatType.CV_8UC3, pixels, step: 16))
        {
            mat.IsContinuous().ShouldBeFalse();
            mat.Step().ShouldBe(16);
            mat.SetTo(new Scalar(1, 2, 3));
        }

        for (int y = 0; y < 4; y++)
            pixels[(16 * y)..(16 * (y + 1))].ShouldBe([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 0, 0, 0, 0]);
    }

    [Fact]
    public void A_region_keeps_managed_memory_in_place_after_its_parent_is_disposed()
    {
        WeakReference memory = RegionOfForgottenMemory(out Mat region);
        Collect();
        memory.IsAlive.ShouldBeTrue();
        FirstRow(region).ShouldBe([5, 5, 5, 5, 5, 5]);
        region.Dispose();
        for (int i = 0; i < 20 && memory.IsAlive; i++)
            Collect();
        memory.IsAlive.ShouldBeFalse();

        // A span that is left on the stack would keep the memory too.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static byte[] FirstRow(Mat mat) => mat.GetRowSpan<byte>(0).ToArray();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference RegionOfForgottenMemory(out Mat region)
        {
            byte[] pixels = new byte[8 * 8 * 3];
            pixels.AsSpan().Fill(5);
            using Mat parent = Mat.FromPixelData(8, 8, MatType.CV_8UC3, pixels);
            region = parent[new Rect(6, 6, 2, 2)];
            return new WeakReference(pixels);
        }

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }

    [Fact]
    public void A_region_shares_pixels_and_a_clone_does_not()
    {
        using Mat mat = TestPictures.Gradient(16, 16);
        using Mat region = mat[new Rect(4, 8, 4, 4)];
        using Mat clone = region.Clone();
        region.SetTo(Scalar.All(255));
        mat.GetRowSpan<byte>(8)[12].ShouldBe((byte)255);
        clone.GetRowSpan<byte>(0)[0].ShouldBe((byte)4);
        clone.IsContinuous().ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => region.AsSpan<byte>().Length);
    }

    [Theory]
    [InlineData(4, 4, 0, 47)]
    [InlineData(4, 4, 16, 59)]
    [InlineData(4, 4, 11, 1000)]
    [InlineData(30_000, 30_000, 0, 1000)]
    public void Memory_that_does_not_hold_the_picture_is_refused(int rows, int cols, int step, int bytes) =>
        Should.Throw<ArgumentException>(() => Mat.FromPixelData(rows, cols, MatType.CV_8UC3, new byte[bytes], step));

    [Fact]
    public void A_region_outside_is_an_error_with_the_text_of_OpenCV()
    {
        using Mat mat = new(8, 8, MatType.CV_8UC1);
        OpenCVException error = Should.Throw<OpenCVException>(() => mat[new Rect(4, 4, 8, 8)]);
        error.ErrMsg.ShouldContain("roi.x + roi.width <= m.cols");
        error.Message.ShouldContain(error.ErrMsg);
        error.Status.ShouldBe(-215); // cv::Error::StsAssert
        error.FileName.ShouldContain("matrix.cpp");
        error.Line.ShouldBeGreaterThan(0);
        mat.Rows.ShouldBe(8);
    }

    [Fact]
    public void More_memory_than_there_is_becomes_an_error() =>
        Should.Throw<OpenCVException>(() => new Mat(2_000_000, 2_000_000, MatType.CV_64FC1)).Message.ShouldContain("allocate");

    [Fact]
    public void A_disposed_matrix_is_refused()
    {
        Mat mat = new(4, 4, MatType.CV_8UC1);
        mat.Dispose();
        mat.Dispose();
        Should.Throw<ObjectDisposedException>(() => mat.Rows);
        Should.Throw<ObjectDisposedException>(() => mat.Clone());
        mat.ToString().ShouldBe("Mat (disposed)");
    }

    [Fact]
    public void Rows_and_types_that_are_not_there_are_refused()
    {
        using Mat mat = new(4, 4, MatType.CV_8UC3);
        Should.Throw<ArgumentOutOfRangeException>(() => mat.GetRowSpan<byte>(4).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => mat.GetRowSpan<byte>(-1).Length);
        Should.Throw<ArgumentException>(() => mat.AsSpan<ushort>().Length);
        Should.Throw<ArgumentException>(() => mat.CopyTo(new byte[47]));
        Should.Throw<ArgumentOutOfRangeException>(() => MatType.MakeType(0, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => MatType.MakeType(9, 1));
    }

    [Fact]
    public void Values_are_scaled_rounded_and_saturated()
    {
        using Mat mat = Mat.FromPixelData(1, 4, MatType.CV_8UC1, new byte[] { 0, 10, 100, 200 });
        using Mat scaled = new();
        mat.ConvertTo(scaled, MatType.CV_8UC1, alpha: 1.5, beta: -20);
        scaled.AsSpan<byte>().ToArray().ShouldBe([0, 0, 130, 255]);
        mat.ConvertTo(scaled, MatType.CV_32FC1, alpha: 0.5);
        scaled.AsSpan<float>().ToArray().ShouldBe([0, 5, 50, 100]);
    }

    [Fact]
    public void Thousands_of_matrices_leave_no_memory_behind()
    {
        // 20,000 pictures of 160x120 would be 1.1 GB; other tests of the process, at the same time, need some memory, too.
        Round(100);
        long before = ResidentBytes();
        Round(20_000);
        (ResidentBytes() - before).ShouldBeLessThan(512L << 20);

        static void Round(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using Mat mat = new(120, 160, MatType.CV_8UC3, Scalar.All(i & 255));
                using Mat region = mat[new Rect(i % 128, 0, 32, 32)];
                using Mat clone = region.Clone();
                clone.GetRowSpan<byte>(31)[0].ShouldBe((byte)i);
            }
        }

        static long ResidentBytes()
        {
            string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) << 10;
        }
    }
}
