namespace ChatMonolith.Contracts.Auth;

/// <summary>What a module holds of a person, for the copy of their data that they may ask for.</summary>
public interface IPersonalData
{
    /// <summary>The file's name in the copy, such as <c>messages.json</c>.</summary>
    string File { get; }

    /// <summary>Its items, each of which becomes one element of the file's array. Asked with the person's own rights at that time.</summary>
    IAsyncEnumerable<object> Of(Guid userId, CancellationToken ct);
}
