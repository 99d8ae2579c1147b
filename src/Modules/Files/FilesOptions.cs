using System.ComponentModel.DataAnnotations;

namespace ChatMonolith.Files;

/// <summary>Section <c>Files</c>: what people may store.</summary>
internal sealed class FilesOptions
{
    public const string Section = "Files";

    /// <summary>The largest file, in bytes; 10 GiB.</summary>
    [Range(1, 5L * 1024 * 1024 * 1024 * 1024)]
    public long MaxFileBytes { get; set; } = 10L * 1024 * 1024 * 1024;

    /// <summary>What one person's files, their earlier versions and uploads that go on may have together, in bytes; 50 GiB. 0: no limit.</summary>
    [Range(0, long.MaxValue)]
    public long QuotaBytes { get; set; } = 50L * 1024 * 1024 * 1024;

    /// <summary>How many of them there may be. 0: no limit.</summary>
    [Range(0, int.MaxValue)]
    public int QuotaFiles { get; set; } = 100_000;

    /// <summary>How long an upload on which nothing comes is kept.</summary>
    [Range(1, 24 * 30)]
    public int UploadHours { get; set; } = 24;

    /// <summary>The longest time that a transfer stays open.</summary>
    [Range(1, 24 * 365)]
    public int MaxTransferHours { get; set; } = 24 * 30;

    /// <summary>From what age on bytes without a row are removed; longer than the longest single upload takes.</summary>
    [Range(1, 60 * 24 * 30)]
    public int OrphanMinutes { get; set; } = 24 * 60;

    /// <summary>Whether the server makes thumbnails, where the program for it is installed.</summary>
    public bool Thumbnails { get; set; } = true;
}
