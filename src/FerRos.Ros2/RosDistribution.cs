namespace FerRos.Ros2;

/// <summary>The ROS 2 distribution of the peers, where the wire differs between distributions.</summary>
public enum RosDistribution
{
    /// <summary>Jazzy, Kilted, Lyrical and whatever keeps their formats.</summary>
    JazzyOrLater,

    /// <summary>Humble: endpoint identifiers in <c>ros_discovery_info</c> are 24 bytes, and there are no type hashes.</summary>
    Humble,
}
