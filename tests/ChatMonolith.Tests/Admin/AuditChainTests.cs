using System.Diagnostics;
using ChatMonolith.Admin.Audit;
using ChatMonolith.Admin.Data;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Tests.Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Tests.Admin;

/// <summary>A116: whoever has a hand in the database cannot change the audit log unnoticed. The first broken entry is named.</summary>
public class AuditChainTests
{
    private static int Entries => Depth.IsDeep ? 100_000 : 1_000;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A116_what_is_changed_dropped_swapped_added_or_cut_off_is_found_and_named(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        await Fill(server, Entries);
        var check = server.Services.GetRequiredService<AuditCheck>();
        var began = Stopwatch.GetTimestamp();
        var whole = await check.Run(CancellationToken.None);
        var took = Stopwatch.GetElapsedTime(began);
        (whole.IsWhole, whole.Entries, whole.LastSeq, whole.BrokenAt).ShouldBe((true, Entries, Entries, null));
        if (Depth.IsDeep)
        {
            took.ShouldBeLessThan(TimeSpan.FromSeconds(5), $"{Entries} entries");
        }

        await Finds(500, "UPDATE admin_audit SET action = 'nothing' WHERE seq = 500");
        await Finds(500, "UPDATE admin_audit SET details = '' WHERE seq = 500");
        await Finds(500, "UPDATE admin_audit SET at = at + 1 WHERE seq = 500");
        await Finds(500, "UPDATE admin_audit SET actor_id = NULL WHERE seq = 500");
        await Finds(500, "UPDATE admin_audit SET result = 1 WHERE seq = 500");
        await Finds(500, "UPDATE admin_audit SET hash = (SELECT hash FROM admin_audit WHERE seq = 499) WHERE seq = 500");
        await Finds(500, "DELETE FROM admin_audit WHERE seq = 500");
        await Finds(1, "DELETE FROM admin_audit WHERE seq = 1");
        await Finds(500, "UPDATE admin_audit SET seq = -1 WHERE seq = 500; UPDATE admin_audit SET seq = 500 WHERE seq = 501; UPDATE admin_audit SET seq = 501 WHERE seq = -1");
        await Finds(Entries - 9, $"DELETE FROM admin_audit WHERE seq > {Entries - 10}");
        await Finds(Entries + 1, $"UPDATE admin_audit_head SET seq = seq; INSERT INTO admin_audit SELECT {Entries + 1}, at, action, actor_id, actor, subject_type, subject_id, address, session_id, result, details, hash FROM admin_audit WHERE seq = 1");

        // Cut off together with a head that says so: the head was not written by the server.
        await Finds(Entries - 10, $"DELETE FROM admin_audit WHERE seq > {Entries - 10}; UPDATE admin_audit_head SET seq = {Entries - 10}, hash = (SELECT hash FROM admin_audit WHERE seq = {Entries - 10})");
        await Finds(1, "DELETE FROM admin_audit_head");
        (await check.Run(CancellationToken.None)).IsWhole.ShouldBeTrue("all of that was undone");

        async Task Finds(long seq, string sql)
        {
            await using var scope = server.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AdminDb>();
            foreach (var table in new[] { "admin_audit", "admin_audit_head" })
            {
#pragma warning disable EF1003, EF1002 // The text is the test's own.
                await db.Database.ExecuteSqlRawAsync($"CREATE TABLE kept_{table} AS SELECT * FROM {table}");
            }

            foreach (var statement in sql.Split(';'))
            {
                await db.Database.ExecuteSqlRawAsync(statement);
            }

            var verdict = await check.Run(CancellationToken.None);
            (verdict.IsWhole, verdict.BrokenAt).ShouldBe((false, seq), sql);
            foreach (var table in new[] { "admin_audit", "admin_audit_head" })
            {
                await db.Database.ExecuteSqlRawAsync($"DELETE FROM {table}");
                await db.Database.ExecuteSqlRawAsync($"INSERT INTO {table} SELECT * FROM kept_{table}");
                await db.Database.ExecuteSqlRawAsync($"DROP TABLE kept_{table}");
#pragma warning restore EF1003, EF1002
            }
        }
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task An_entry_stands_exactly_if_its_cause_was_committed_and_fifty_at_once_make_one_chain(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        var sealing = server.Services.GetRequiredService<AuditSealing>();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () =>
        {
            await Cause(server, $"cause.{i}", commit: i % 5 != 0);
            await sealing.Seal(CancellationToken.None);
        })));
        await sealing.Seal(CancellationToken.None);
        await using var scope = server.Services.CreateAsyncScope();
        var actions = await scope.ServiceProvider.GetRequiredService<AdminDb>().Audit.Select(a => a.Action).ToListAsync(TestContext.Current.CancellationToken);
        actions.ShouldBe(Enumerable.Range(0, 50).Where(i => i % 5 != 0).Select(i => $"cause.{i}"), ignoreOrder: true);
        (await server.Services.GetRequiredService<AuditCheck>().Run(CancellationToken.None)).IsWhole.ShouldBeTrue();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task Retention_cuts_the_front_and_the_rest_can_still_be_verified(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        await Fill(server, 100);
        var check = server.Services.GetRequiredService<AuditCheck>();
        var before = await check.Run(CancellationToken.None);
        var clock = new MovedClock();
        clock.Move(TimeSpan.FromDays(401));
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<AdminDb>();
            var job = new CutAudit(db, server.Services.GetRequiredService<AuditSealing>(), server.Services.GetRequiredService<IOptions<ChatMonolith.Admin.AdminOptions>>(), clock);
            await job.Execute(null!, CancellationToken.None);
            await job.Execute(null!, CancellationToken.None);
            (await db.Audit.OrderBy(a => a.Seq).Select(a => a.Action).ToListAsync(TestContext.Current.CancellationToken)).ShouldContain("audit.cut");
        }

        var after = await check.Run(CancellationToken.None);
        (after.IsWhole, after.FirstSeq, after.LastSeq).ShouldBe((true, 101, 102), "each cut is an entry, and the last entry stays");
        (await check.Holds(before.Head, CancellationToken.None)).ShouldBeTrue("what was noted before still holds");
        (await check.Holds(new string('0', 64), CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public void A116_nothing_in_an_entry_makes_two_lines_of_it_and_everything_is_bounded()
    {
        var hostile = "a\r\n\u001b[31mb\u2028" + new string('x', 5_000);
        var row = AuditLog.ToRow(new AuditEvent(hostile, null, hostile, null, hostile, Details: AuditEvent.Of(("name", hostile), ("z", hostile))), TimeProvider.System);
        foreach (var (text, length) in new[] { (row.Action, AuditRow.MaxAction), (row.SubjectType, AuditRow.MaxSubjectType), (row.Address, AuditRow.MaxAddress), (row.Details, AuditRow.MaxDetails) })
        {
            text.Length.ShouldBeLessThanOrEqualTo(length);
            text.Any(c => char.IsControl(c) || c == '\u2028').ShouldBeFalse();
        }
    }

    private static async Task Fill(BuiltServer server, int entries)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var sealing = server.Services.GetRequiredService<AuditSealing>();
        for (var i = 0; i < entries; i++)
        {
            sealing.Add(AuditLog.ToRow(new AuditEvent("user.role", Guid.NewGuid(), "user", Guid.NewGuid(), "192.0.2.1", Guid.NewGuid(), Details: AuditEvent.Of(("from", "member"), ("to", "Ädmin \"x\""))), TimeProvider.System));
            if (i % 500 == 499)
            {
                await sealing.Seal(CancellationToken.None);
            }
        }

        await sealing.Seal(CancellationToken.None);
    }

    private static async Task Cause(BuiltServer server, string action, bool commit)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AdminDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        await server.Services.GetRequiredService<IAuditLog>().Append(db, new AuditEvent(action, ActorId: null), CancellationToken.None);
        await (commit ? transaction.CommitAsync(CancellationToken.None) : transaction.RollbackAsync(CancellationToken.None));
    }
}
