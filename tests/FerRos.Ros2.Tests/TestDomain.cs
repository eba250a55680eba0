using System.Net;
using System.Net.Sockets;

namespace FerRos.Ros2.Tests;

/// <summary>
/// ROS domains of the tests' own. Two runs on one machine, or two test classes at a time, must not meet in a domain: they
/// have nodes and topics of the same names. Who has a domain holds the TCP port whose number is that of the domain's first
/// port, of which DDS uses the UDP side only; the system lets it go with the process.
/// </summary>
internal static class TestDomain
{
    // RTPS: 7400 + 250 a domain. All below the ports that the system gives away by itself.
    private const int FirstPort = 7400;
    private const int PortsPerDomain = 250;

    // 0 is everybody's; tests of other projects name domains from 43 on.
    private const int First = 1;
    private const int Count = 42;

    private static readonly List<TcpListener> Held = [];

    /// <summary>A domain that nobody else takes while this process lives.</summary>
    public static int Take()
    {
        int start = Random.Shared.Next(Count);
        for (int i = 0; i < Count; i++)
        {
            int domain = First + ((start + i) % Count);
            var listener = new TcpListener(IPAddress.Loopback, FirstPort + (domain * PortsPerDomain));
            try
            {
                listener.Start();
            }
            catch (SocketException)
            {
                listener.Dispose();
                continue;
            }

            lock (Held)
                Held.Add(listener);
            return domain;
        }

        throw new InvalidOperationException($"All ROS domains from {First} to {First + Count - 1} are in use by other tests.");
    }
}
