using System.Globalization;
using FerRos.Ros2.Dds.Interop;
using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Dds;

/// <summary>Cyclone's domains of this process: one configuration each, shared by all participants in it.</summary>
internal static class DdsDomain
{
    private const string ReceiveBufferLimit = "/proc/sys/net/core/rmem_max";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Shared> Domains = [];

    /// <summary>Enters the domain; the first one in configures it.</summary>
    public static DdsDomainLease Enter(DdsConfiguration configuration, ILogger logger)
    {
        lock (Gate)
        {
            if (!Domains.TryGetValue(configuration.DomainId, out Shared? shared))
            {
                CheckReceiveBuffer(logger);
                TypeLookupGuard.Apply(logger);
                string suffix = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}_{configuration.DomainId}_{Guid.NewGuid():N}");
                DdsEntity entity = DdsEntity.Own(
                    Ddsc.dds_create_domain((uint)configuration.DomainId, configuration.ToXml(suffix)),
                    $"configure domain {configuration.DomainId}" + (configuration.UserConfiguration.Length > 0 ? $" (check CYCLONEDDS_URI: '{configuration.UserConfiguration}')" : ""));
                shared = new Shared(entity);
                Domains.Add(configuration.DomainId, shared);
            }

            shared.Users++;
            return new DdsDomainLease(configuration.DomainId, shared.Entity);
        }
    }

    internal static void Leave(int domainId)
    {
        lock (Gate)
        {
            Shared shared = Domains[domainId];
            if (--shared.Users > 0)
                return;
            Domains.Remove(domainId);
            shared.Entity.Dispose();
        }
    }

    private static void CheckReceiveBuffer(ILogger logger)
    {
        try
        {
            // Not visible in every container; then there is nothing to say.
            if (long.TryParse(File.ReadAllText(ReceiveBufferLimit), CultureInfo.InvariantCulture, out long limit) && limit < DdsConfiguration.ReceiveBufferSize)
                DdsLog.ReceiveBufferTooSmall(logger, limit, DdsConfiguration.ReceiveBufferSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    private sealed class Shared(DdsEntity entity)
    {
        public DdsEntity Entity { get; } = entity;

        public int Users { get; set; }
    }
}

/// <summary>The use of a domain by one participant.</summary>
internal sealed class DdsDomainLease(int domainId, DdsEntity entity) : IDisposable
{
    private int _disposed;

    /// <summary>The domain.</summary>
    public DdsEntity Entity { get; } = entity;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            DdsDomain.Leave(domainId);
    }
}
