using System.Buffers;
using FerRos.Cli.Sources;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.OpenCv;
using FerRos.Ros2;

namespace FerRos.Cli.Camera;

/// <summary>How pictures are published.</summary>
internal sealed record CameraPublisherOptions
{
    /// <summary>Topic of the pictures; compressed ones go to <c>topic/compressed</c>, as image_transport has it.</summary>
    public string Topic { get; init; } = "image";

    /// <summary>One of <see cref="PictureEncoder.RawEncodings"/> or <see cref="PictureEncoder.CompressedEncodings"/>.</summary>
    public string Encoding { get; init; } = "bgr8";

    /// <summary>Coordinate frame in the header.</summary>
    public string FrameId { get; init; } = "camera";

    /// <summary>Quality of a JPEG, 1 to 100.</summary>
    public int JpegQuality { get; init; } = 90;
}

/// <summary>
/// Publishes pictures as sensor_msgs/Image or CompressedImage, reliable with depth 5. One thread publishes. Messages and
/// buffers are used again, so pictures of one size cost no allocation.
/// </summary>
internal sealed class CameraPublisher : IAsyncDisposable
{
    /// <summary>Reliable, so that a recording arrives whole; 5 pictures wait for a slow subscription at most.</summary>
    public static QosProfile Qos { get; } = new() { Depth = 5 };

    private readonly PictureEncoder _encoder;
    private readonly Publisher<Image>? _raw;
    private readonly Publisher<CompressedImage>? _compressed;
    private readonly Image _image = new();
    private readonly CompressedImage _compressedImage = new();
    private readonly ArrayBufferWriter<byte> _encoded = new(1 << 16);
    private byte[] _pixels = [];

    /// <summary>Creates the publisher.</summary>
    /// <exception cref="ArgumentException">The encoding is unknown.</exception>
    /// <exception cref="InvalidNameException">The topic's name breaks ROS's rules.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public CameraPublisher(RosNode node, CameraPublisherOptions options)
    {
        _encoder = new PictureEncoder(options.Encoding) { JpegQuality = options.JpegQuality };

        // The base topic is remapped first, then the transport's name is appended.
        string topic = node.ResolveTopic(options.Topic);
        if (_encoder.IsCompressed)
            _compressed = node.CreatePublisher<CompressedImage>(topic + "/compressed", Qos);
        else
            _raw = node.CreatePublisher<Image>(topic, Qos);
        _image.Header.FrameId = options.FrameId;
        _image.Encoding = options.Encoding;
        _compressedImage.Header.FrameId = options.FrameId;
        _compressedImage.Format = options.Encoding;
    }

    /// <summary>Fully qualified topic.</summary>
    public string Topic => Publisher.Topic;

    /// <summary>Matched subscriptions now.</summary>
    public int SubscriptionCount => Publisher.SubscriptionCount;

    /// <summary>Pictures handed to the middleware.</summary>
    public long Published { get; private set; }

    /// <summary>Pictures that the middleware did not take, because a subscription held it up.</summary>
    public long Refused { get; private set; }

    /// <summary>Bytes of pixels or of compressed pictures that were published.</summary>
    public long Bytes { get; private set; }

    private Publisher Publisher => (Publisher?)_raw ?? _compressed!;

    /// <summary>Publishes a picture.</summary>
    /// <param name="picture">8-bit BGR.</param>
    /// <param name="stamp">When it was taken.</param>
    /// <exception cref="SourceException">The picture's size does not fit the encoding.</exception>
    public void Publish(Mat picture, RosTime stamp)
    {
        int length = _raw is not null ? FillImage(picture, stamp) : FillCompressed(picture, stamp);
        try
        {
            if (_raw is not null)
                _raw.Publish(_image);
            else
                _compressed!.Publish(_compressedImage);
            Published++;
            Bytes += length;
        }
        catch (MiddlewareException)
        {
            // A camera goes on: the next picture is more use than this one.
            Refused++;
        }
    }

    /// <summary>Waits until reliable subscriptions have everything; false when the time ran out.</summary>
    public bool WaitForAcknowledgements(TimeSpan timeout) => Publisher.WaitForAcknowledgements(timeout);

    public ValueTask DisposeAsync() => Publisher.DisposeAsync();

    private int FillImage(Mat picture, RosTime stamp)
    {
        Size size = picture.Size();
        if (_image.Width != size.Width || _image.Height != size.Height)
        {
            if (_encoder.Refusal(size) is { } reason)
                throw new SourceException(reason);
            _pixels = new byte[_encoder.Length(size)];
            _image.Width = (uint)size.Width;
            _image.Height = (uint)size.Height;
            _image.Step = (uint)_encoder.Step(size.Width);
            _image.Data = _pixels;
        }

        _encoder.Encode(picture, _pixels);
        stamp.WriteTo(_image.Header.Stamp);
        return _pixels.Length;
    }

    private int FillCompressed(Mat picture, RosTime stamp)
    {
        _encoded.ResetWrittenCount();
        _encoder.Compress(picture, _encoded);
        _compressedImage.Data = _encoded.WrittenMemory;
        stamp.WriteTo(_compressedImage.Header.Stamp);
        return _encoded.WrittenCount;
    }
}
