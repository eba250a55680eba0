using FerRos.Interfaces.HriPrivacyMsgs.Msg;
using FerRos.Ros2;
using FerRos.Ros2.Rcl;
using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>
/// ROS4HRI's notice of personal data, <c>/data_management</c>: who stores what, why and where. It is published once and
/// kept for those who come later.
/// </summary>
internal sealed partial class PrivacyNotice : IAsyncDisposable
{
    /// <summary>Where the notices of all nodes of a robot are.</summary>
    internal const string Topic = "/data_management";

    /// <summary>One database, latched, as hri_face_identification publishes its own.</summary>
    internal static readonly QosProfile Latched = QosProfile.Default with { Depth = 1, Durability = QosDurability.TransientLocal };

    private readonly Publisher<PersonalDataProcessor>? _publisher;
    private readonly RosNode _node;
    private readonly string _directory;
    private bool _learns;

    /// <summary>Publishes the notice.</summary>
    /// <param name="node">The node.</param>
    /// <param name="directory">Folder of the profiles.</param>
    /// <param name="learns">Whether the node may store anything new.</param>
    internal PrivacyNotice(RosNode node, string directory, bool learns)
    {
        (_node, _directory, _learns) = (node, directory, learns);
        try
        {
            _publisher = node.CreatePublisher<PersonalDataProcessor>(Topic, Latched);
        }
        catch (MissingTypeSupportException e)
        {
            LogUnavailable(node.Logger, e.Message);
            return;
        }

        Publish(learns);
    }

    /// <summary>Learning was switched on or off: whoever asks hears how it is now.</summary>
    internal void Apply(bool learns)
    {
        if (learns == _learns) return;
        _learns = learns;
        Publish(learns);
    }

    private void Publish(bool learns)
    {
        if (_publisher is null) return;
        new Outlet(_node.Logger).TryPublish(_publisher, new PersonalDataProcessor
        {
            DataSourceNode = _node.FullName,
            UserFriendlySourceName = "FerRos: facial expressions, adapted to persons",
            DataPurpose = learns
                ? "Numeric features of the faces of persons who were shown to the robot on request, each with its label, and network weights trained on them: to recognise these persons' expressions better. No pictures are stored and nothing leaves this machine."
                : "Network weights and labelled numeric features of faces, stored earlier: to recognise these persons' expressions better. Learning is switched off, nothing new is stored and nothing leaves this machine.",
            Path = _directory,
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_publisher is { } publisher) await publisher.DisposeAsync().ConfigureAwait(false);
    }

    [LoggerMessage(38, LogLevel.Information, "The notice of personal data is not on /data_management: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string reason);
}
