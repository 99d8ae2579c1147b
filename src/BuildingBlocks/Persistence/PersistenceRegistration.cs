using System.Data.Common;
using ChatMonolith.BuildingBlocks.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>How a module's context comes to its connection: its own for a request, or the log writer's inside a log transaction.</summary>
public interface IModuleDatabase
{
    Type ContextType { get; }

    /// <summary>Where the names of the applied migrations stand.</summary>
    string MigrationsTable { get; }

    /// <summary>A context on the caller's connection and transaction; disposing it leaves both open.</summary>
    ModuleDbContext Enlist(DbConnection connection, DbTransaction transaction);

    /// <summary>A context of its own, for migrations and tests.</summary>
    ModuleDbContext Create();
}

public static class PersistenceRegistration
{
    private const string Migrations = "migrations";

    /// <summary>That are kept for the next request; more are made when they are needed at once.</summary>
    private const int MostContexts = 64;

    /// <summary>
    /// Registers <typeparamref name="TContext"/> with its migrations history <c>{prefix}migrations</c>. Handlers save through
    /// <see cref="WriteGateInterceptor"/>, which sees every transaction: saving always opens one.
    /// </summary>
    /// <param name="services">Where it is registered.</param>
    /// <param name="tablePrefix">The module's.</param>
    /// <param name="interceptor">A singleton that sees the commands of requests' contexts as well.</param>
    public static IServiceCollection AddModuleDatabase<TContext>(this IServiceCollection services, string tablePrefix, Type? interceptor = null)
        where TContext : ModuleDbContext
    {
        services.TryAddSingleton<WriteGateInterceptor>();
        services.TryAddSingleton<ConnectionSlots>();
        services.TryAddSingleton<SlowStatements>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IMeasured, SlowStatements>(provider => provider.GetRequiredService<SlowStatements>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WarmUp>());

        // Pooled: making a context and its connection anew costs a request more than most of its queries.
        services.AddDbContextPool<TContext>(
            (provider, options) =>
            {
                options.AddInterceptors(provider.GetRequiredService<WriteGateInterceptor>(), provider.GetRequiredService<ConnectionSlots>(), provider.GetRequiredService<SlowStatements>());
                if (interceptor is not null)
                {
                    options.AddInterceptors((IInterceptor)provider.GetRequiredService(interceptor));
                }

                Configure(options, provider.GetRequiredService<Database>(), connection: null, tablePrefix);
            },
            MostContexts);
        services.AddSingleton<IModuleDatabase>(provider => new ModuleDatabase<TContext>(provider.GetRequiredService<Database>(), tablePrefix));
        return services;
    }

    /// <param name="options">What is configured.</param>
    /// <param name="database">The database.</param>
    /// <param name="connection">The one to use, which stays the caller's; null for one of the context's own.</param>
    /// <param name="tablePrefix">The module's.</param>
    private static void Configure(DbContextOptionsBuilder options, Database database, DbConnection? connection, string tablePrefix)
    {
        // There is no generated model snapshot to compare with: migrations are written by hand, and a test compares the schemas.
        options.ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
        database.Use(options, connection, tablePrefix + Migrations);
    }

    private sealed class ModuleDatabase<TContext>(Database database, string tablePrefix) : IModuleDatabase
        where TContext : ModuleDbContext
    {
        private DbConnection? lastConnection;
        private DbContextOptions<TContext>? lastOptions;

        public Type ContextType => typeof(TContext);

        public string MigrationsTable { get; } = tablePrefix + Migrations;

        public ModuleDbContext Enlist(DbConnection connection, DbTransaction transaction)
        {
            // The log's writer keeps one connection for its life, so its options are built once.
            if (!ReferenceEquals(lastConnection, connection))
            {
                var builder = new DbContextOptionsBuilder<TContext>();
                Configure(builder, database, connection, tablePrefix);
                lastOptions = builder.Options;
                lastConnection = connection;
            }

            var context = (TContext)Activator.CreateInstance(typeof(TContext), lastOptions)!;
            context.Database.UseTransaction(transaction);
            context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
            return context;
        }

        public ModuleDbContext Create()
        {
            var builder = new DbContextOptionsBuilder<TContext>();
            Configure(builder, database, connection: null, tablePrefix);
            return (TContext)Activator.CreateInstance(typeof(TContext), builder.Options)!;
        }
    }
}
