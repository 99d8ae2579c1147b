using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Auth.Leaving;

/// <summary>Where copies lie until they are fetched: in the data folder, for its owner alone.</summary>
internal sealed class ExportFiles(DataFolder folder)
{
    public string PathOf(Guid exportId) => Path.Combine(Root, exportId.ToString("N") + ".zip");

    public string NewPathOf(Guid exportId) => PathOf(exportId) + ".new";

    public void EnsureFolder() => Directory.CreateDirectory(Root);

    public void Remove(Guid exportId)
    {
        File.Delete(PathOf(exportId));
        File.Delete(NewPathOf(exportId));
    }

    private string Root => folder.File("exports");
}
