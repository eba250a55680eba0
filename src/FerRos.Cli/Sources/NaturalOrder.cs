namespace FerRos.Cli.Sources;

/// <summary>Sorts names as people count: <c>frame9</c> before <c>frame10</c>. Runs of digits compare by value, the rest by code point.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x;
        ReadOnlySpan<char> b = y;
        while (!a.IsEmpty && !b.IsEmpty)
        {
            int order;
            if (char.IsAsciiDigit(a[0]) && char.IsAsciiDigit(b[0]))
            {
                ReadOnlySpan<char> first = TakeNumber(ref a);
                ReadOnlySpan<char> second = TakeNumber(ref b);
                order = first.Length != second.Length ? first.Length.CompareTo(second.Length) : first.SequenceCompareTo(second);
            }
            else
            {
                order = a[0].CompareTo(b[0]);
                a = a[1..];
                b = b[1..];
            }

            if (order != 0)
                return order;
        }

        // 7 and 007 are the same number: the text decides, so that the order is total.
        int length = a.Length.CompareTo(b.Length);
        return length != 0 ? length : string.CompareOrdinal(x, y);
    }

    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> digits = (end < 0 ? text : text[..end]).TrimStart('0');
        text = end < 0 ? [] : text[end..];
        return digits;
    }
}
