using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerRos.Training;

/// <summary>
/// Makes short films from stills: <see cref="Draw"/> decides what happens in one, <see cref="Render(ReadOnlySpan{byte}, int, Span{float})"/>
/// makes its frames from a picture. A film depends on the options and its seed alone. Reusable, without allocation once
/// warm; one thread at a time may use one.
/// </summary>
/// <example>
/// <code>
/// var film = new StillSequence(new StillSequenceOptions(), frames: 10, width: 112, height: 112);
/// film.Draw(StillSequence.Seed(seed, epoch, sample));
/// film.Render(dataset.Pictures[sample.Picture], dataset.Pictures.Size, planes);   // 10 x 112 x 112 values, 0 to 1
/// </code>
/// </example>
internal sealed class StillSequence
{
    /// <summary>How much of a speed lasts until the next frame.</summary>
    private const double Persistence = 0.85;

    private readonly StillSequenceOptions _options;
    private readonly int _width;
    private readonly int _height;
    private readonly StillFrame[] _frames;
    private readonly int[] _spells;
    private readonly GaussianBlur _blur;
    private int _seed;

    /// <summary>Prepares to make films.</summary>
    /// <param name="options">What happens in them.</param>
    /// <param name="frames">Number of frames of each.</param>
    /// <param name="width">Width of a frame in pixels.</param>
    /// <param name="height">Height of a frame in pixels.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal StillSequence(StillSequenceOptions options, int frames, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        options.Validate();
        (_options, _width, _height) = (options, width, height);
        _frames = new StillFrame[frames];
        _spells = new int[frames];
        _blur = new GaussianBlur(width, height);
        Draw(0);
    }

    /// <summary>Number of frames.</summary>
    internal int Count => _frames.Length;

    /// <summary>Number of values of one frame.</summary>
    internal int FrameLength => _width * _height;

    /// <summary>What happens to a frame of the film that was drawn last.</summary>
    internal ref readonly StillFrame this[int frame] => ref _frames[frame];

    /// <summary>Mixes three numbers into a seed: those of a run, an epoch and a sample.</summary>
    internal static int Seed(int run, int epoch, int sample)
    {
        var mixed = Mix(((ulong)(uint)run << 32) ^ (uint)epoch);
        return (int)(Mix(mixed ^ ((ulong)(uint)sample * 0x9E3779B97F4A7C15UL)) >> 33);
    }

    /// <summary>Decides what happens in the next film.</summary>
    /// <param name="seed">The same seed gives the same film.</param>
    internal void Draw(int seed)
    {
        _seed = seed;

        // A generator for each purpose, so that one option does not change what the others draw.
        DrawMotion(Generator(1));
        DrawLight(Generator(2));
        DrawMisalignment(Generator(3));
        DrawBlur(Generator(4));
        DrawNoise(Generator(5));
        DrawOcclusion(Generator(6));
    }

    /// <summary>Makes all frames.</summary>
    /// <param name="picture">The still: size x size gray values, row by row.</param>
    /// <param name="size">Its width and height.</param>
    /// <param name="planes">Receives <see cref="Count"/> x <see cref="FrameLength"/> values, 0 to 1.</param>
    internal void Render(ReadOnlySpan<byte> picture, int size, Span<float> planes)
    {
        for (var i = 0; i < _frames.Length; i++)
            Render(picture, size, i, planes.Slice(i * FrameLength, FrameLength));
    }

    /// <summary>Makes one frame: placed, blurred, lit, covered, with noise.</summary>
    /// <param name="picture">The still: size x size gray values, row by row.</param>
    /// <param name="size">Its width and height.</param>
    /// <param name="frame">Which frame.</param>
    /// <param name="plane">Receives <see cref="FrameLength"/> values, 0 to 1.</param>
    internal void Render(ReadOnlySpan<byte> picture, int size, int frame, Span<float> plane) =>
        Render(picture, size, _frames[frame], Mix(((ulong)(uint)_seed << 16) ^ (uint)frame), plane);

    /// <summary>Makes one frame to which something given happens.</summary>
    internal void Render(ReadOnlySpan<byte> picture, int size, in StillFrame what, ulong noiseSeed, Span<float> plane)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(picture.Length, size * size);
        ArgumentOutOfRangeException.ThrowIfNotEqual(plane.Length, FrameLength);
        Place(picture, size, what, plane);
        if (what.FocusBlur > 0)
            _blur.Apply(plane, what.FocusBlur * _width);
        Light(plane, (float)what.Contrast, (float)(0.5 + what.Brightness - (0.5 * what.Contrast)));
        if (what.Occluder.Width > 0)
            Cover(plane, what);
        if (what.Noise > 0)
            AddNoise(plane, (float)what.Noise, noiseSeed);
    }

    private static ulong Mix(ulong z)
    {
        z = (z + 0x9E3779B97F4A7C15UL) * 0xD1342543DE82EF95UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    private static double Either(Random random, double largest) => ((2 * random.NextDouble()) - 1) * largest;

    /// <summary>From a third of the largest to the largest.</summary>
    private static double Severity(Random random, double largest) => largest * (1 + (2 * random.NextDouble())) / 3;

    private Random Generator(int purpose) => new((int)(Mix(((ulong)(uint)_seed << 8) ^ (uint)purpose) >> 33));

    /// <summary>
    /// A walk whose speed changes smoothly: the speed keeps a part of itself and gets something new, its deviation is
    /// the one that is asked for. It is thrown back at twice the largest beginning.
    /// </summary>
    private static void Walk(Random random, double largestStart, double speed, Span<double> walk)
    {
        var (place, pace) = (Either(random, largestStart), speed * random.NextNormal());
        var limit = 2 * largestStart;
        for (var i = 0; i < walk.Length; i++)
        {
            walk[i] = place;
            pace = (Persistence * pace) + (Math.Sqrt(1 - (Persistence * Persistence)) * speed * random.NextNormal());
            place += pace;
            if (Math.Abs(place) <= limit)
                continue;
            place = Math.Clamp((Math.Sign(place) * 2 * limit) - place, -limit, limit);
            pace = -pace;
        }
    }

    private void DrawMotion(Random random)
    {
        Span<double> roll = stackalloc double[_frames.Length];
        Span<double> scale = stackalloc double[_frames.Length];
        Span<double> x = stackalloc double[_frames.Length];
        Span<double> y = stackalloc double[_frames.Length];
        Walk(random, _options.Roll, _options.RollSpeed, roll);
        Walk(random, _options.Scale, _options.ScaleSpeed, scale);
        Walk(random, _options.Shift, _options.ShiftSpeed, x);
        Walk(random, _options.Shift, _options.ShiftSpeed, y);
        var flip = random.NextDouble() < _options.Flip;
        for (var i = 0; i < _frames.Length; i++)
        {
            var placement = new Placement(
                (roll[i] + (_options.RollJitter * random.NextNormal())) * Math.PI / 180,
                Math.Max(0.2, 1 + scale[i] + (_options.ScaleJitter * random.NextNormal())),
                x[i] + (_options.ShiftJitter * random.NextNormal()),
                y[i] + (_options.ShiftJitter * random.NextNormal()),
                flip);
            _frames[i] = new StillFrame { Placement = placement };
        }
    }

    private void DrawLight(Random random)
    {
        Span<double> brightness = stackalloc double[_frames.Length];
        Walk(random, _options.Brightness, _options.BrightnessDrift, brightness);
        var contrast = 1 + Either(random, _options.Contrast);
        for (var i = 0; i < _frames.Length; i++)
            _frames[i] = _frames[i] with { Brightness = brightness[i], Contrast = contrast };
    }

    /// <summary>
    /// Spells as a chain of good and bad frames that is in balance from the first frame on: every frame is bad with the
    /// same probability, and a spell lasts as long on average as it should.
    /// </summary>
    private void DrawSpells(Random random, double share, double length)
    {
        var (ends, begins) = (1 / length, share / (length * (1 - share)));
        var number = 0;
        for (var i = 0; i < _spells.Length; i++)
        {
            var before = i == 0 ? 0 : _spells[i - 1];
            var chance = random.NextDouble();
            var bad = i == 0 ? chance < share : before > 0 ? chance >= ends : chance < begins;
            _spells[i] = !bad ? 0 : before > 0 ? before : ++number;
        }
    }

    private int SpellLength(int first)
    {
        var end = first;
        while (end < _spells.Length && _spells[end] == _spells[first])
            end++;
        return end - first;
    }

    private void DrawMisalignment(Random random)
    {
        DrawSpells(random, _options.MisalignmentShare, _options.MisalignmentLength);
        var added = default((double Roll, double Scale, double X, double Y));
        for (var i = 0; i < _frames.Length; i++)
        {
            var drawn = (
                Either(random, _options.MisalignmentRoll) * Math.PI / 180, 1 + Either(random, _options.MisalignmentScale),
                Either(random, _options.MisalignmentShift), Either(random, _options.MisalignmentShift));
            if (_spells[i] == 0)
                continue;
            if (i == 0 || _spells[i - 1] == 0)
                added = drawn;
            var placement = _frames[i].Placement;
            _frames[i] = _frames[i] with
            {
                Misaligned = true,
                Placement = placement with
                {
                    Roll = placement.Roll + added.Roll,
                    Scale = placement.Scale * added.Scale,
                    ShiftX = placement.ShiftX + added.X,
                    ShiftY = placement.ShiftY + added.Y,
                },
            };
        }
    }

    private void DrawBlur(Random random)
    {
        DrawSpells(random, _options.BlurShare, _options.BlurLength);
        var (motion, focus) = (default((double X, double Y)), 0.0);
        for (var i = 0; i < _frames.Length; i++)
        {
            var (byMotion, way, angle, sigma) = (
                random.NextDouble() < 0.5, Severity(random, _options.MotionBlur), random.NextDouble() * Math.PI, Severity(random, _options.FocusBlur));
            if (_spells[i] == 0)
                continue;
            if (i == 0 || _spells[i - 1] == 0)
            {
                motion = byMotion ? (way * Math.Cos(angle), way * Math.Sin(angle)) : default;
                focus = byMotion ? 0 : sigma;
            }

            _frames[i] = _frames[i] with { MotionBlur = motion, FocusBlur = focus };
        }
    }

    private void DrawNoise(Random random)
    {
        DrawSpells(random, _options.NoiseShare, _options.NoiseLength);
        var noise = 0.0;
        for (var i = 0; i < _frames.Length; i++)
        {
            var drawn = Severity(random, _options.Noise);
            if (_spells[i] == 0)
                continue;
            if (i == 0 || _spells[i - 1] == 0)
                noise = drawn;
            _frames[i] = _frames[i] with { Noise = noise };
        }
    }

    /// <summary>A rectangle passes the point that is drawn in the middle of its spell.</summary>
    private void DrawOcclusion(Random random)
    {
        DrawSpells(random, _options.OcclusionShare, _options.OcclusionLength);
        double Side() => _options.OcclusionSmallest + (random.NextDouble() * (_options.OcclusionLargest - _options.OcclusionSmallest));
        var (rectangle, way, value) = (default((double X, double Y, double Width, double Height)), default((double X, double Y)), default((double, double)));
        var (first, length) = (0, 0);
        for (var i = 0; i < _frames.Length; i++)
        {
            var (width, height, x, y) = (Side(), Side(), 0.15 + (0.7 * random.NextDouble()), 0.15 + (0.7 * random.NextDouble()));
            var (speed, angle) = (0.05 + (0.2 * random.NextDouble()), random.NextDouble() * 2 * Math.PI);
            var (gray, slope) = (random.NextDouble(), Either(random, 0.4));
            if (_spells[i] == 0)
                continue;
            if (i == 0 || _spells[i - 1] == 0)
            {
                (rectangle, way, value) = ((x - (width / 2), y - (height / 2), width, height), (speed * Math.Cos(angle), speed * Math.Sin(angle)), (gray, slope));
                (first, length) = (i, SpellLength(i));
            }

            var time = i - first - ((length - 1) / 2.0);
            _frames[i] = _frames[i] with
            {
                Occluder = rectangle with { X = rectangle.X + (time * way.X), Y = rectangle.Y + (time * way.Y) },
                OccluderValue = value,
            };
        }
    }

    /// <summary>As <see cref="Preparation.Sample"/>, or the mean of such pictures along the motion.</summary>
    private void Place(ReadOnlySpan<byte> picture, int size, in StillFrame frame, Span<float> plane)
    {
        var (placement, motion) = (frame.Placement, frame.MotionBlur);
        if (motion == default)
        {
            Sample(picture, size, placement, 1, plane, add: false);
            return;
        }

        // A step of a pixel of the still: smaller ones would show nothing more.
        var steps = (int)Math.Ceiling(Math.Sqrt((motion.X * motion.X) + (motion.Y * motion.Y)) * size / placement.Scale) + 1;
        steps = Math.Clamp(steps, 2, 24);
        for (var step = 0; step < steps; step++)
        {
            var part = (step / (steps - 1.0)) - 0.5;
            var moved = placement with { ShiftX = placement.ShiftX + (part * motion.X), ShiftY = placement.ShiftY + (part * motion.Y) };
            Sample(picture, size, moved, 1f / steps, plane, add: step > 0);
        }
    }

    /// <summary>The formulas of <see cref="Preparation.Sample"/>, from pixel to pixel by addition.</summary>
    private void Sample(ReadOnlySpan<byte> picture, int size, Placement placement, float weight, Span<float> plane, bool add)
    {
        var (sin, cos) = Math.SinCos(placement.Roll);
        var (stepX, stepY) = (size / (double)_width / placement.Scale, size / (double)_height / placement.Scale);
        var mirror = placement.Flip ? -1 : 1;
        var middle = (size - 1) / 2.0;
        var (alongX, alongY) = ((float)(mirror * cos * stepX), (float)(-sin * stepX));
        var u = (0.5 - (_width * (0.5 + placement.ShiftX))) * stepX;
        var factor = weight / 255;
        float end = size - 1;
        ref var source = ref MemoryMarshal.GetReference(picture);
        for (var y = 0; y < _height; y++)
        {
            var v = (y + 0.5 - (_height * (0.5 + placement.ShiftY))) * stepY;
            var startX = (float)(middle + (mirror * ((cos * u) + (sin * v))));
            var startY = (float)(middle + ((cos * v) - (sin * u)));
            var row = plane.Slice(y * _width, _width);
            for (var x = 0; x < row.Length; x++)
            {
                // Within the picture, edges repeated: the indices below are safe.
                var px = Math.Min(Math.Max(startX + (x * alongX), 0), end);
                var py = Math.Min(Math.Max(startY + (x * alongY), 0), end);
                var (left, top) = ((int)px, (int)py);
                var (fx, fy) = (px - left, py - top);
                var (right, down) = (left < size - 1 ? 1 : 0, top < size - 1 ? size : 0);
                ref var corner = ref Unsafe.Add(ref source, (top * size) + left);
                float a = corner, b = Unsafe.Add(ref corner, right);
                float c = Unsafe.Add(ref corner, down), d = Unsafe.Add(ref corner, down + right);
                var upper = a + ((b - a) * fx);
                var lower = c + ((d - c) * fx);
                var value = (upper + ((lower - upper) * fy)) * factor;
                row[x] = add ? row[x] + value : value;
            }
        }
    }

    private static void Light(Span<float> plane, float factor, float added)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(plane);
        foreach (ref var v in vectors)
            v = Vector.Min(Vector.Max((v * factor) + new Vector<float>(added), Vector<float>.Zero), Vector<float>.One);
        foreach (ref var v in plane[(vectors.Length * Vector<float>.Count)..])
            v = Math.Clamp((v * factor) + added, 0, 1);
    }

    private void Cover(Span<float> plane, in StillFrame frame)
    {
        var (x, y, width, height) = frame.Occluder;
        var (left, right) = (Math.Clamp((int)(x * _width), 0, _width), Math.Clamp((int)((x + width) * _width), 0, _width));
        var (top, bottom) = (Math.Clamp((int)(y * _height), 0, _height), Math.Clamp((int)((y + height) * _height), 0, _height));
        for (var column = left; column < right; column++)
        {
            var across = ((column / (double)_width) - x) / width;
            var value = (float)Math.Clamp(frame.OccluderValue.Gray + (frame.OccluderValue.Slope * (across - 0.5)), 0, 1);
            for (var row = top; row < bottom; row++)
                plane[(row * _width) + column] = value;
        }
    }

    /// <summary>
    /// Nearly normal noise: the sum of four uniform bytes, which has a mean of 510 and a variance of 4 (256^2 - 1) / 12.
    /// A sum of four falls below the normal distribution only beyond three standard deviations.
    /// </summary>
    private static void AddNoise(Span<float> plane, float deviation, ulong state)
    {
        var scale = deviation / MathF.Sqrt(4 * 65535 / 12f);
        state |= 1;
        for (var i = 0; i < plane.Length; i += 2)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;

            // The multiplication spreads the low bits; every second byte is added in four lanes of 16 bits.
            var bits = state * 0x2545F4914F6CDD1DUL;
            var pairs = (bits & 0x00FF00FF00FF00FFUL) + ((bits >> 8) & 0x00FF00FF00FF00FFUL);
            var fours = pairs + (pairs >> 16);
            plane[i] = Math.Clamp(plane[i] + (((int)(fours & 0xFFFF) - 510) * scale), 0, 1);
            if (i + 1 < plane.Length)
                plane[i + 1] = Math.Clamp(plane[i + 1] + (((int)((fours >> 32) & 0xFFFF) - 510) * scale), 0, 1);
        }
    }
}
