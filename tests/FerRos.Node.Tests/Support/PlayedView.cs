using System.Collections.Immutable;

namespace FerRos.Node.Tests.Support;

/// <summary>What the pipeline would say of pictures, told face by face.</summary>
internal sealed class PlayedView
{
    private readonly PerceptionResult _result = new(FaceTracker.Capacity, Expressions.FerPlus, "played");
    private readonly float[] _probabilities = [1, 0, 0, 0, 0, 0, 0, 0];
    private long _stamp;

    /// <summary>The faces that are followed, though perhaps out of sight.</summary>
    public List<string> Tracked { get; } = [];

    /// <summary>How sharp the crops are.</summary>
    public float Sharpness { get; set; } = 0.5f;

    /// <summary>What the faces show: the second value of their summaries.</summary>
    public float Mood { get; set; } = 1;

    /// <summary>The next picture, 33 ms after the one before.</summary>
    /// <param name="faces">Id and width of each face in it.</param>
    public PerceptionResult Next(params (string Id, float Width)[] faces)
    {
        _stamp += 33_000_000;
        foreach (var (id, _) in faces)
        {
            if (!Tracked.Contains(id)) Tracked.Add(id);
        }

        _result.Stamp = _stamp;
        _result.Count = faces.Length;
        _result.SetTrackedIds(Tracked.ToArray());
        for (var i = 0; i < faces.Length; i++)
        {
            var face = new TrackedFace(faces[i].Id, i, BoundingBox.FromCenter(100, 100, faces[i].Width, faces[i].Width), default, 0.9f, 0);
            _result[i].Fill(face, Expressions.FerPlus, _probabilities, 0, 0, 1, new CropQuality(Sharpness, 1), [i, Mood, 2]);
        }

        return _result;
    }

    /// <summary>Time goes by without pictures.</summary>
    public void Wait(TimeSpan time) => _stamp += time.Ticks * 100;
}
