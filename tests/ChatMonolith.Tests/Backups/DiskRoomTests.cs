using ChatMonolith.Backups.Format;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Backups;

/// <summary>The disk that people's messages go to is not filled by a copy.</summary>
public sealed class DiskRoomTests
{
    [Fact]
    public void A_copy_that_would_fill_the_disk_is_refused_in_one_line()
    {
        using var folders = new TemporaryFolder();
        Should.NotThrow(() => DiskRoom.Require(folders.Root, 0, "A copy"));
        var refusal = Should.Throw<BackupRefusedException>(() => DiskRoom.Require(folders.Root, new DriveInfo(folders.Root).AvailableFreeSpace, "A copy")).Message;
        refusal.ShouldStartWith("A copy takes ");
        refusal.ShouldContain(folders.Root);
        refusal.ShouldNotContain('\n');
        Should.Throw<BackupRefusedException>(() => DiskRoom.Require(folders.Root, long.MaxValue, "A copy"));
    }
}
