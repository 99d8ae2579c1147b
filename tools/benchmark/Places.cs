namespace ChatMonolith.Benchmark;

/// <summary>Numbers all over a log of that length, each time the same (a Weyl sequence).</summary>
internal sealed class Places(long last)
{
    private double place = 0.5;

    public long Next()
    {
        place = (place + 0.6180339887498949) % 1;
        return 1 + (long)(place * (last - 1));
    }
}
