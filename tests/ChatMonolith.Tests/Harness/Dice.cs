using System.Globalization;
using System.Security.Cryptography;

namespace ChatMonolith.Tests.Harness;

/// <summary>
/// Repeatable randomness (SplitMix64, Steele, Lea and Flood 2014). The seed is printed with a failure; <c>CHAT_SEED</c> repeats the run.
/// </summary>
public sealed class Dice(ulong seed)
{
    private ulong state = seed;

    public ulong Seed { get; } = seed;

    /// <summary>Seeded by <c>CHAT_SEED</c>, else anew each run.</summary>
    public static Dice FromEnvironment() =>
        new(ulong.TryParse(Environment.GetEnvironmentVariable("CHAT_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));

    /// <summary>From 0 to below <paramref name="bound"/>.</summary>
    public int Next(int bound) => (int)(NextBits() % (ulong)bound);

    public bool OneIn(int n) => Next(n) == 0;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    public ulong NextBits()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>An independent sequence, for one of several parallel actors.</summary>
    public Dice Fork() => new(NextBits());
}
