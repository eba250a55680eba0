using System.Numerics;
using System.Security.Cryptography;

namespace FerRos.Perception;

/// <summary>
/// Makes face ids in ROS4HRI's style: the letter <c>f</c> and four random letters or digits, for example
/// <c>f3k9a</c>. An id never comes twice from one generator. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The ids are a pseudo-random permutation of all 36^4 combinations (a Feistel network walked until it falls into
/// range), so that uniqueness needs no memory of past ids. After 1,679,616 faces a fifth character is added.
/// </remarks>
public sealed class FaceIdGenerator
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const uint Combinations = 36 * 36 * 36 * 36;

    // 2^22 is the smallest even power of two above 36^4: two halves of 11 bits.
    private const int HalfBits = 11;
    private const uint HalfMask = (1u << HalfBits) - 1;

    private readonly uint _seed;
    private long _next = -1;

    /// <summary>Creates a generator.</summary>
    /// <param name="seed">The same seed gives the same ids; null draws one at random.</param>
    public FaceIdGenerator(int? seed = null) => _seed = (uint)(seed ?? RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>The generator of this process: ids from it never repeat while the process runs.</summary>
    public static FaceIdGenerator Shared { get; } = new();

    /// <summary>The next id.</summary>
    public string Next()
    {
        long number = Interlocked.Increment(ref _next);
        long round = number / Combinations;
        uint value = Permute((uint)(number % Combinations));
        Span<char> id = stackalloc char[16];
        int length = 0;
        id[length++] = 'f';
        for (int i = 0; i < 4; i++)
        {
            id[length++] = Alphabet[(int)(value % 36)];
            value /= 36;
        }

        for (; round > 0; round /= 36)
            id[length++] = Alphabet[(int)(round % 36)];
        return new string(id[..length]);
    }

    private uint Permute(uint value)
    {
        do
        {
            uint left = value >> HalfBits;
            uint right = value & HalfMask;
            for (uint round = 0; round < 4; round++)
                (left, right) = (right, left ^ Mix(right, round));
            value = (left << HalfBits) | right;
        }
        while (value >= Combinations);
        return value;
    }

    private uint Mix(uint half, uint round)
    {
        uint x = (half + (round * 0x9E3779B9u)) ^ _seed;
        x = (x ^ (x >> 16)) * 0x7FEB352Du;
        x = (x ^ (x >> 15)) * 0x846CA68Bu;
        x ^= BitOperations.RotateRight(x, 16);
        return x & HalfMask;
    }
}
