using FerRos.Interfaces.HriMsgs.Msg;
using FerRos.Perception;
using FerRos.Ros2;
using Image = FerRos.Interfaces.SensorMsgs.Msg.Image;

namespace FerRos.Node;

/// <summary>The topics of one face.</summary>
internal sealed class HumansFace : IAsyncDisposable
{
    private readonly Publisher<NormalizedRegionOfInterest2D>? _roi;
    private readonly Publisher<Image>? _cropped;
    private readonly Publisher<Image>? _aligned;
    private readonly Publisher<Expression> _expression;

    /// <summary>Enters the topics into the graph.</summary>
    /// <param name="node">The node.</param>
    /// <param name="id">The face's id.</param>
    /// <param name="ownFace">Whether this node found the face; otherwise only its expression is published.</param>
    internal HumansFace(RosNode node, string id, bool ownFace)
    {
        Id = id;
        var prefix = HumansPublisher.Faces + id;
        _expression = node.CreatePublisher<Expression>(prefix + "/expression");
        if (!ownFace) return;
        _roi = node.CreatePublisher<NormalizedRegionOfInterest2D>(prefix + "/roi", HumansPublisher.Newest);
        _cropped = node.CreatePublisher<Image>(prefix + "/cropped", HumansPublisher.Newest);
        _aligned = node.CreatePublisher<Image>(prefix + "/aligned", HumansPublisher.Newest);
    }

    /// <summary>The face's id.</summary>
    internal string Id { get; }

    /// <summary>Number of the last picture that had it.</summary>
    internal int Generation { get; set; }

    internal void Publish(AffectEstimate face, PerceptionResult result, ImageFrame? frame, FaceAligner? aligner, Messages messages, Outlet outlet)
    {
        if (_roi is not null)
        {
            Fill(messages.Roi, face, result);
            outlet.TryPublish(_roi, messages.Roi);
        }

        if (frame is not null && aligner is not null)
        {
            if (_cropped is { SubscriptionCount: > 0 })
            {
                aligner.CropBgr(frame, face.Box, messages.Side, messages.Square);
                outlet.TryPublish(_cropped, messages.FillCrop(result));
            }

            if (_aligned is { SubscriptionCount: > 0 })
            {
                aligner.AlignBgr(frame, face.Keypoints, messages.Side, messages.Square);
                outlet.TryPublish(_aligned, messages.FillCrop(result));
            }
        }

        if (face.Expression.Length == 0 && float.IsNaN(face.Valence)) return;
        var expression = messages.Expression;
        HumansPublisher.SetHeader(expression.Header, result);
        expression.ExpressionValue = Expressions.ToRos4Hri(face.Expression);
        expression.Valence = face.Valence;
        expression.Arousal = face.Arousal;
        expression.Confidence = face.Confidence;
        outlet.TryPublish(_expression, expression);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_roi is not null) await _roi.DisposeAsync().ConfigureAwait(false);
        if (_cropped is not null) await _cropped.DisposeAsync().ConfigureAwait(false);
        if (_aligned is not null) await _aligned.DisposeAsync().ConfigureAwait(false);
        await _expression.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The part of the box inside the picture, as fractions of its sides.</summary>
    private static void Fill(NormalizedRegionOfInterest2D roi, AffectEstimate face, PerceptionResult result)
    {
        HumansPublisher.SetHeader(roi.Header, result);
        var box = face.Box;
        roi.Xmin = Math.Clamp(box.Left / result.Width, 0, 1);
        roi.Ymin = Math.Clamp(box.Top / result.Height, 0, 1);
        roi.Xmax = Math.Clamp(box.Right / result.Width, 0, 1);
        roi.Ymax = Math.Clamp(box.Bottom / result.Height, 0, 1);
        roi.C = face.DetectionConfidence;
    }

    /// <summary>Messages and pixels that all faces use in turn.</summary>
    internal sealed class Messages
    {
        private readonly byte[] _pixels;
        private readonly byte[] _square;
        private readonly Image _crop;
        private readonly NodeStatistics _statistics;

        /// <summary>Reserves what a crop needs.</summary>
        /// <param name="width">Width of the published crop.</param>
        /// <param name="height">Its height.</param>
        /// <param name="statistics">Counts the crops.</param>
        internal Messages(int width, int height, NodeStatistics statistics)
        {
            _statistics = statistics;
            Side = Math.Min(width, height);
            _pixels = new byte[width * height * 3];
            _square = width == height ? _pixels : new byte[Side * Side * 3];
            _crop = new Image { Width = (uint)width, Height = (uint)height, Step = (uint)(width * 3), Encoding = "bgr8", Data = _pixels };
        }

        internal NormalizedRegionOfInterest2D Roi { get; } = new();

        internal Expression Expression { get; } = new();

        /// <summary>Side of the square that holds the face.</summary>
        internal int Side { get; }

        /// <summary>The square's pixels: blue, green, red.</summary>
        internal Span<byte> Square => _square;

        /// <summary>The message with the square in its middle, black beside it.</summary>
        internal Image FillCrop(PerceptionResult result)
        {
            HumansPublisher.SetHeader(_crop.Header, result);
            _statistics.RecordCrop();
            if (ReferenceEquals(_square, _pixels)) return _crop;
            var (left, top) = (((int)_crop.Width - Side) / 2, ((int)_crop.Height - Side) / 2);
            for (var y = 0; y < Side; y++)
                _square.AsSpan(y * Side * 3, Side * 3).CopyTo(_pixels.AsSpan(((top + y) * (int)_crop.Step) + (left * 3)));
            return _crop;
        }
    }
}
