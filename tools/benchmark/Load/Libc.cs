using System.Runtime.InteropServices;

namespace ChatMonolith.Benchmark.Load;

/// <summary>
/// The C library as far as one thread with one epoll needs it. The load generator has one core for 15,000 sockets, and the framework's own
/// sockets would take a large part of it for hops between threads. 64-bit Linux only.
/// </summary>
internal static unsafe partial class Libc
{
    public const uint Readable = 1;
    public const uint Writable = 4;
    public const uint Broken = 8 | 16;
    public const int Add = 1;
    public const int Change = 3;
    public const int Again = 11;
    public const int InProgress = 115;
    private const int NoSignal = 0x4000;
    private const int Internet = 2;
    private const int StreamNonBlockingCloseOnExec = 1 | 0x800 | 0x80000;
    private const int LevelSocket = 1;
    private const int LevelTcp = 6;

    /// <summary>An event is packed on x86-64 alone (epoll_ctl(2)).</summary>
    public static readonly int EventBytes = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 12 : 16;

    public static int LastError => Marshal.GetLastPInvokeError();

    private static int DataOffset => EventBytes - sizeof(ulong);

    public static int Epoll() => epoll_create1(0x80000);

    public static (uint Events, int Id) EventAt(byte* events, int index)
    {
        var at = events + (index * EventBytes);
        return (*(uint*)at, (int)*(ulong*)(at + DataOffset));
    }

    public static void Watch(int epoll, int operation, int socket, uint events, int id)
    {
        var at = stackalloc byte[16];
        *(uint*)at = events;
        *(ulong*)(at + DataOffset) = (ulong)id;
        _ = epoll_ctl(epoll, operation, socket, at);
    }

    /// <summary>A socket that does not wait, does not delay small packets, and whose closing resets the connection: no TIME_WAIT piles up.</summary>
    public static int Socket()
    {
        var made = socket(Internet, StreamNonBlockingCloseOnExec, 0);
        var on = 1;
        _ = setsockopt(made, LevelTcp, 1, &on, sizeof(int));
        var lingerNot = 1L;
        _ = setsockopt(made, LevelSocket, 13, &lingerNot, sizeof(long));
        return made;
    }

    /// <returns>0, or the error.</returns>
    public static int ConnectLoopback(int socket, int port)
    {
        var address = stackalloc byte[16];
        new Span<byte>(address, 16).Clear();
        *(ushort*)address = Internet;
        address[2] = (byte)(port >> 8);
        address[3] = (byte)port;
        address[4] = 127;
        address[7] = 1;
        return connect(socket, address, 16) == 0 ? 0 : LastError;
    }

    public static int ErrorOf(int socket)
    {
        var error = 0;
        var length = (uint)sizeof(int);
        _ = getsockopt(socket, LevelSocket, 4, &error, &length);
        return error;
    }

    public static int Send(int socket, byte* data, int length) => (int)send(socket, data, length, NoSignal);

    public static int Receive(int socket, byte* data, int length) => (int)recv(socket, data, length, 0);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_wait(int epoll, byte* events, int max, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int socket, byte* events);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int socket, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int socket, byte* data, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int socket, byte* data, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int socket, int level, int name, void* value, uint* length);
}
