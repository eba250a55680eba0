using System.Text;

namespace FerRos.Node;

/// <summary>The texts of a camera's messages. They hardly ever change: strings are made only when they do.</summary>
internal sealed class PictureText
{
    private string _encoding = "";
    private string _frameId = "";

    /// <summary>Encoding of the pixels.</summary>
    internal string Encoding => _encoding;

    /// <summary>The camera's coordinate frame.</summary>
    internal string FrameId => _frameId;

    /// <summary>Takes the texts of a message.</summary>
    internal void Read(ReadOnlySpan<byte> encoding, ReadOnlySpan<byte> frameId)
    {
        Keep(ref _encoding, encoding);
        Keep(ref _frameId, frameId);
    }

    /// <summary>A stamp in nanoseconds.</summary>
    internal static long Nanoseconds(int seconds, uint nanoseconds) => (seconds * 1_000_000_000L) + nanoseconds;

    private static void Keep(ref string current, ReadOnlySpan<byte> utf8)
    {
        Span<char> characters = stackalloc char[256];
        if (utf8.Length <= characters.Length
            && System.Text.Encoding.UTF8.TryGetChars(utf8, characters, out var length)
            && current.AsSpan().SequenceEqual(characters[..length]))
        {
            return;
        }

        current = System.Text.Encoding.UTF8.GetString(utf8);
    }
}
