using System.Globalization;
using FerRos.Perception;

namespace FerRos.Cli.Analysis;

/// <summary>What is said at the end: how many pictures and faces, and for each face what it showed.</summary>
internal sealed class AnalysisSummary
{
    private readonly Dictionary<string, Face> _faces = [];

    /// <summary>Pictures analyzed.</summary>
    public int Frames { get; private set; }

    /// <summary>Pictures with a face.</summary>
    public int FramesWithFaces { get; private set; }

    /// <summary>Time of the last picture.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Different faces.</summary>
    public int Faces => _faces.Count;

    public void Add(TimeSpan time, PerceptionResult result)
    {
        Frames++;
        Duration = time;
        if (result.Count > 0)
            FramesWithFaces++;
        foreach (AffectEstimate estimate in result.Faces)
        {
            if (!_faces.TryGetValue(estimate.FaceId, out Face? face))
                _faces.Add(estimate.FaceId, face = new Face(time));
            face.Add(time, estimate);
        }
    }

    /// <summary>Lines for people: the totals, then the faces that were seen longest.</summary>
    public IEnumerable<string> Describe(TimeSpan took)
    {
        double speed = took > TimeSpan.Zero ? Frames / took.TotalSeconds : 0;
        yield return string.Create(
            CultureInfo.InvariantCulture, $"{Frames} pictures in {took.TotalSeconds:0.0} s ({speed:0} a second), {FramesWithFaces} with a face, {Faces} faces");
        const int Shown = 8;
        foreach ((string id, Face face) in _faces.OrderByDescending(static pair => pair.Value.Frames).Take(Shown))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  {id}  {face.First.TotalSeconds,7:0.0} to {face.Last.TotalSeconds:0.0} s, {face.Frames} pictures: mostly {face.Expression}, arousal {face.Arousal:+0.00;-0.00}, valence {face.Valence:+0.00;-0.00}");
        }

        if (Faces > Shown)
            yield return $"  and {Faces - Shown} more";
    }

    private sealed class Face(TimeSpan first)
    {
        private readonly Dictionary<string, int> _expressions = [];
        private double _arousal;
        private double _valence;

        public TimeSpan First { get; } = first;

        public TimeSpan Last { get; private set; }

        public int Frames { get; private set; }

        public string Expression => _expressions.MaxBy(static pair => pair.Value).Key;

        public double Arousal => _arousal / Frames;

        public double Valence => _valence / Frames;

        public void Add(TimeSpan time, AffectEstimate estimate)
        {
            Frames++;
            Last = time;
            _arousal += estimate.Arousal;
            _valence += estimate.Valence;
            _expressions[estimate.Expression] = _expressions.GetValueOrDefault(estimate.Expression) + 1;
        }
    }
}
