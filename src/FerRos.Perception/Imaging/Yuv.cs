using System.Runtime.CompilerServices;

namespace FerRos.Perception.Imaging;

/// <summary>YUV of BT.601 with limited range to red, green, blue, the convention of ROS and OpenCV.</summary>
internal static class Yuv
{
    // R = 1.164 (Y - 16) + 1.596 (V - 128)
    // G = 1.164 (Y - 16) - 0.813 (V - 128) - 0.391 (U - 128)
    // B = 1.164 (Y - 16) + 2.018 (U - 128), in 1/65536.
    private const int Scale = 76_309;
    private const int RedV = 104_597;
    private const int GreenV = 53_279;
    private const int GreenU = 25_675;
    private const int BlueU = 132_201;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToRgb(byte luma, byte u, byte v, Span<byte> rgb)
    {
        int y = (Math.Max(0, luma - 16) * Scale) + 32_768;
        int du = u - 128;
        int dv = v - 128;
        rgb[2] = Clamp((y + (BlueU * du)) >> 16);
        rgb[1] = Clamp((y - (GreenV * dv) - (GreenU * du)) >> 16);
        rgb[0] = Clamp((y + (RedV * dv)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
