using FerRos.Networks;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public sealed class StillSequenceTests
{
    private const int Side = 56;
    private const int Frames = 10;
    private static readonly byte[] _face = Noise(48);

    [Fact]
    public void With_no_options_every_frame_is_the_still()
    {
        var planes = Film(StillSequenceOptions.None, seed: 3);
        var expected = Prepared(Placement.Whole);
        for (var i = 0; i < Frames; i++)
            planes.AsSpan(i * Side * Side, Side * Side).ToArray().ShouldBe(expected, 1e-4);
    }

    [Fact]
    public void Frames_lie_as_in_the_preparation_of_single_pictures()
    {
        var options = StillSequenceOptions.Clean with { Brightness = 0, Contrast = 0, BrightnessDrift = 0, Roll = 40, RollSpeed = 5 };
        var film = new StillSequence(options, Frames, Side, Side);
        var plane = new float[Side * Side];
        for (var seed = 0; seed < 5; seed++)
        {
            film.Draw(seed);
            for (var i = 0; i < Frames; i++)
            {
                film.Render(_face, 48, i, plane);
                plane.ShouldBe(Prepared(film[i].Placement), 2e-3);
            }
        }
    }

    [Fact]
    public void A_film_depends_on_its_seed_alone()
    {
        var options = new StillSequenceOptions();
        var film = new StillSequence(options, Frames, Side, Side);
        var planes = new float[Frames * Side * Side];
        film.Draw(1);
        film.Render(_face, 48, planes);
        film.Draw(2);
        film.Render(_face, 48, planes);
        planes.ShouldBe(Film(options, 2));
        planes.ShouldNotBe(Film(options, 3));
        planes.ShouldAllBe(v => v >= 0 && v <= 1);
        var seeds = new HashSet<int>();
        for (var i = 0; i < 3000; i++)
            seeds.Add(StillSequence.Seed(i % 3, i / 3 % 10, i / 30)).ShouldBeTrue();
    }

    [Fact]
    public void Every_place_in_the_film_is_spoilt_as_often_as_the_options_say_and_spells_last_as_long()
    {
        const int Films = 8000;
        var options = new StillSequenceOptions();
        var film = new StillSequence(options, Frames, 8, 8);
        var counts = new int[Frames, 5];
        var (spells, spellFrames) = (0, 0);
        for (var seed = 0; seed < Films; seed++)
        {
            film.Draw(seed);
            for (var i = 0; i < Frames; i++)
            {
                var frame = film[i];
                counts[i, 0] += frame.Occluder.Width > 0 ? 1 : 0;
                counts[i, 1] += frame.FocusBlur > 0 || frame.MotionBlur != default ? 1 : 0;
                counts[i, 2] += frame.Noise > 0 ? 1 : 0;
                counts[i, 3] += frame.Misaligned ? 1 : 0;
                counts[i, 4] += frame.Corrupted ? 0 : 1;

                // Spells that begin within the film, with room to end in it.
                if (i != 1 || !frame.Misaligned || film[0].Misaligned)
                    continue;
                spells++;
                for (var k = i; k < Frames && film[k].Misaligned; k++)
                    spellFrames++;
            }
        }

        double[] expected = [options.OcclusionShare, options.BlurShare, options.NoiseShare, options.MisalignmentShare, 0.7 * 0.8 * 0.85 * 0.8];
        for (var i = 0; i < Frames; i++)
        {
            for (var kind = 0; kind < expected.Length; kind++)
                ((double)counts[i, kind] / Films).ShouldBe(expected[kind], 0.025, $"frame {i}, kind {kind}");
        }

        ((double)spellFrames / spells).ShouldBe(options.MisalignmentLength, 0.15);
    }

    [Fact]
    public void The_face_moves_smoothly_at_the_speed_of_the_options_and_within_bounds()
    {
        var options = StillSequenceOptions.Clean with { RollJitter = 0, ScaleJitter = 0, ShiftJitter = 0, ShiftSpeed = 0.002 };
        var film = new StillSequence(options, Frames, 8, 8);
        double steps = 0, turns = 0, largest = 0;
        for (var seed = 0; seed < 4000; seed++)
        {
            film.Draw(seed);
            var (first, second, third) = (film[3].Placement.ShiftX, film[4].Placement.ShiftX, film[5].Placement.ShiftX);
            steps += (second - first) * (second - first);
            turns += (third - (2 * second) + first) * (third - (2 * second) + first);
            largest = Math.Max(largest, Enumerable.Range(0, Frames).Max(i => Math.Abs(film[i].Placement.ShiftX)));
        }

        Math.Sqrt(steps / 4000).ShouldBe(options.ShiftSpeed, 0.0001);

        // A walk without memory would change its step by sqrt(2) of it.
        (turns / steps).ShouldBe(2 * (1 - 0.85), 0.03);
        largest.ShouldBeLessThanOrEqualTo(2 * options.Shift);
    }

    [Fact]
    public void One_kind_of_spell_does_not_change_the_others()
    {
        var all = new StillSequence(new StillSequenceOptions(), Frames, 8, 8);
        var one = new StillSequence(new StillSequenceOptions { OcclusionShare = 0, MisalignmentShare = 0 }, Frames, 8, 8);
        for (var seed = 0; seed < 50; seed++)
        {
            all.Draw(seed);
            one.Draw(seed);
            for (var i = 0; i < Frames; i++)
            {
                one[i].MotionBlur.ShouldBe(all[i].MotionBlur);
                one[i].Noise.ShouldBe(all[i].Noise);
                if (!all[i].Misaligned)
                    one[i].Placement.ShouldBe(all[i].Placement);
            }
        }
    }

    [Fact]
    public void Noise_has_the_deviation_that_is_asked_for()
    {
        var gray = new byte[48 * 48];
        Array.Fill(gray, (byte)128);
        var film = new StillSequence(StillSequenceOptions.None, 1, 200, 200);
        var plane = new float[200 * 200];
        film.Render(gray, 48, new StillFrame { Placement = Placement.Whole, Contrast = 1, Noise = 0.1 }, 77, plane);
        var mean = plane.Average(v => (double)v);
        mean.ShouldBe(128 / 255.0, 0.002);
        Math.Sqrt(plane.Average(v => (v - mean) * (v - mean))).ShouldBe(0.1, 0.002);

        // Neighbours have nothing to do with each other.
        Enumerable.Range(0, plane.Length - 1).Average(i => (plane[i] - mean) * (plane[i + 1] - mean)).ShouldBe(0, 0.0003);
    }

    [Fact]
    public void Bad_focus_is_the_blur_of_single_pictures()
    {
        var preparation = new Preparation(Shape.Image(Side, Side, 1), DataLayout.ChannelsLast);
        new Variation(Placement.Whole, 0, 1, 0.05, 0, default, 0, 0).Apply(_face, 48, preparation);
        var film = new StillSequence(new StillSequenceOptions(), 1, Side, Side);
        var plane = new float[Side * Side];
        film.Render(_face, 48, new StillFrame { Placement = Placement.Whole, Contrast = 1, FocusBlur = 0.05 }, 1, plane);
        plane.ShouldBe(preparation.Plane, 1e-4);
    }

    [Fact]
    public void Motion_blurs_along_its_way_and_not_across()
    {
        var rows = new byte[48 * 48];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = (byte)(i / 48 / 4 % 2 * 255);
        var film = new StillSequence(StillSequenceOptions.None, 1, Side, Side);
        var plane = new float[Side * Side];

        float[] Blurred(double x, double y)
        {
            film.Render(rows, 48, new StillFrame { Placement = Placement.Whole, Contrast = 1, MotionBlur = (x, y) }, 1, plane);
            return plane;
        }

        var sharp = Prepared(Placement.Whole, rows);
        Blurred(0.2, 0).ShouldBe(sharp, 1e-3);
        static double Contrast(float[] values) => Enumerable.Range(15, 26).Max(y => values[(y * Side) + 20]) - Enumerable.Range(15, 26).Min(y => values[(y * Side) + 20]);
        Contrast(sharp).ShouldBeGreaterThan(0.95);
        Contrast(Blurred(0, 1.0 / 6)).ShouldBeLessThan(0.3);
    }

    [Fact]
    public void A_rectangle_covers_its_place_alone()
    {
        var film = new StillSequence(StillSequenceOptions.None, 1, 40, 40);
        var (open, covered) = (new float[1600], new float[1600]);
        var frame = new StillFrame { Placement = Placement.Whole, Contrast = 1 };
        film.Render(_face, 48, frame, 1, open);
        film.Render(_face, 48, frame with { Occluder = (-0.25, 0.5, 0.5, 0.25), OccluderValue = (0.3, 0) }, 1, covered);
        for (var i = 0; i < 1600; i++)
        {
            var inside = i % 40 < 10 && i / 40 >= 20 && i / 40 < 30;
            covered[i].ShouldBe(inside ? 0.3f : open[i]);
        }
    }

    [Fact]
    public void Rectangles_slide()
    {
        var film = new StillSequence(StillSequenceOptions.None with { OcclusionShare = 0.5, OcclusionLength = 8 }, Frames, 8, 8);
        var moved = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            film.Draw(seed);
            for (var i = 1; i < Frames; i++)
            {
                if (film[i].Occluder.Width == 0 || film[i].Occluder.Width != film[i - 1].Occluder.Width)
                    continue;
                var (dx, dy) = (film[i].Occluder.X - film[i - 1].Occluder.X, film[i].Occluder.Y - film[i - 1].Occluder.Y);
                Math.Sqrt((dx * dx) + (dy * dy)).ShouldBeInRange(0.0499, 0.2501);
                moved++;
            }
        }

        moved.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        new StillSequenceOptions().Validate();
        StillSequenceOptions.None.Validate();
        StillSequenceOptions.Clean.Validate();
        StillSequenceOptions.Protocol.Validate();
        Should.Throw<ArgumentException>(() => new StillSequenceOptions { OcclusionShare = 0.7 }.Validate()).Message.ShouldContain("OcclusionShare");
        Should.Throw<ArgumentException>(() => new StillSequenceOptions { NoiseLength = 1 }.Validate()).Message.ShouldContain("NoiseLength");
        Should.Throw<ArgumentException>(() => new StillSequenceOptions { Roll = double.NaN }.Validate()).Message.ShouldContain("Roll");
        Should.Throw<ArgumentException>(() => new StillSequence(new StillSequenceOptions { Noise = -1 }, 10, 8, 8));
    }

    private static byte[] Noise(int size)
    {
        var picture = new byte[size * size];
        new Random(4).NextBytes(picture);
        return picture;
    }

    private static float[] Prepared(Placement placement, byte[]? picture = null)
    {
        var preparation = new Preparation(Shape.Image(Side, Side, 1), DataLayout.ChannelsLast);
        preparation.Sample(picture ?? _face, 48, placement);
        return preparation.Plane;
    }

    private static float[] Film(StillSequenceOptions options, int seed)
    {
        var film = new StillSequence(options, Frames, Side, Side);
        film.Draw(seed);
        var planes = new float[Frames * Side * Side];
        film.Render(_face, 48, planes);
        return planes;
    }
}
