using FerRos.Ros2.Dds.Interop;
using FerRos.Ros2.Middleware;
using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Dds;

/// <summary>What all endpoints of one middleware instance share.</summary>
internal sealed class DdsParticipant : IDisposable
{
    private readonly DdsDomainLease _domain;
    private uint _lastServiceId;

    public DdsParticipant(DdsConfiguration configuration, MiddlewareOptions options)
    {
        Logger = options.Logger;
        Distribution = options.Distribution;
        _domain = DdsDomain.Enter(configuration, options.Logger);
        try
        {
            using DdsQos qos = DdsQos.ForParticipant($"enclave={options.Enclave};");
            Entity = DdsEntity.Own(
                Ddsc.dds_create_participant((uint)configuration.DomainId, qos.Pointer, 0),
                $"join domain {configuration.DomainId}",
                _domain.Entity);
            Gid = Entity.GetGid();
            Types = new SertypeTable(Entity);
            Waiter = new DdsWaiter(Entity, $"dds-{configuration.DomainId}", options.Logger);
            Graph = new DdsGraph(this);
            Waiter.Start();
        }
        catch
        {
            Graph?.Dispose();
            Waiter?.Dispose();
            Types?.Dispose();
            Entity?.Dispose();
            _domain.Dispose();
            throw;
        }
    }

    public ILogger Logger { get; }

    public RosDistribution Distribution { get; }

    public DdsEntity Entity { get; }

    public Gid Gid { get; }

    public SertypeTable Types { get; }

    public DdsWaiter Waiter { get; }

    public DdsGraph Graph { get; }

    /// <summary>
    /// An identifier for a client or a service, as rmw_cyclonedds makes it: the participant's GUID with a counter in the
    /// place of the entity. Its text form ties a request endpoint to its response endpoint.
    /// </summary>
    public string NextServiceId()
    {
        Span<byte> id = stackalloc byte[Gid.Size];
        Gid.Write(id);
        BitConverter.TryWriteBytes(id[12..], Interlocked.Increment(ref _lastServiceId));
        return string.Join('.', id.ToArray().Select(static b => b.ToString("x", System.Globalization.CultureInfo.InvariantCulture)));
    }

    public void Dispose()
    {
        Waiter.Dispose();
        Graph.Dispose();
        Types.Dispose();
        Entity.Dispose();
        _domain.Dispose();
    }
}
