using System.Buffers;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.OpenCv;
using FerRos.Perception;
using FerRos.Ros2;
using Microsoft.Extensions.Logging;
using Image = FerRos.Interfaces.SensorMsgs.Msg.Image;

namespace FerRos.Node;

/// <summary>
/// The picture with what was seen in it, raw and as JPEG, for people at a screen. Nothing is drawn while nobody listens.
/// Used by the perception thread; its buffers grow to the largest picture and stay.
/// </summary>
internal sealed partial class DebugImage : IAsyncDisposable
{
    private const int JpegQuality = 85;

    private readonly ILogger _logger;
    private readonly NodeStatistics _statistics;
    private readonly Outlet _outlet;
    private readonly Publisher<Image> _raw;
    private readonly Publisher<CompressedImage> _compressed;
    private readonly Image _message = new() { Encoding = "bgr8" };
    private readonly CompressedImage _jpegMessage = new() { Format = "bgr8; jpeg compressed bgr8" };
    private readonly ArrayBufferWriter<byte> _jpeg = new();
    private byte[] _pixels = [];
    private Mat? _mat;
    private (int Width, int Height) _matSize;
    private bool _withoutOpenCv;

    internal DebugImage(RosNode node, NodeStatistics statistics)
    {
        _statistics = statistics;
        _logger = node.Logger;
        _outlet = new Outlet(node.Logger);
        // image_transport's rule: the base name is expanded and remapped first, then the transport is appended.
        var topic = node.ResolveTopic("~/debug_image");
        _raw = node.CreatePublisher<Image>(topic, QosOverrides.ForPublisher(node, topic, HumansPublisher.Newest));
        _compressed = node.CreatePublisher<CompressedImage>(topic + "/compressed", QosOverrides.ForPublisher(node, topic + "/compressed", HumansPublisher.Newest));
    }

    /// <summary>Draws and publishes, where someone listens.</summary>
    internal void Publish(PerceptionResult result, ImageFrame frame)
    {
        var raw = _raw.SubscriptionCount > 0;
        var compressed = _compressed.SubscriptionCount > 0 && !_withoutOpenCv;
        if (!raw && !compressed) return;
        Draw(result, frame);
        if (raw)
        {
            HumansPublisher.SetHeader(_message.Header, result);
            (_message.Width, _message.Height, _message.Step) = ((uint)frame.Width, (uint)frame.Height, (uint)frame.Width * 3);
            _message.Data = _pixels.AsMemory(0, frame.Width * frame.Height * 3);
            _outlet.TryPublish(_raw, _message);
        }

        if (compressed && TryCompress(frame.Width, frame.Height))
        {
            HumansPublisher.SetHeader(_jpegMessage.Header, result);
            _jpegMessage.Data = _jpeg.WrittenMemory;
            _outlet.TryPublish(_compressed, _jpegMessage);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _raw.DisposeAsync().ConfigureAwait(false);
        await _compressed.DisposeAsync().ConfigureAwait(false);
        _mat?.Dispose();
        _mat = null;
    }

    private void Draw(PerceptionResult result, ImageFrame frame)
    {
        var length = frame.Width * frame.Height * 3;
        if (_pixels.Length < length)
        {
            _mat?.Dispose();
            _mat = null;
            _pixels = GC.AllocateUninitializedArray<byte>(length);
        }

        var pixels = _pixels.AsSpan(0, length);
        frame.CopyToRgb(pixels);
        // JPEG encoders of OpenCV take blue first, and so does every viewer of ROS.
        for (var i = 0; i < pixels.Length; i += 3) (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
        Annotator.Draw(result, pixels, bgr: true);
        _statistics.RecordDebugImage();
    }

    private bool TryCompress(int width, int height)
    {
        try
        {
            if (_mat is null || _matSize != (width, height))
            {
                _mat?.Dispose();
                _mat = Mat.FromPixelData(height, width, MatType.CV_8UC3, _pixels);
                _matSize = (width, height);
            }

            _jpeg.ResetWrittenCount();
            Cv2.ImEncode(".jpg", _mat, _jpeg, new ImageEncodingParam(ImwriteFlags.JpegQuality, JpegQuality));
            return true;
        }
        catch (Exception e) when (e is OpenCvNotFoundException or OpenCVException)
        {
            _withoutOpenCv = true;
            LogNotCompressed(_logger, _compressed.Topic, e.Message);
            return false;
        }
    }

    [LoggerMessage(34, LogLevel.Warning, "Nothing is published on {Topic}: {Reason}")]
    private static partial void LogNotCompressed(ILogger logger, string topic, string reason);
}
