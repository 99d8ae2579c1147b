using ChatMonolith.Admin.Audit;
using ChatMonolith.Admin.Data;
using ChatMonolith.Auth.Administration;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Files.Administration;
using ChatMonolith.Files.Data;
using ChatMonolith.Messaging.Administration;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Tests.Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Admin;

/// <summary>Where there can be many rows, the administration's lists walk an index in its order and sort nothing, as the databases themselves say.</summary>
public class ListPlanTests
{
    private const int Rows = 3_000;
    private static readonly string[] LargeTables = ["msg_messages", "files_files", "admin_audit", "auth_sessions"];

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_list_walks_an_index_in_its_order_and_sorts_nothing(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        await Fill(server);
        var plans = new Plans(LargeTables);
        var ct = CancellationToken.None;

        await using (var db = Watched(server, plans, (DbContextOptions<MessagingDb> o) => new MessagingDb(o)))
        {
            var handler = new AdministerMessages.Handler(db);
            await Uses("msg_messages", cursor => handler.Handle(new AdministerMessages.Query(new AdministerMessages.Filters(), new ListParameters { Cursor = cursor }), ct), r => r.Value.NextCursor);
            await Uses("msg_messages", cursor => handler.Handle(new AdministerMessages.Query(new AdministerMessages.Filters(), new ListParameters { Cursor = cursor, Sort = "createdAt" }), ct), r => r.Value.NextCursor);
        }

        await using (var db = Watched(server, plans, (DbContextOptions<FilesDb> o) => new FilesDb(o)))
        {
            var handler = new AdministerFiles.Handler(db, null!, null!, null!, null!);
            foreach (var (sort, index) in new[] { ("-createdAt", "files_files"), ("-size", "files_files_size"), ("name", "files_files_name") })
            {
                await Uses(index, cursor => handler.Handle(new AdministerFiles.Query(new AdministerFiles.Filters(), new ListParameters { Cursor = cursor, Sort = sort }), ct), r => r.Value.NextCursor);
            }

            await Uses("files_files_owner", cursor => handler.Handle(new AdministerFiles.Query(new AdministerFiles.Filters { OwnerId = Guid.NewGuid() }, new ListParameters { Cursor = cursor }), ct), r => r.Value.NextCursor);
        }

        await using (var db = Watched(server, plans, (DbContextOptions<AuthDb> o) => new AuthDb(o)))
        {
            var handler = new AdministerTokens.Handler(db, null!, null!, TimeProvider.System);
            await Uses("auth_sessions", cursor => handler.Handle(new AdministerTokens.Query(new AdministerTokens.Filters(), new ListParameters { Cursor = cursor }), ct), r => r.Value.NextCursor);
        }

        await using (var db = Watched(server, plans, (DbContextOptions<AdminDb> o) => new AdminDb(o)))
        {
            var handler = new ListAudit.Handler(db, server.Services.GetRequiredService<AuditSealing>());

            // Its number is SQLite's row id: the table itself is walked in its order, and the plan calls it by its alias.
            await Uses(engine is Engine.Sqlite ? " a" : "admin_audit", cursor => handler.Handle(new ListAudit.Query(new AuditFilters { Action = "login" }, new ListParameters { Cursor = cursor }), ct), r => r.Value.NextCursor);
            await Uses("admin_audit_subject", cursor => handler.Handle(new ListAudit.Query(new AuditFilters { SubjectId = Guid.NewGuid() }, new ListParameters { Cursor = cursor }), ct), r => r.Value.NextCursor);
            await Uses("admin_audit_actor", cursor => handler.Handle(new ListAudit.Query(new AuditFilters { ActorId = Guid.NewGuid() }, new ListParameters { Cursor = cursor }), ct), r => r.Value.NextCursor);
        }

        async Task Uses<T>(string index, Func<string?, Task<T>> page, Func<T, string?> next)
        {
            // The first page and the one after it, which is entered by its cursor.
            plans.Clear();
            var first = await page(null);
            plans.ShouldUse(index);
            plans.ShouldSortNothing();
            if (next(first) is { } cursor)
            {
                plans.Clear();
                await page(cursor);
                plans.ShouldUse(index);
                plans.ShouldSortNothing();
            }
        }
    }

    private static T Watched<T>(BuiltServer server, Plans plans, Func<DbContextOptions<T>, T> create)
        where T : ModuleDbContext
    {
        var builder = new DbContextOptionsBuilder<T>().AddInterceptors(plans);
        if (server.Database.IsSqlite)
        {
            builder.UseSqlite(server.Database.CreateConnection(), contextOwnsConnection: true);
        }
        else
        {
            builder.UseNpgsql(server.Database.CreateConnection(), contextOwnsConnection: true);
        }

        return create(builder.Options);
    }

    private static async Task Fill(BuiltServer server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var messages = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var files = scope.ServiceProvider.GetRequiredService<FilesDb>();
        var auth = scope.ServiceProvider.GetRequiredService<AuthDb>();
        var admin = scope.ServiceProvider.GetRequiredService<AdminDb>();
        var (room, person) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        auth.Accounts.Add(new Account { Id = person, UserName = "ann", DisplayName = "Ann", DisplayNameKey = "ann", SecurityStamp = "x" });
        for (var i = 0; i < Rows; i++)
        {
            messages.Messages.Add(new MessageRow { Id = Guid.CreateVersion7(), RoomId = room, Seq = i + 1, SenderId = Guid.NewGuid(), ClientId = $"c{i}", Text = "text", CreatedAt = i });
            files.Files.Add(new FileRow { Id = Guid.CreateVersion7(), OwnerId = Guid.NewGuid(), BlobId = Guid.NewGuid(), Name = $"f{i}", NameKey = $"f{i}", Size = i % 100, CreatedAt = i });
            auth.Sessions.Add(new Session { Id = Guid.CreateVersion7(), AccountId = person, CreatedAt = i, ExpiresAt = long.MaxValue });
            admin.Audit.Add(new AuditRow { Seq = i + 1, At = i, Action = "login", ActorId = Guid.NewGuid(), SubjectId = Guid.NewGuid(), Hash = new byte[32] });
        }

        admin.AuditHead.Add(new AuditHeadRow { Seq = Rows, Hash = new byte[32], FirstBefore = new byte[32], Mac = new byte[32] });
        await messages.SaveChangesAsync();
        await files.SaveChangesAsync();
        await auth.SaveChangesAsync();
        await admin.SaveChangesAsync();
        if (!server.Database.IsSqlite)
        {
            await admin.Database.ExecuteSqlRawAsync("ANALYZE");
        }
    }
}
