using System.Diagnostics;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Node;

/// <summary>Publishes estimates on <c>~/affect</c> and keeps the statistics. Used by the perception thread; allocates nothing per picture once warm.</summary>
internal sealed class AffectOutput(Publisher<FaceAffectArray> publisher, PersonBindings bindings, FacesInView view, PersonLearning? learning, PictureGate gate, NodeStatistics statistics, RosNode node)
{
    private readonly FaceAffectArray _message = new();
    private readonly List<FaceAffect> _spare = [];
    private readonly Outlet _outlet = new(node.Logger);

    internal NodeStatistics Statistics => statistics;

    /// <summary>Is told before a picture is looked at.</summary>
    /// <param name="stamp">The picture's stamp in nanoseconds.</param>
    internal void Begin(long stamp)
    {
        gate.Enter();
        view.Begin(stamp);
    }

    /// <summary>Is told when all of a picture's topics are published.</summary>
    internal void End() => gate.Leave();

    /// <summary>Publishes what a picture shows.</summary>
    internal void Publish(PerceptionResult result)
    {
        // First, so that a face that has left is nobody's before anything is said of it.
        view.Update(result);
        learning?.Observe(result);
        AffectMessages.Fill(_message, result, bindings, _spare);
        AffectMessages.Set(_message.Latency, Stopwatch.GetElapsedTime(result.Arrival));
        _outlet.TryPublish(publisher, _message);
        statistics.Record(result, Stopwatch.GetElapsedTime(result.Arrival));

        var now = node.Clock.Now;
        // Simulated time before the first message on /clock says nothing about a picture.
        if (now.Nanoseconds > 0) statistics.RecordAge(now - new RosTime(result.Stamp), result.Stamp == 0);
    }
}
