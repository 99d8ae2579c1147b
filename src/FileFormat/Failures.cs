namespace ChatMonolith.FileFormat;

/// <summary>
/// The one error of a file that does not open: a wrong key, a bad tag, a cut, a swap, a header that is not one. Which of them it was is
/// not told, since that would answer questions about the key.
/// </summary>
public sealed class DamagedFileException : Exception
{
    public DamagedFileException()
        : base("This file is damaged or not for this key.")
    {
    }
}

/// <summary>The file names a version, suite, chunk size or flag that this program does not know; told before anything else is looked at.</summary>
public sealed class NewerVersionException : Exception
{
    public NewerVersionException()
        : base("This file was made by a newer version.")
    {
    }
}
