using Xunit;

// The count of live native tensors is one for the process, and libtorch's seed too.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace FerRos.Torch.Tests;

/// <summary>What of libtorch's memory is in use.</summary>
internal static class Memory
{
    /// <summary>Live tensors of the process, once those are gone that tests before this one forgot.</summary>
    public static long LiveTensors()
    {
        Collect();
        return torch.LiveTensorCount;
    }

    /// <summary>The process' memory but for the managed heap, whose size is the garbage collector's choice, in octets.</summary>
    public static long Native()
    {
        Collect();
        return Environment.WorkingSet - GC.GetGCMemoryInfo().TotalCommittedBytes;
    }

    private static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
