using FerRos.Interfaces.BuiltinInterfaces.Msg;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Node;

/// <summary>Fills messages from what the pipeline saw, always the same instances: no allocation per picture once warm.</summary>
internal static class AffectMessages
{
    /// <summary>Refills an array message; the latency is set last, just before publication.</summary>
    internal static void Fill(FaceAffectArray message, PerceptionResult result, PersonBindings bindings, List<FaceAffect> spare)
    {
        new RosTime(result.Stamp).WriteTo(message.Header.Stamp);
        message.Header.FrameId = result.FrameId;
        message.Model = result.Model;
        if (message.Classes.Count != result.Classes.Length)
        {
            message.Classes.Clear();
            message.Classes.AddRange(result.Classes);
        }

        Resize(message.Faces, result.Faces.Length, spare);
        for (var i = 0; i < result.Faces.Length; i++) Fill(message.Faces[i], result.Faces[i], result, bindings);
    }

    /// <summary>Sets a duration.</summary>
    internal static void Set(Duration message, TimeSpan duration)
    {
        message.Sec = (int)(duration.Ticks / TimeSpan.TicksPerSecond);
        message.Nanosec = (uint)(duration.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
    }

    /// <summary>The face's box within the picture.</summary>
    internal static void Fill(RegionOfInterest roi, BoundingBox box, int width, int height)
    {
        // Without a source picture there is no region either: zeros.
        var (x, y, w, h) = width > 0 && height > 0 ? box.ClipTo(width, height) : default;
        roi.XOffset = (uint)x;
        roi.YOffset = (uint)y;
        roi.Width = (uint)w;
        roi.Height = (uint)h;
        roi.DoRectify = false;
    }

    private static void Fill(FaceAffect message, AffectEstimate face, PerceptionResult result, PersonBindings bindings)
    {
        message.FaceId = face.FaceId;
        // The person whose layer made the estimate, also where the face has changed hands since.
        message.PersonId = face.AdaptedTo ?? bindings.PersonOf(face.FaceId);
        message.Adapted = face.IsByOwnLayer;
        Fill(message.Roi, face.Box, result.Width, result.Height);
        message.DetectionConfidence = face.DetectionConfidence;
        if (face.Keypoints == default)
        {
            // Another detector's face: where its points are is not known here.
            message.Keypoints.Clear();
        }
        else
        {
            Span<float> points = stackalloc float[2 * FaceKeypoints.Count];
            face.Keypoints.CopyTo(points);
            Replace(message.Keypoints, points);
        }

        message.Expression = face.Expression;
        message.Confidence = face.Confidence;
        Replace(message.Probabilities, face.Probabilities);
        message.Arousal = face.Arousal;
        message.Valence = face.Valence;
        message.SequenceLength = (byte)Math.Clamp(face.SequenceLength, 1, byte.MaxValue);
    }

    private static void Replace(List<float> list, ReadOnlySpan<float> values)
    {
        list.Clear();
        list.AddRange(values);
    }

    /// <summary>Faces come and go: messages that are not needed now wait in the spare list.</summary>
    private static void Resize(List<FaceAffect> faces, int count, List<FaceAffect> spare)
    {
        while (faces.Count > count)
        {
            spare.Add(faces[^1]);
            faces.RemoveAt(faces.Count - 1);
        }

        while (faces.Count < count)
        {
            if (spare.Count == 0)
            {
                faces.Add(new FaceAffect());
                continue;
            }

            faces.Add(spare[^1]);
            spare.RemoveAt(spare.Count - 1);
        }
    }
}
