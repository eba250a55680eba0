using System.Globalization;
using FerRos.OpenCv;
using FerRos.Perception;

namespace FerRos.Cli.Analysis;

/// <summary>
/// A table with a row for each face of each picture. The first columns are OpenFace's (frame, face_id, timestamp,
/// confidence), so that scripts written for it find them.
/// </summary>
internal sealed class AffectCsv : IAnalysisOutput
{
    private readonly TextWriter _writer;
    private bool _hasHeader;

    public AffectCsv(TextWriter writer) => _writer = writer;

    public void Write(int frame, TimeSpan time, PerceptionResult result, Mat picture)
    {
        if (!_hasHeader)
        {
            _hasHeader = true;
            _writer.Write("frame,face_id,timestamp,confidence,face_x,face_y,face_width,face_height,expression,expression_confidence");
            foreach (string name in result.Classes)
                _writer.Write($",p_{name}");
            _writer.Write(",arousal,valence,sequence_length\n");
        }

        foreach (AffectEstimate face in result.Faces)
        {
            (int x, int y, int width, int height) = face.Box.ClipTo(result.Width, result.Height);
            _writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{frame},{face.FaceId},{time.TotalSeconds:0.000},{face.DetectionConfidence:0.0000},{x},{y},{width},{height},{face.Expression},{face.Confidence:0.0000}"));
            foreach (float probability in face.Probabilities)
                _writer.Write(string.Create(CultureInfo.InvariantCulture, $",{probability:0.0000}"));
            _writer.Write(string.Create(CultureInfo.InvariantCulture, $",{face.Arousal:0.0000},{face.Valence:0.0000},{face.SequenceLength}\n"));
        }
    }

    public void Dispose() => _writer.Dispose();
}
