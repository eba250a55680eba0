using System.Buffers;
using System.Diagnostics;
using System.Text;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Perception;
using FerRos.Ros2;
using FerRos.Ros2.Middleware;

namespace FerRos.Node;

/// <summary>
/// Hears the camera. On the middleware's thread a message is looked at in place and its pixels are copied once, into the
/// frame that the perception thread takes next; nothing else happens there.
/// </summary>
internal sealed class ImageInput : IAsyncDisposable
{
    /// <summary>Best effort hears reliable publishers and best-effort ones; only the newest picture matters.</summary>
    private static readonly QosProfile Qos = QosProfile.SensorData with { Depth = 1 };

    private readonly FrameHandover _handover;
    private readonly Subscription _subscription;
    private readonly PictureText _text = new();
    private readonly RosClock _clock;
    private Gid _publisher;

    internal ImageInput(RosNode node, ImageTransport transport, FrameHandover handover)
    {
        _handover = handover;
        _clock = node.Clock;
        // image_transport's rule: the base name is expanded and remapped first, then the transport is appended.
        var topic = node.ResolveTopic("image");
        _subscription = transport == ImageTransport.Compressed
            ? node.CreateSerializedSubscription(CompressedImage.MessageType.Interface, topic + "/compressed", QosOverrides.ForSubscription(node, topic + "/compressed", Qos), OnCompressed)
            : node.CreateSerializedSubscription(Image.MessageType.Interface, topic, QosOverrides.ForSubscription(node, topic, Qos), OnRaw);
    }

    /// <summary>Fully qualified topic that is listened to.</summary>
    internal string Topic => _subscription.Topic;

    /// <summary>Publishers on it now.</summary>
    internal int PublisherCount => _subscription.PublisherCount;

    /// <summary>Messages received, bad ones included.</summary>
    internal long Received => _subscription.ReceivedCount;

    /// <summary>Messages that could not be read or whose picture made no sense.</summary>
    internal long Bad => _subscription.BadMessageCount;

    /// <summary>Messages that the middleware knows to be lost on the way.</summary>
    internal long Lost => _subscription.LostCount;

    /// <summary>Raised when publishers come and go: how many there are.</summary>
    internal event Action<int>? PublisherCountChanged
    {
        add => _subscription.PublisherCountChanged += value;
        remove => _subscription.PublisherCountChanged -= value;
    }

    /// <summary>Reports that a compressed picture, fetched later, could not be decoded.</summary>
    internal void RejectEncoded(int size, string reason) => _subscription.Reject(size, _publisher, reason);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _subscription.DisposeAsync();

    /// <summary>A picture's stamp; that of its arrival where the camera's driver sets none, as otherwise all pictures had one time.</summary>
    private long Stamp(int seconds, uint nanoseconds) =>
        PictureText.Nanoseconds(seconds, nanoseconds) is var stamp && stamp != 0 ? stamp : _clock.Now.Nanoseconds;

    private void OnRaw(in ReceivedSample sample, in MessageInfo info)
    {
        var arrival = Stopwatch.GetTimestamp();
        var image = ImageView.Read(sample.Cdr);
        _text.Read(image.Encoding, image.HeaderFrameId);
        try
        {
            _handover.Offer(
                _text.Encoding, image.Width, image.Height, image.Step, image.IsBigendian != 0, image.Data,
                Stamp(image.HeaderStampSec, image.HeaderStampNanosec), arrival, _text.FrameId);
        }
        catch (ImageFormatException e)
        {
            _subscription.Reject(sample.Cdr.Length, info.Publisher, e.Message);
        }
    }

    private void OnCompressed(in ReceivedSample sample, in MessageInfo info)
    {
        var arrival = Stopwatch.GetTimestamp();
        var image = CompressedImageView.Read(sample.Cdr);
        _text.Read([], image.HeaderFrameId);
        _publisher = info.Publisher;
        if (!IsKnownFormat(image.Data))
        {
            _subscription.Reject(
                sample.Cdr.Length,
                info.Publisher,
                $"data of format '{Printable(image.Format)}' begin with {Convert.ToHexString(image.Data[..Math.Min(4, image.Data.Length)])}: neither JPEG nor PNG");
            return;
        }

        _handover.OfferEncoded(image.Data, Stamp(image.HeaderStampSec, image.HeaderStampNanosec), arrival, _text.FrameId);
    }

    /// <summary>JPEG's and PNG's signatures; what the message's format says is not relied upon, as drivers fill it variously.</summary>
    private static bool IsKnownFormat(ReadOnlySpan<byte> data) =>
        data.StartsWith<byte>([0xFF, 0xD8, 0xFF]) || data.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G']);

    /// <summary>Text from a peer for a log line: short, and without control characters.</summary>
    private static string Printable(ReadOnlySpan<byte> utf8) =>
        string.Concat(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 60)]).Select(c => char.IsControl(c) ? '?' : c));
}
