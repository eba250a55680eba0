namespace FerRos.OpenCv.Tests;

public class ImgProcTests
{
    private static readonly Scalar Red = new(0, 0, 255);

    [Fact]
    public void Colours_are_converted()
    {
        using Mat bgr = new(1, 1, MatType.CV_8UC3, new Scalar(10, 100, 200));
        using Mat result = new();
        Cv2.CvtColor(bgr, result, ColorConversionCodes.BGR2RGB);
        result.AsSpan<byte>().ToArray().ShouldBe([200, 100, 10]);
        Cv2.CvtColor(bgr, result, ColorConversionCodes.BGR2GRAY);
        result.AsSpan<byte>()[0].ShouldBe((byte)Math.Round((0.114 * 10) + (0.587 * 100) + (0.299 * 200))); // BT.601
        Cv2.CvtColor(bgr, bgr, ColorConversionCodes.BGR2RGBA);
        bgr.AsSpan<byte>().ToArray().ShouldBe([200, 100, 10, 255]);
    }

    [Fact]
    public void A_type_that_does_not_fit_is_an_error_with_the_text_of_OpenCV()
    {
        using Mat grey = new(4, 4, MatType.CV_8UC1, Scalar.All(0));
        using Mat result = new();
        OpenCVException error = Should.Throw<OpenCVException>(() => Cv2.CvtColor(grey, result, ColorConversionCodes.BGR2GRAY));
        error.Message.ShouldContain("Invalid number of channels");
        Should.Throw<OpenCVException>(() => Cv2.GaussianBlur(grey, result, new Size(4, 4), 1)).ErrMsg.ShouldContain("ksize");
    }

    [Fact]
    public void Pictures_are_resized_and_mirrored()
    {
        using Mat picture = TestPictures.Gradient(64, 48);
        using Mat half = new();
        Cv2.Resize(picture, half, new Size(32, 24), interpolation: InterpolationFlags.Area);
        half.Size().ShouldBe(new Size(32, 24));
        half.GetRowSpan<byte>(10)[3 * 10].ShouldBeInRange((byte)20, (byte)21); // mean of x = 20 and 21
        Cv2.Resize(picture, half, default, fx: 0.25, fy: 0.5);
        half.Size().ShouldBe(new Size(16, 24));
        Cv2.Flip(picture, half, FlipMode.Y);
        half.GetRowSpan<byte>(5)[0].ShouldBe((byte)63);
        Should.Throw<OpenCVException>(() => Cv2.Resize(picture, half, default));
    }

    [Fact]
    public void A_quarter_turn_moves_the_corner_where_geometry_says()
    {
        using Mat picture = new(11, 11, MatType.CV_8UC1, Scalar.All(0));
        picture.GetRowSpan<byte>(5)[9] = 200; // right of the middle
        using Mat turn = Cv2.GetRotationMatrix2D(new Point2f(5, 5), angle: 90, scale: 1);
        turn.Type().ShouldBe(MatType.CV_64FC1);
        turn.Size().ShouldBe(new Size(3, 2));
        using Mat turned = new();
        Cv2.WarpAffine(picture, turned, turn, new Size(11, 11), InterpolationFlags.Nearest);
        turned.GetRowSpan<byte>(1)[5].ShouldBe((byte)200); // counter-clockwise: now above it
        turned.GetRowSpan<byte>(5)[9].ShouldBe((byte)0);
    }

    [Fact]
    public void A_homography_divides_by_depth()
    {
        using Mat picture = new(40, 40, MatType.CV_8UC1, Scalar.All(0));
        picture.GetRowSpan<byte>(20)[20] = 200;
        using Mat homography = new(3, 3, MatType.CV_64FC1);
        new double[] { 1, 0, 0, 0, 1, 0, 0.05, 0, 1 }.CopyTo(homography.AsSpan<double>()); // (20, 20) / 2
        using Mat warped = new();
        Cv2.WarpPerspective(picture, warped, homography, new Size(40, 40), InterpolationFlags.Nearest, BorderTypes.Constant, Scalar.All(7));
        warped.GetRowSpan<byte>(10)[10].ShouldBe((byte)200);
        warped.GetRowSpan<byte>(39)[39].ShouldBe((byte)7);
    }

    [Fact]
    public void Drawings_are_where_they_should_be()
    {
        using Mat mat = new(60, 200, MatType.CV_8UC3, Scalar.All(0));
        Cv2.Line(mat, new Point(0, 0), new Point(20, 0), Red);
        Cv2.Rectangle(mat, new Rect(30, 10, 10, 10), Red, thickness: -1);
        Cv2.Circle(mat, new Point(60, 15), 5, Red, thickness: -1);
        mat.GetRowSpan<byte>(0)[(3 * 20) + 2].ShouldBe((byte)255);
        mat.GetRowSpan<byte>(19)[(3 * 39) + 2].ShouldBe((byte)255);
        mat.GetRowSpan<byte>(20)[(3 * 40) + 2].ShouldBe((byte)0);
        mat.GetRowSpan<byte>(15)[(3 * 60) + 2].ShouldBe((byte)255);

        Size size = Cv2.GetTextSize("neutral", HersheyFonts.HersheySimplex, 1, 2, out int baseLine);
        Cv2.PutText(mat, "neutral", new Point(80, 50), HersheyFonts.HersheySimplex, 1, Red, 2);
        List<(int X, int Y)> drawn = [];
        for (int y = 25; y < 60; y++)
        {
            Span<byte> row = mat.GetRowSpan<byte>(y);
            for (int x = 70; x < 200; x++)
            {
                if (row[(3 * x) + 2] != 0)
                    drawn.Add((x, y));
            }
        }

        drawn.Count.ShouldBeGreaterThan(200);
        drawn.Max(static p => p.X).ShouldBeLessThanOrEqualTo(80 + size.Width + 1);
        drawn.Min(static p => p.Y).ShouldBeGreaterThanOrEqualTo(50 - size.Height - 1);
        drawn.Max(static p => p.Y).ShouldBeLessThanOrEqualTo(50 + baseLine);
    }
}
