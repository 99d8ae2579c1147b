namespace ChatMonolith.BuildingBlocks.Realtime;
public sealed class Connection { }
