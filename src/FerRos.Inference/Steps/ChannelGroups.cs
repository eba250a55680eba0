namespace FerRos.Inference;

/// <summary>Blocks of output channels that one kernel computes together.</summary>
/// <param name="First">The first block.</param>
/// <param name="Count">1, 2 or 4 blocks.</param>
internal readonly record struct ChannelGroup(int First, int Count)
{
    /// <summary>Pairs as far as possible, then a single block.</summary>
    /// <param name="blocks">Blocks in all.</param>
    /// <param name="largest">Most blocks of a group.</param>
    public static ChannelGroup[] Cut(int blocks, int largest)
    {
        var groups = new List<ChannelGroup>();
        for (var first = 0; first < blocks;)
        {
            var count = largest;
            while (count > blocks - first)
                count /= 2;
            groups.Add(new ChannelGroup(first, count));
            first += count;
        }

        return [.. groups];
    }
}

/// <summary>Limits that an activation sets.</summary>
internal readonly record struct Limits(float Low, float High)
{
    /// <summary>The limits of an activation that is nothing but limits; null for others.</summary>
    public static Limits? Of(Networks.Activation activation) => activation switch
    {
        Networks.Activation.Linear => new Limits(float.NegativeInfinity, float.PositiveInfinity),
        Networks.Activation.Relu => new Limits(0, float.PositiveInfinity),
        Networks.Activation.Relu6 => new Limits(0, 6),
        _ => null,
    };
}
