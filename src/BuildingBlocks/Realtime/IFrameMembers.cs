using System.Text.Json;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>A reply on the live path that writes its members itself, without reflection.</summary>
public interface IFrameMembers
{
    void WriteMembers(Utf8JsonWriter json);
}
