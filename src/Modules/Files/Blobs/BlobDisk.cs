using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Files.Blobs;

/// <summary>
/// The disk of the blobs may be another one than the database's: that it is full ends one upload, and does not spend what is kept in
/// reserve for messages. Where it is the same disk, the reserve finds that out by itself.
/// </summary>
internal static class BlobDisk
{
    public static bool IsFull(IOException e) => DatabaseFailures.Classify(e)?.Code == ErrorCodes.InsufficientStorage;
}
