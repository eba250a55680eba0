using FerRos.Interfaces.HriMsgs.Msg;
using FerRos.Perception;
using FerRos.Ros2;
using FerRos.Ros2.Rcl;
using Microsoft.Extensions.Logging;
using Header = FerRos.Interfaces.StdMsgs.Msg.Header;
using Image = FerRos.Interfaces.SensorMsgs.Msg.Image;

namespace FerRos.Node;

/// <summary>
/// ROS4HRI's topics of faces (REP-155): the list of those that are tracked, and for each its region, crops and expression.
/// Everything carries stamp and frame of the source picture. Crops are made only while someone listens. Used by the
/// perception thread; allocates only when faces come and go.
/// </summary>
internal sealed partial class HumansPublisher : IAsyncDisposable
{
    /// <summary>Where faces live.</summary>
    internal const string Faces = "/humans/faces/";

    /// <summary>What hri_face_detect offers and libhri asks for: reliable, the newest only.</summary>
    internal static readonly QosProfile Newest = QosProfile.Default with { Depth = 1 };

    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(300);

    private readonly RosNode _node;
    private readonly bool _ownFaces;
    private readonly QosProfile _trackedQos;
    private readonly Outlet _outlet;
    private readonly Dictionary<string, HumansFace> _faces = new(StringComparer.Ordinal);
    private readonly List<HumansFace> _gone = [];
    private readonly HashSet<string> _badIds = new(StringComparer.Ordinal);
    private readonly IdsList _list = new();
    private readonly HumansFace.Messages _messages;
    private Publisher<IdsList>? _tracked;
    private Task _leaving = Task.CompletedTask;
    private int _generation;
    private bool _unavailable;

    /// <summary>Prepares; the topics appear with the first picture.</summary>
    /// <param name="node">The node.</param>
    /// <param name="options">Size of the crops.</param>
    /// <param name="statistics">Counts the crops.</param>
    /// <param name="ownFaces">Whether this node finds the faces; otherwise another does, and only their expressions are published.</param>
    internal HumansPublisher(RosNode node, HumansOptions options, NodeStatistics statistics, bool ownFaces)
    {
        _node = node;
        _ownFaces = ownFaces;
        _outlet = new Outlet(node.Logger);
        _messages = new HumansFace.Messages(options.FaceWidth, options.FaceHeight, statistics);
        _trackedQos = ownFaces ? QosOverrides.ForPublisher(node, Faces + "tracked", Newest) : Newest;
    }

    /// <summary>Publishes what a picture shows.</summary>
    /// <param name="result">What was seen.</param>
    /// <param name="frame">The picture; null: there is none to cut crops from.</param>
    /// <param name="aligner">Cuts the crops; null: none are cut.</param>
    internal void Publish(PerceptionResult result, ImageFrame? frame, FaceAligner? aligner)
    {
        if (_unavailable || !TryOpen()) return;
        _generation++;
        if (_ownFaces)
        {
            foreach (var id in result.TrackedIds) Touch(id);
        }

        foreach (var face in result.Faces)
        {
            if (Touch(face.FaceId) is { } outlet) outlet.Publish(face, result, frame, aligner, _messages, _outlet);
        }

        if (!_ownFaces) return;
        Retire();
        SetHeader(_list.Header, result);
        _list.Ids.Clear();
        foreach (var id in result.TrackedIds) _list.Ids.Add(id);
        _outlet.TryPublish(_tracked!, _list);
    }

    /// <summary>Another detector's face has gone.</summary>
    internal void Remove(string id)
    {
        if (!_faces.Remove(id, out var face)) return;
        Leave(face);
    }

    /// <summary>Publishes that no face is tracked any more, and takes the topics out of the graph.</summary>
    internal async ValueTask WithdrawAsync()
    {
        if (_tracked is { } tracked)
        {
            _list.Ids.Clear();
            if (_outlet.TryPublish(tracked, _list)) tracked.WaitForAcknowledgements(DrainTime);
            await tracked.DisposeAsync().ConfigureAwait(false);
        }

        _tracked = null;
        foreach (var face in _faces.Values) await face.DisposeAsync().ConfigureAwait(false);
        _faces.Clear();
        await _leaving.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => WithdrawAsync();

    internal static void SetHeader(Header header, PerceptionResult result)
    {
        new RosTime(result.Stamp).WriteTo(header.Stamp);
        header.FrameId = result.FrameId;
    }

    private bool TryOpen()
    {
        if (!_ownFaces || _tracked is not null) return true;
        try
        {
            _tracked = _node.CreatePublisher<IdsList>(Faces + "tracked", _trackedQos);
            return true;
        }
        catch (MissingTypeSupportException e)
        {
            Refuse(e.Message);
            return false;
        }
    }

    /// <summary>The face's topics, made when its id appears; null where they cannot be.</summary>
    private HumansFace? Touch(string id)
    {
        if (!_faces.TryGetValue(id, out var face))
        {
            if (_unavailable || _badIds.Contains(id)) return null;
            try
            {
                face = new HumansFace(_node, id, _ownFaces);
            }
            catch (MissingTypeSupportException e)
            {
                Refuse(e.Message);
                return null;
            }
            catch (Exception e) when (e is InvalidNameException or MiddlewareException)
            {
                if (_badIds.Count < FaceTracker.Capacity && _badIds.Add(id)) LogBadFace(_node.Logger, id, e.Message);
                return null;
            }

            _faces.Add(id, face);
        }

        face.Generation = _generation;
        return face;
    }

    private void Retire()
    {
        foreach (var face in _faces.Values)
        {
            if (face.Generation != _generation) _gone.Add(face);
        }

        foreach (var face in _gone)
        {
            _faces.Remove(face.Id);
            Leave(face);
        }

        _gone.Clear();
    }

    private void Leave(HumansFace face)
    {
        var before = _leaving;
        // Taking topics out of the graph may wait for the middleware's threads; the camera loop must not.
        _leaving = Task.Run(async () =>
        {
            await before.ConfigureAwait(false);
            await face.DisposeAsync().ConfigureAwait(false);
        });
    }

    private void Refuse(string reason)
    {
        _unavailable = true;
        LogUnavailable(_node.Logger, reason);
    }

    [LoggerMessage(32, LogLevel.Warning, "The ROS4HRI topics are not published: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string reason);

    [LoggerMessage(33, LogLevel.Warning, "The face {Face} has no topics: {Reason}")]
    private static partial void LogBadFace(ILogger logger, string face, string reason);
}
