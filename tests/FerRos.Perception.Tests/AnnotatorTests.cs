namespace FerRos.Perception.Tests;

public class AnnotatorTests
{
    [Fact]
    public void A_face_gets_a_frame_and_labels_and_the_rest_of_the_picture_stays_as_it_is()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        Picture portrait = Png.Read(Repository.Asset("astronaut.png"));
        PerceptionResult result = pipeline.Process(portrait.ToFrame());
        byte[] drawn = [.. portrait.Pixels];
        Annotator.Draw(result, drawn);

        (int x, int y, int width, int height) = result.Faces[0].Box.ClipTo(512, 512);
        byte[] frame = drawn[(((y * 512) + x + (width / 2)) * 3)..][..3];
        frame.ShouldBe(drawn[((((y + height - 1) * 512) + x + (width / 2)) * 3)..][..3]);
        frame.ShouldBe([240, 228, 66]);
        int changed = 0;
        for (int i = 0; i < drawn.Length; i += 3)
        {
            bool same = drawn.AsSpan(i, 3).SequenceEqual(portrait.Pixels.AsSpan(i, 3));
            changed += same ? 0 : 1;
            if (i / 3 / 512 > y + height + 4)
                same.ShouldBeTrue();
        }

        changed.ShouldBeInRange(5_000, 60_000);
    }

    [Fact]
    public void Blue_first_pixels_get_the_same_colours()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        PerceptionResult result = pipeline.Process(Png.Read(Repository.Asset("astronaut.png")).ToFrame());
        var rgb = new byte[512 * 512 * 3];
        var bgr = new byte[512 * 512 * 3];
        Annotator.Draw(result, rgb);
        Annotator.Draw(result, bgr, bgr: true);
        for (int i = 0; i < rgb.Length; i += 3)
            (bgr[i], bgr[i + 1], bgr[i + 2]).ShouldBe((rgb[i + 2], rgb[i + 1], rgb[i]));
    }

    [Theory]
    [InlineData(-75, 100)]
    [InlineData(420, -30)]
    [InlineData(200, 280)]
    public void A_face_at_the_edge_is_drawn_as_far_as_the_picture_goes(int x, int y)
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        ImageFrame frame = Wall.Frame(640, 480, 0, (x, y, 1.2));
        PerceptionResult result = pipeline.Process(frame);
        result.Count.ShouldBe(1);
        var drawn = new byte[640 * 480 * 3];
        Annotator.Draw(result, drawn);
        drawn.Count(b => b != 0).ShouldBeGreaterThan(3_000);
    }

    [Fact]
    public void Drawing_allocates_nothing()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        PerceptionResult result = pipeline.Process(Png.Read(Repository.Asset("astronaut.png")).ToFrame());
        var drawn = new byte[512 * 512 * 3];
        Annotator.Draw(result, drawn);
        Allocations.Least(() => Annotator.Draw(result, drawn)).ShouldBe(0);
    }

    [Fact]
    public void The_font_has_every_character_of_the_labels_and_no_two_look_the_same()
    {
        const string Characters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.:-+%_";
        string[] glyphs = [.. Characters.Select(c => Convert.ToHexString(Drawing.BitmapFont.Glyph(c)))];
        glyphs.Distinct().Count().ShouldBe(Characters.Length);
        glyphs.ShouldAllBe(g => g.Any(d => d != '0'));
    }

    [Fact]
    public void A_buffer_that_is_too_short_is_refused()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        PerceptionResult result = pipeline.Process(Png.Read(Repository.Asset("astronaut.png")).ToFrame());
        Should.Throw<ArgumentException>(() => Annotator.Draw(result, new byte[100]));
    }
}
