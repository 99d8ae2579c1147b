using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// Binds Microsoft.Data.Sqlite to the SQLitePCLRaw that restores, and to the system's SQLite where there is one. Microsoft.Data.Sqlite
/// 10 asks for SQLitePCLRaw 2.1.13, which not every package source carries; the older 2.0.6 works but bundles SQLite 3.35.5, which
/// lacks later fixes. This file can go once SQLitePCLRaw 2.1.13 or later restores everywhere.
/// </summary>
public static partial class SqliteNative
{
    /// <summary>Older ones lack what EF's queries use.</summary>
    public static readonly Version Oldest = new(3, 38, 0);

    /// <summary>Fixed a rare race between a checkpoint and writers; below it the one write gate is the safeguard.</summary>
    public static readonly Version Advised = new(3, 51, 3);

    private static readonly Lock Once = new();
    private static bool done;

    /// <summary>To be called before the first use of SQLite in a process; repeats do nothing.</summary>
    public static void Initialize()
    {
        lock (Once)
        {
            if (done)
            {
                return;
            }

            done = true;
            AssemblyLoadContext.Default.Resolving += ResolveCore;
            MapToSystemLibrary();
        }
    }

    /// <exception cref="StartRefusedException">The version is below <see cref="Oldest"/>.</exception>
    public static Version CheckedVersion()
    {
        Initialize();
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        var version = Version.Parse(connection.ServerVersion);
        return version >= Oldest
            ? version
            : throw new StartRefusedException($"SQLite {version} is too old; {Oldest} or later is needed. Install the system's libsqlite3 (Debian: apt-get install libsqlite3-0), or use PostgreSQL.");
    }

    private static Assembly? ResolveCore(AssemblyLoadContext context, AssemblyName name)
    {
        // The runtime refuses a lower version on its own; with 2.1.13 present this is never called.
        if (name.Name is not ("SQLitePCLRaw.core" or "SQLitePCLRaw.batteries_v2"))
        {
            return null;
        }

        // In a program of one file nothing lies beside it.
        var path = Path.Combine(AppContext.BaseDirectory, name.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
    }

    private static void MapToSystemLibrary()
    {
        var provider = Assembly.Load("SQLitePCLRaw.provider.e_sqlite3");
        NativeLibrary.SetDllImportResolver(provider, static (name, assembly, path) =>
        {
            if (name != "e_sqlite3")
            {
                return IntPtr.Zero;
            }

            foreach (var candidate in (string[])["libsqlite3.so.0", "libsqlite3.dylib"])
            {
                if (NativeLibrary.TryLoad(candidate, out var handle))
                {
                    return handle;
                }
            }

            return NativeLibrary.TryLoad(name, assembly, path, out var beside) ? beside : CarriedLibrary();
        });
        Batteries_V2.Init();
    }

    /// <summary>
    /// The library that a program of one file carries. It is loaded from memory: the file's folder may be read-only, and temporary
    /// folders may forbid programs.
    /// </summary>
    private static IntPtr CarriedLibrary()
    {
        using var carried = Assembly.GetEntryAssembly()?.GetManifestResourceStream("libe_sqlite3.so");
        if (carried is null)
        {
            return IntPtr.Zero;
        }

        var descriptor = CreateMemoryFile("libe_sqlite3.so", 0);
        if (descriptor < 0)
        {
            return IntPtr.Zero;
        }

        // Stays open as long as the process, as the library does.
        var file = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write);
        carried.CopyTo(file);
        file.Flush();
        return NativeLibrary.TryLoad(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}"), out var loaded) ? loaded : IntPtr.Zero;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
