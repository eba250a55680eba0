using System.Runtime.InteropServices;
using System.Text;
using FerRos.Ros2.Dds.Interop;

namespace FerRos.Ros2.Dds;

/// <summary>A native QoS object, and the mapping from and to ROS's profiles.</summary>
internal sealed unsafe class DdsQos : SafeHandle
{
    /// <summary>
    /// How long a reliable writer waits for room, where rmw_cyclonedds waits without end: a peer that is stopped in a
    /// debugger must delay a camera, or the end of the program, by this much at most. Healthy peers need milliseconds.
    /// </summary>
    public static readonly TimeSpan MaxBlockingTime = TimeSpan.FromSeconds(1);

    // "Keep all" without a bound lets one slow handler eat all memory; with one, reliable writers are held back.
    private const int KeepAllSamples = 4096;

    private const int NativeBestEffort = 0;
    private const int NativeReliable = 1;
    private const int NativeVolatile = 0;
    private const int NativeTransientLocal = 1;
    private const int NativeKeepLast = 0;
    private const int NativeKeepAll = 1;
    private const int NativeAutomatic = 0;
    private const int NativeManualByTopic = 2;

    /// <summary>Creates QoS in which nothing is set.</summary>
    public DdsQos()
        : base(0, ownsHandle: true)
    {
        SetHandle(Ddsc.dds_create_qos());
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer for native calls.</summary>
    public nint Pointer => handle;

    /// <summary>QoS with nothing but user data.</summary>
    public static DdsQos ForParticipant(string userData)
    {
        var qos = new DdsQos();
        qos.SetUserData(userData);
        return qos;
    }

    /// <summary>QoS of a reader of a builtin topic or of discovery data: everything that there is.</summary>
    public static DdsQos ForDiscovery(bool ignoreLocal)
    {
        var qos = new DdsQos();
        Ddsc.dds_qset_reliability(qos.handle, NativeReliable, Ddsc.Infinity);
        Ddsc.dds_qset_durability(qos.handle, NativeTransientLocal);
        Ddsc.dds_qset_history(qos.handle, NativeKeepAll, 1);
        if (ignoreLocal)
            Ddsc.dds_qset_ignorelocal(qos.handle, 1);
        return qos;
    }

    /// <summary>QoS of an endpoint.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public static DdsQos ForEndpoint(QosProfile profile, string userData)
    {
        if (profile.History == QosHistory.KeepLast && profile.Depth < 1)
            throw new ArgumentException($"QoS depth is {profile.Depth}; it must be at least 1.", nameof(profile));

        var qos = new DdsQos();
        int history = profile.History == QosHistory.KeepAll ? NativeKeepAll : NativeKeepLast;
        Ddsc.dds_qset_history(qos.handle, history, Math.Max(profile.Depth, 1));
        if (history == NativeKeepAll)
            Ddsc.dds_qset_resource_limits(qos.handle, KeepAllSamples, Ddsc.Unlimited, Ddsc.Unlimited);
        Ddsc.dds_qset_reliability(
            qos.handle,
            profile.Reliability == QosReliability.Reliable ? NativeReliable : NativeBestEffort,
            Nanoseconds(MaxBlockingTime));
        if (profile.Durability == QosDurability.TransientLocal)
        {
            Ddsc.dds_qset_durability(qos.handle, NativeTransientLocal);
            Ddsc.dds_qset_durability_service(
                qos.handle,
                0,
                history,
                Math.Max(profile.Depth, 1),
                history == NativeKeepAll ? KeepAllSamples : Ddsc.Unlimited,
                Ddsc.Unlimited,
                Ddsc.Unlimited);
        }
        else
        {
            Ddsc.dds_qset_durability(qos.handle, NativeVolatile);
        }

        Ddsc.dds_qset_deadline(qos.handle, Nanoseconds(profile.Deadline));
        Ddsc.dds_qset_lifespan(qos.handle, Nanoseconds(profile.Lifespan));
        Ddsc.dds_qset_liveliness(
            qos.handle,
            profile.Liveliness == QosLiveliness.ManualByTopic ? NativeManualByTopic : NativeAutomatic,
            Nanoseconds(profile.LivelinessLease));

        // A publisher that goes must not look like one that withdraws its data.
        Ddsc.dds_qset_writer_data_lifecycle(qos.handle, autodispose: false);
        qos.SetUserData(userData);
        return qos;
    }

    /// <summary>The ROS profile that discovery data tell. History is not told by every peer.</summary>
    public static QosProfile Read(nint qos)
    {
        int kind, depth;
        long time;
        var profile = new QosProfile();
        if (Ddsc.dds_qget_history(qos, &kind, &depth) != 0)
            profile = profile with { History = kind == NativeKeepAll ? QosHistory.KeepAll : QosHistory.KeepLast, Depth = Math.Max(depth, 1) };
        if (Ddsc.dds_qget_reliability(qos, &kind, &time) != 0)
            profile = profile with { Reliability = kind == NativeReliable ? QosReliability.Reliable : QosReliability.BestEffort };
        if (Ddsc.dds_qget_durability(qos, &kind) != 0)
            profile = profile with { Durability = kind == NativeVolatile ? QosDurability.Volatile : QosDurability.TransientLocal };
        if (Ddsc.dds_qget_deadline(qos, &time) != 0)
            profile = profile with { Deadline = Duration(time) };
        if (Ddsc.dds_qget_lifespan(qos, &time) != 0)
            profile = profile with { Lifespan = Duration(time) };
        if (Ddsc.dds_qget_liveliness(qos, &kind, &time) != 0)
        {
            profile = profile with
            {
                Liveliness = kind == NativeManualByTopic ? QosLiveliness.ManualByTopic : QosLiveliness.Automatic,
                LivelinessLease = Duration(time),
            };
        }

        return profile;
    }

    /// <summary>The value of a <c>key=value;</c> entry of the user data; empty when there is none.</summary>
    public static string ReadUserData(nint qos, string key)
    {
        if (qos == 0)
            return "";
        void* value = null;
        nuint size = 0;
        if (Ddsc.dds_qget_userdata(qos, &value, &size) == 0 || value == null)
            return "";
        try
        {
            return FindKey(new ReadOnlySpan<byte>(value, checked((int)size)), key);
        }
        finally
        {
            Ddsc.dds_free(value);
        }
    }

    internal static string FindKey(ReadOnlySpan<byte> userData, string key)
    {
        foreach (Range range in userData.Split((byte)';'))
        {
            ReadOnlySpan<byte> entry = userData[range];
            int equals = entry.IndexOf((byte)'=');
            if (equals >= 0 && Encoding.UTF8.GetString(entry[..equals]) == key)
                return Encoding.UTF8.GetString(entry[(equals + 1)..]);
        }

        return "";
    }

    /// <summary>Name of a policy as ROS writes it in its warnings.</summary>
    public static string PolicyName(uint id) => id switch
    {
        2 => "DURABILITY",
        4 => "DEADLINE",
        8 => "LIVELINESS",
        11 => "RELIABILITY",
        13 => "HISTORY",
        21 => "LIFESPAN",
        25 => "DATA_REPRESENTATION",
        _ => $"INVALID ({id})",
    };

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Ddsc.dds_delete_qos(handle);
        return true;
    }

    private static long Nanoseconds(TimeSpan time) => time == Timeout.InfiniteTimeSpan || time.Ticks >= Ddsc.Infinity / 100
        ? Ddsc.Infinity
        : time.Ticks > 0 ? time.Ticks * 100 : throw new ArgumentException($"A QoS duration is {time}; it must be positive, or Timeout.InfiniteTimeSpan.", nameof(time));

    private static TimeSpan Duration(long nanoseconds) =>
        nanoseconds == Ddsc.Infinity ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(nanoseconds / 100);

    private void SetUserData(string userData)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(userData);
        fixed (byte* p = bytes)
            Ddsc.dds_qset_userdata(handle, p, (nuint)bytes.Length);
    }
}
