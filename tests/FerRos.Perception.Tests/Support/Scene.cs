using System.Numerics;

namespace FerRos.Perception.Tests.Support;

/// <summary>Faces that move as a story tells, shown to a tracker picture by picture.</summary>
internal sealed class Scene(FaceTracker tracker, double rate = 30)
{
    private readonly Random _noise = new(7);
    private readonly double _rate = rate;

    public FaceTracker Tracker { get; } = tracker;

    /// <summary>Seconds since the start.</summary>
    public double Time { get; private set; }

    /// <summary>A face of a width, centred at a point, with the scatter of a real detector unless told otherwise.</summary>
    public FaceDetection Face(double x, double y, double size = 80, double scatter = 0.02)
    {
        float Shake() => (float)(size * scatter * ((2 * _noise.NextDouble()) - 1));
        var box = BoundingBox.FromCenter((float)x + Shake(), (float)y + Shake(), (float)size + Shake(), (float)size + Shake());
        Vector2 At(float dx, float dy) => new(box.CenterX + (dx * box.Width), box.CenterY + (dy * box.Height));
        return new FaceDetection(
            box, 0.9f, new FaceKeypoints(At(-0.2f, -0.15f), At(0.2f, -0.15f), At(0, 0.05f), At(0, 0.25f), At(-0.4f, 0), At(0.4f, 0)));
    }

    /// <summary>Shows the next picture.</summary>
    public TrackedFace[] Show(params FaceDetection[] faces)
    {
        TrackedFace[] seen = Tracker.Update((long)(Time * 1e9), faces).ToArray();
        Time += 1 / _rate;
        return seen;
    }

    /// <summary>Shows pictures for some time.</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="faces">The faces at a time from 0 (first picture) to 1 (end).</param>
    public TrackedFace[] Show(double seconds, Func<double, FaceDetection[]> faces)
    {
        TrackedFace[] last = [];
        int pictures = (int)Math.Round(seconds * _rate);
        for (int i = 0; i < pictures; i++)
            last = Show(faces((double)i / pictures));
        return last;
    }

    public void Wait(double seconds) => Time += seconds;

    public void JumpTo(double seconds) => Time = seconds;
}
