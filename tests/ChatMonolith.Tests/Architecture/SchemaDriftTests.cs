using ChatMonolith.Tests.Harness;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Tests.Architecture;

/// <summary>Migrations are written by hand; here it is proven that they yield exactly the model, on both databases.</summary>
public class SchemaDriftTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task The_migrations_yield_exactly_the_schema_of_the_model(Engine engine)
    {
        await using var migrated = await BuiltServer.Compose(engine);
        await migrated.Migrate();
        await using var modelled = await BuiltServer.Compose(engine);
        foreach (var database in modelled.Databases)
        {
            await using var context = database.Create();
            await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
        }

        var fromMigrations = await SchemaReader.Describe(migrated.Database);
        var fromModel = await SchemaReader.Describe(modelled.Database);
        var onlyMigrations = fromMigrations.Except(fromModel, StringComparer.Ordinal).Select(l => "only by the migrations: " + l);
        var onlyModel = fromModel.Except(fromMigrations, StringComparer.Ordinal).Select(l => "only by the model: " + l);
        onlyMigrations.Concat(onlyModel).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task Migrating_twice_changes_nothing(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        var once = await SchemaReader.Describe(server.Database);
        await server.Migrate();
        (await SchemaReader.Describe(server.Database)).ShouldBe(once);
    }
}
