using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Leaving;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Bots;

/// <summary>Makes and removes the accounts of programs.</summary>
internal sealed class BotAccounts(IEnumerable<IAccountCreation> participants, AccountRemoval removal, Guests guests, ILogger<BotAccounts> logger) : IBotAccounts
{
    private static readonly ClientInfo Server = new("", "", "", IsLocal: true);

    public async Task<UserView> Create(ILogTransaction transaction, string displayName, CancellationToken ct)
    {
        var db = transaction.Use<AuthDb>();
        string username;
        do
        {
            username = "hook-" + AccountRules.NewUsername();
        }
        while (await db.Accounts.AnyAsync(a => a.UserName == username, ct));
        return (await Insert(transaction, username, displayName, ct)).ToView();
    }

    public Task<Result<Nothing>> Remove(Guid botId, CommitOrigin origin, Func<ILogTransaction, CancellationToken, Task<Error?>> with, CancellationToken ct) =>
        removal.RemoveBot(botId, Server, origin, with, ct);

    /// <summary>As a guest, so that it sees the rooms it was let into and no others.</summary>
    public async Task<Account> Insert(ILogTransaction transaction, string username, string displayName, CancellationToken ct)
    {
        var db = transaction.Use<AuthDb>();
        var bot = new Account
        {
            Id = Guid.CreateVersion7(),
            UserName = username,
            DisplayName = displayName,
            DisplayNameKey = Account.SearchKey(displayName),
            SecurityStamp = Secrets.NewToken(),
            Role = ServerRole.Guest,
            IsBot = true,
            CreatedAt = transaction.At,
        };
        db.Accounts.Add(bot);
        await db.SaveChangesAsync(ct);
        foreach (var participant in participants)
        {
            await participant.Created(transaction, bot.ToView(), ct);
        }

        transaction.OnCommitted(() => guests.Set(bot.Id, ServerRole.Guest));
        transaction.OnCommitted(() => logger.Registered(bot.Id, username, "bot", ""));
        return bot;
    }
}
