using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>The base of each module's context: ids as big-endian bytes on SQLite and <c>uuid</c> on PostgreSQL.</summary>
public abstract class ModuleDbContext(DbContextOptions options) : DbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        if (Database.IsSqlite())
        {
            configurationBuilder.Properties<Guid>().HaveConversion<BigEndianGuid>();
        }
    }

    private sealed class BigEndianGuid() : ValueConverter<Guid, byte[]>(id => id.ToByteArray(true), bytes => new Guid(bytes, true));
}
