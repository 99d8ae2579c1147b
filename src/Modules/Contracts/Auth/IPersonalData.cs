namespace ChatMonolith.Contracts.Auth;

/// <summary>What a module holds of a person, for the copy of their data that they may ask for.</summary>
public interface IPersonalData
{
    /// <summary>The file's name in the copy, such as <c>messages.json</c>.</summary>
    string File { get; }

    /// <summary>Its items, each of which becomes one element of the file's array. Asked with the person's own rights at that time.</summary>
    IAsyncEnumerable<object> Of(Guid userId, CancellationToken ct);
}

/// <summary>The files of a person whose content the server can read or at least hand back, for the same copy.</summary>
public interface IPersonalFiles
{
    IAsyncEnumerable<PersonalFile> Of(Guid userId, CancellationToken ct);
}

/// <param name="Path">In the copy; without <c>..</c> and control characters.</param>
/// <param name="Open">Null when the bytes are gone.</param>
public sealed record PersonalFile(string Path, Func<CancellationToken, Task<Stream?>> Open);
