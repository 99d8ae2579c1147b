using System.Reflection;
using System.Text.RegularExpressions;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Host;
using ChatMonolith.Tests.Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Tests.Architecture;

/// <summary>Each module owns its tables and nothing else.</summary>
public partial class PersistenceTests
{
    /// <summary>Texts that the server makes from bounded ones; what they need varies, and nobody can send them.</summary>
    private static readonly string[] MadeByTheServer = ["MessageRow.Html", "UserLogRow.Payload"];

    [Fact]
    public async Task A_module_maps_only_tables_with_its_own_prefix()
    {
        await foreach (var (prefix, model) in Models())
        {
            model.GetEntityTypes().Select(t => t.GetTableName()!).ShouldAllBe(name => name.StartsWith(prefix, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Tables_and_columns_are_in_snake_case()
    {
        await foreach (var (_, model) in Models())
        {
            var names = model.GetRelationalModel().Tables.SelectMany(t => t.Columns.Select(c => c.Name).Prepend(t.Name));
            names.Where(name => !SnakeCase().IsMatch(name)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Every_text_column_is_bounded()
    {
        await foreach (var (_, model) in Models())
        {
            var unbounded = model.GetEntityTypes().SelectMany(t => t.GetProperties())
                .Where(p => p.ClrType == typeof(string) && p.GetMaxLength() is null)
                .Select(p => $"{p.DeclaringType.DisplayName()}.{p.Name}")
                .Except(MadeByTheServer, StringComparer.Ordinal);
            unbounded.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Every_module_with_tables_has_migrations_named_by_time_and_purpose()
    {
        await using var server = await BuiltServer.Compose(Engine.Sqlite);
        foreach (var database in server.Databases)
        {
            var migrations = database.ContextType.Assembly.GetTypes()
                .Where(t => t.IsSubclassOf(typeof(Migration)) && t.GetCustomAttribute<DbContextAttribute>()?.ContextType == database.ContextType)
                .Select(t => (Type: t, t.GetCustomAttribute<MigrationAttribute>()?.Id))
                .ToArray();
            migrations.ShouldNotBeEmpty($"{database.ContextType.Name} has no migration");
            migrations.ShouldAllBe(m => m.Id != null && MigrationName().IsMatch(m.Id));
            migrations.Select(m => m.Id![..14]).ShouldBeUnique();
        }
    }

    [Fact]
    public async Task Every_migration_belongs_to_the_context_of_its_module()
    {
        await using var server = await BuiltServer.Compose(Engine.Sqlite);
        var contexts = server.Databases.Select(d => d.ContextType).ToHashSet();
        Modules.All.SelectMany(m => m.GetType().Assembly.GetTypes())
            .Where(t => t.IsSubclassOf(typeof(Migration)))
            .Where(t => t.GetCustomAttribute<DbContextAttribute>() is not { } context || !contexts.Contains(context.ContextType) || context.ContextType.Assembly != t.Assembly)
            .ShouldBeEmpty();
    }

    private static async IAsyncEnumerable<(string Prefix, IModel Model)> Models()
    {
        await using var server = await BuiltServer.Compose(Engine.Sqlite);
        foreach (var database in server.Databases)
        {
            await using ModuleDbContext context = database.Create();
            var prefix = Modules.All.Single(m => m.GetType().Assembly == database.ContextType.Assembly).TablePrefix;
            yield return (prefix, context.GetService<IDesignTimeModel>().Model);
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SnakeCase();

    [GeneratedRegex("^20\\d{12}_[A-Z][A-Za-z0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MigrationName();
}
