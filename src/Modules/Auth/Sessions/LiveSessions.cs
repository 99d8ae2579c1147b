using System.Collections.Concurrent;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Tokens;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Sessions;

/// <summary>A session in memory.</summary>
internal sealed class LiveSession(Guid id, Guid accountId, ServerRole role, SessionKind kind, TokenScopes scopes, Proof proof, long freshAt, long expiresAt, long lastUsedAt)
{
    private long lastUsedAt = lastUsedAt;
    private long endedAt;
    private long freshAt = freshAt;
    private volatile ServerRole role = role;
    private volatile Proof proof = proof;

    public Guid Id => id;

    public Guid AccountId => accountId;

    public ServerRole Role
    {
        get => role;
        set => role = value;
    }

    public SessionKind Kind => kind;

    public TokenScopes Scopes => scopes;

    /// <summary>Two factors, or one that holds two.</summary>
    public bool HasSecondFactor => (proof & (Proof.SecondFactor | Proof.Passkey)) != Proof.None;

    public long FreshAt => Volatile.Read(ref freshAt);

    public long ExpiresAt => expiresAt;

    public long LastUsedAt => Volatile.Read(ref lastUsedAt);

    /// <summary>What the database knows of <see cref="LastUsedAt"/>. Touched by the one writer only.</summary>
    public long WrittenAt { get; set; } = lastUsedAt;

    /// <summary>0 while it lives.</summary>
    public long EndedAt => Volatile.Read(ref endedAt);

    public void Touch(long now) => Volatile.Write(ref lastUsedAt, now);

    /// <summary>After the database knows of it.</summary>
    public void Proven(Proof by, long now)
    {
        proof |= by;
        Volatile.Write(ref freshAt, now);
    }

    public LiveSession End(long now)
    {
        Interlocked.CompareExchange(ref endedAt, now, 0);
        return this;
    }
}

/// <summary>
/// The sessions that are in use. Each request is checked here; what is not in memory is read from the database once. An ended session
/// leaves a tombstone, so that a lookup that read it alive just before cannot bring it back.
/// </summary>
internal sealed class LiveSessions(IServiceScopeFactory scopes, IOptions<AuthOptions> options, TimeProvider time) : ISessionState
{
    /// <summary>Longer than any lookup or request lasts, and any access token lives.</summary>
    private static readonly TimeSpan KeepTombstones = TimeSpan.FromHours(2);

    /// <summary>What nobody used for so long is read again when it is.</summary>
    private static readonly TimeSpan KeepIdle = TimeSpan.FromHours(2);

    private readonly ConcurrentDictionary<Guid, LiveSession> sessions = new();
    private readonly Lock roles = new();
    private long roleChanges;

    public IEnumerable<LiveSession> All => sessions.Select(s => s.Value);

    public bool HasEnded(Guid sessionId) =>
        sessions.TryGetValue(sessionId, out var session) && (session.EndedAt != 0 || session.ExpiresAt <= time.Now());

    public bool IsAdmin(Guid sessionId) =>
        Peek(sessionId) is { EndedAt: 0, Role: ServerRole.Admin } session && (session.Kind is SessionKind.Login || session.Scopes.HasFlag(TokenScopes.Admin));

    public async Task<IReadOnlySet<Guid>> Living(IReadOnlyCollection<Guid> sessionIds, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        return await db.Sessions.Where(s => sessionIds.Contains(s.Id) && s.EndedAt == null).Select(s => s.Id).ToHashSetAsync(ct);
    }

    /// <summary>The session if it lives and its account is active; counts as its use.</summary>
    public async ValueTask<LiveSession?> Find(Guid id, CancellationToken ct)
    {
        var session = sessions.TryGetValue(id, out var known) ? known : await Load(id, ct);
        var now = time.Now();
        if (session is null || session.EndedAt != 0 || session.ExpiresAt <= now || (session.Kind is SessionKind.Login && now - session.LastUsedAt > options.Value.IdleLimit.TotalMilliseconds))
        {
            return null;
        }

        session.Touch(now);
        return session;
    }

    /// <summary>As it is in memory now, without counting as a use.</summary>
    public LiveSession? Peek(Guid id) => sessions.GetValueOrDefault(id);

    public void Add(Session session, Account account) => sessions.GetOrAdd(session.Id, static (_, s) => ToLive(s.session, s.account), (session, account));

    public void MarkEnded(IEnumerable<Guid> ids)
    {
        var now = time.Now();
        foreach (var id in ids)
        {
            sessions.AddOrUpdate(id, new LiveSession(id, default, ServerRole.Guest, SessionKind.Login, TokenScopes.None, Proof.None, freshAt: 0, expiresAt: 0, now).End(now), (_, session) => session.End(now));
        }
    }

    /// <summary>A role was changed, and counts from now on.</summary>
    public void SetRole(Guid accountId, ServerRole role)
    {
        lock (roles)
        {
            roleChanges++;
            Apply(accountId, role);
        }
    }

    /// <summary>How often <see cref="SetRole"/> was called: to be asked before roles are read.</summary>
    public long RoleChanges
    {
        get
        {
            lock (roles)
            {
                return roleChanges;
            }
        }
    }

    /// <summary>Takes over roles as they were read, unless one was changed here meanwhile.</summary>
    /// <param name="read">By account.</param>
    /// <param name="changesBefore"><see cref="RoleChanges"/> before they were read.</param>
    /// <returns>False: to be read again.</returns>
    public bool TryTakeOver(IReadOnlyDictionary<Guid, ServerRole> read, long changesBefore)
    {
        lock (roles)
        {
            if (roleChanges != changesBefore)
            {
                return false;
            }

            foreach (var (accountId, role) in read)
            {
                Apply(accountId, role);
            }

            // Who is reading a session at this moment reads it again.
            roleChanges++;
            return true;
        }
    }

    /// <summary>Lets go of what need not be in memory any more.</summary>
    public void Trim()
    {
        var now = time.Now();
        foreach (var session in All)
        {
            var done = session.EndedAt != 0
                ? now - session.EndedAt > KeepTombstones.TotalMilliseconds
                : now - session.LastUsedAt > KeepIdle.TotalMilliseconds && session.WrittenAt == session.LastUsedAt;
            if (done)
            {
                sessions.TryRemove(new(session.Id, session));
            }
        }
    }

    private static LiveSession ToLive(Session session, Account account) =>
        new(session.Id, account.Id, account.Role, session.Kind, session.Scopes, session.Proof, session.FreshAt, session.ExpiresAt, session.LastUsedAt);

    private async Task<LiveSession?> Load(Guid id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        while (true)
        {
            var changesBefore = RoleChanges;
            var row = await db.Sessions.AsNoTracking().Include(s => s.Account).SingleOrDefaultAsync(s => s.Id == id && s.EndedAt == null && s.Account.IsActive, ct);
            if (row is null)
            {
                return null;
            }

            lock (roles)
            {
                // A role that was changed while this one was read found nothing in memory to be changed.
                if (roleChanges == changesBefore)
                {
                    return sessions.GetOrAdd(id, ToLive(row, row.Account));
                }
            }
        }
    }

    private void Apply(Guid accountId, ServerRole role)
    {
        foreach (var session in All.Where(s => s.AccountId == accountId))
        {
            session.Role = role;
        }
    }
}
