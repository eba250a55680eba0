using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Perception;
using FerRos.Ros2;
using FerRos.Ros2.Middleware;
using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>
/// Listens to one face of another detector: to <c>aligned</c>, or to <c>cropped</c> as long as nobody publishes the other.
/// Detectors make a crop only for those who listen, so only one of the two is asked for.
/// </summary>
internal sealed partial class HumansCrop : IAsyncDisposable
{
    private static readonly QosProfile Qos = QosProfile.SensorData with { Depth = 1 };

    private readonly RosNode _node;
    private readonly Action _arrived;
    private readonly FrameHandover _handover;
    private readonly Subscription _aligned;
    private readonly PictureText _text = new();
    private readonly Lock _loading = new();
    private Subscription? _cropped;
    private Totals _past;

    internal HumansCrop(RosNode node, string id, double maxRate, Action arrived)
    {
        _node = node;
        _arrived = arrived;
        _handover = new FrameHandover(maxRate);
        Id = id;
        _aligned = node.CreateSerializedSubscription(Image.MessageType.Interface, Topic("aligned"), Qos, OnAligned);
    }

    /// <summary>The face's id.</summary>
    internal string Id { get; }

    /// <summary>Whether a crop has been taken in this round.</summary>
    internal bool IsTaken { get; set; }

    /// <summary>Most crops a second.</summary>
    internal double MaxRate
    {
        set => _handover.MaxRate = value;
    }

    /// <summary>Takes the newest crop, if there is a new one.</summary>
    internal bool TryTake([NotNullWhen(true)] out ImageFrame? frame)
    {
        IsTaken = _handover.TryTake(TimeSpan.Zero, out frame);
        return IsTaken;
    }

    /// <summary>Listens to <c>cropped</c> exactly as long as <c>aligned</c> has no publisher.</summary>
    internal async ValueTask ChooseAsync()
    {
        if (_aligned.PublisherCount == 0)
        {
            _cropped ??= _node.CreateSerializedSubscription(Image.MessageType.Interface, Topic("cropped"), Qos, OnCropped);
        }
        else if (_cropped is { } cropped)
        {
            _cropped = null;
            await cropped.DisposeAsync().ConfigureAwait(false);
            _past += Of(cropped);
        }
    }

    /// <summary>What was counted so far.</summary>
    internal Totals Sum()
    {
        var sum = _past + Of(_aligned) with { Pictures = _handover.Statistics };
        return _cropped is { } cropped ? sum + Of(cropped) : sum;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _aligned.DisposeAsync().ConfigureAwait(false);
        if (_cropped is { } cropped) await cropped.DisposeAsync().ConfigureAwait(false);
    }

    [LoggerMessage(35, LogLevel.Warning, "The face '{Face}' is left out: {Reason}")]
    internal static partial void LogBadFace(ILogger logger, string face, string reason);

    private string Topic(string name) => $"{HumansPublisher.Faces}{Id}/{name}";

    private void OnAligned(in ReceivedSample sample, in MessageInfo info) => Offer(_aligned, sample, info);

    private void OnCropped(in ReceivedSample sample, in MessageInfo info)
    {
        // The last one may still come after the choice fell on aligned.
        if (_cropped is { } cropped) Offer(cropped, sample, info);
    }

    private void Offer(Subscription subscription, in ReceivedSample sample, in MessageInfo info)
    {
        var arrival = Stopwatch.GetTimestamp();
        var image = ImageView.Read(sample.Cdr);
        try
        {
            lock (_loading)
            {
                _text.Read(image.Encoding, image.HeaderFrameId);
                _handover.Offer(
                    _text.Encoding, image.Width, image.Height, image.Step, image.IsBigendian != 0, image.Data,
                    PictureText.Nanoseconds(image.HeaderStampSec, image.HeaderStampNanosec), arrival, _text.FrameId);
            }
        }
        catch (ImageFormatException e)
        {
            subscription.Reject(sample.Cdr.Length, info.Publisher, e.Message);
            return;
        }

        _arrived();
    }

    private static Totals Of(Subscription subscription) =>
        new(subscription.ReceivedCount, subscription.BadMessageCount, subscription.LostCount, default);

    /// <summary>Numbers of crops.</summary>
    internal readonly record struct Totals(long Received, long Bad, long Lost, FrameHandover.Counts Pictures)
    {
        public static Totals operator +(Totals left, Totals right) =>
            new(left.Received + right.Received, left.Bad + right.Bad, left.Lost + right.Lost, left.Pictures + right.Pictures);
    }
}
