using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Node;

/// <summary>ROS4HRI's topics while the parameter says so: made and withdrawn between two pictures. Used by the perception thread.</summary>
/// <param name="node">The node.</param>
/// <param name="statistics">Where crops are counted.</param>
/// <param name="ownFaces">Whether the faces are found here, and not by another node.</param>
internal sealed class HumansOutlet(RosNode node, NodeStatistics statistics, bool ownFaces) : IAsyncDisposable
{
    private HumansPublisher? _publisher;

    /// <summary>Begins or ends publishing.</summary>
    internal void Apply(HumansOptions options)
    {
        if (options.Publish && _publisher is null)
        {
            _publisher = new HumansPublisher(node, options, statistics, ownFaces);
        }
        else if (!options.Publish && _publisher is { } publisher)
        {
            _publisher = null;
            publisher.WithdrawAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc cref="HumansPublisher.Publish"/>
    internal void Publish(PerceptionResult result, ImageFrame? frame, FaceAligner? aligner) => _publisher?.Publish(result, frame, aligner);

    /// <inheritdoc cref="HumansPublisher.Remove"/>
    internal void Remove(string id) => _publisher?.Remove(id);

    /// <summary>Takes the topics out of the graph; the thread has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_publisher is { } publisher) await publisher.DisposeAsync().ConfigureAwait(false);
        _publisher = null;
    }
}
