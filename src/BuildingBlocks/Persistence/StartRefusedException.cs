namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>The server cannot start; the message is the one clear line that the operator sees.</summary>
public sealed class StartRefusedException : Exception
{
    public StartRefusedException(string message)
        : base(message)
    {
    }

    public StartRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public StartRefusedException()
    {
    }
}
