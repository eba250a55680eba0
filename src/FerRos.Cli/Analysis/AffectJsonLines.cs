using System.Buffers;
using System.Text;
using System.Text.Json;
using FerRos.OpenCv;
using FerRos.Perception;

namespace FerRos.Cli.Analysis;

/// <summary>
/// One JSON object a picture and line: <c>frame</c>, <c>time</c> in seconds, and <c>faces</c> with the fields of
/// ferros_msgs/FaceAffect by their names, <c>probabilities</c> as an object by class. NaN is null.
/// </summary>
internal sealed class AffectJsonLines(TextWriter writer) : IAnalysisOutput
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    public void Write(int frame, TimeSpan time, PerceptionResult result, Mat picture)
    {
        _buffer.ResetWrittenCount();
        using (Utf8JsonWriter json = new(_buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("frame", frame);
            json.WriteNumber("time", Math.Round(time.TotalSeconds, 6));
            json.WriteStartArray("faces");
            foreach (AffectEstimate face in result.Faces)
                Write(json, face, result);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        writer.Write(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        writer.Write('\n');
    }

    public void Dispose() => writer.Flush();

    private static void Write(Utf8JsonWriter json, AffectEstimate face, PerceptionResult result)
    {
        (int x, int y, int width, int height) = face.Box.ClipTo(result.Width, result.Height);
        json.WriteStartObject();
        json.WriteString("face_id", face.FaceId);
        json.WriteString("person_id", "");
        json.WriteBoolean("adapted", false);
        json.WriteStartObject("roi");
        json.WriteNumber("x_offset", x);
        json.WriteNumber("y_offset", y);
        json.WriteNumber("height", height);
        json.WriteNumber("width", width);
        json.WriteBoolean("do_rectify", false);
        json.WriteEndObject();
        Number(json, "detection_confidence", face.DetectionConfidence);

        json.WriteStartArray("keypoints");
        Span<float> keypoints = stackalloc float[2 * FaceKeypoints.Count];
        face.Keypoints.CopyTo(keypoints);
        foreach (float value in keypoints)
        {
            if (float.IsFinite(value))
                json.WriteNumberValue(value);
            else
                json.WriteNullValue();
        }

        json.WriteEndArray();
        json.WriteString("expression", face.Expression);
        Number(json, "confidence", face.Confidence);
        json.WriteStartObject("probabilities");
        for (int i = 0; i < face.Probabilities.Length; i++)
            Number(json, result.Classes[i], face.Probabilities[i]);
        json.WriteEndObject();
        Number(json, "arousal", face.Arousal);
        Number(json, "valence", face.Valence);
        json.WriteNumber("sequence_length", face.SequenceLength);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, float value)
    {
        if (float.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
