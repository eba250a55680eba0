namespace FerRos.Perception.Imaging;

/// <summary>Gray from colour: ITU-R BT.601, in eighths of bits (weights over 256).</summary>
internal static class Luma
{
    public const int Red = 77;
    public const int Green = 150;
    public const int Blue = 29;

    private static readonly byte[] Expanded = BuildExpanded();

    /// <summary>Stretches luma of limited range (16..235) to 0..255.</summary>
    public static byte Expand(byte luma) => Expanded[luma];

    private static byte[] BuildExpanded()
    {
        var table = new byte[256];
        for (int i = 0; i < table.Length; i++)
            table[i] = (byte)Math.Clamp(Math.Round((i - 16) * 255.0 / 219.0), 0, 255);
        return table;
    }
}
