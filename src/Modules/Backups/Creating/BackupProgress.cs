namespace ChatMonolith.Backups.Creating;

/// <param name="Step">What is being done: <c>snapshot</c>, <c>database</c>, <c>files</c>, <c>publish</c>, <c>prune</c>, <c>check</c>, <c>restore</c>.</param>
/// <param name="Done">Bytes of plaintext, or of the store's objects where they are checked.</param>
/// <param name="Total">As far as it is known; 0 before.</param>
internal sealed record BackupProgress(string Step, long Done, long Total);
