using System.Runtime.CompilerServices;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Tests.Harness;

// The tests drive Debian programs and look at file modes.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
[assembly: AssemblyFixture(typeof(SqliteServer))]
[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(S3Server))]
[assembly: AssemblyFixture(typeof(ChatMonolith.Tests.Mailing.MailedSqlite))]
[assembly: AssemblyFixture(typeof(ChatMonolith.Tests.Mailing.MailedPostgres))]
[assembly: AssemblyFixture(typeof(ChatMonolith.Tests.Admin.AdministeredSqlite))]
[assembly: AssemblyFixture(typeof(ChatMonolith.Tests.Admin.AdministeredPostgres))]

namespace ChatMonolith.Tests.Harness;

internal static class AssemblySetup
{
    /// <summary>Before any test touches SQLite: see <see cref="SqliteNative"/>.</summary>
    [ModuleInitializer]
    internal static void BindSqlite() => SqliteNative.Initialize();
}
