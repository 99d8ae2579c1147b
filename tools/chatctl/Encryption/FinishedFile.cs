namespace ChatMonolith.Chatctl.Encryption;

/// <summary>
/// A file that has its name only when it is whole: it is written beside it under another, readable by its owner alone, made durable, and
/// then renamed. Whatever goes wrong before, nothing is left.
/// </summary>
internal sealed class FinishedFile : IAsyncDisposable
{
    private const int NoBuffer = 0;
    private readonly string path;
    private readonly string temporary;
    private readonly bool replaces;
    private bool isFinished;

    private FinishedFile(string path, string temporary, bool replaces, FileStream stream)
    {
        this.path = path;
        this.temporary = temporary;
        this.replaces = replaces;
        Stream = stream;
    }

    public FileStream Stream { get; }

    /// <exception cref="RefusedException">There is such a file already, or it cannot be written there.</exception>
    public static FinishedFile Create(string path, bool replaces)
    {
        var full = Path.GetFullPath(path);
        if (!replaces && Path.Exists(full))
        {
            throw new RefusedException($"{path} is there already. Name another with --output, or give --force.");
        }

        var hidden = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)[..Math.Min(40, Path.GetFileName(full).Length)]}.{Guid.CreateVersion7():N}.part");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = NoBuffer, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            return new FinishedFile(full, hidden, replaces, new FileStream(hidden, options));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"{path} cannot be written: {e.Message}");
        }
    }

    public async Task Finish()
    {
        await Stream.FlushAsync();
        Stream.Flush(flushToDisk: true);
        await Stream.DisposeAsync();
        File.Move(temporary, path, replaces);
        isFinished = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!isFinished)
        {
            await Stream.DisposeAsync();
            File.Delete(temporary);
        }
    }
}
