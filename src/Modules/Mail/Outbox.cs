using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Mail;
using ChatMonolith.Mail.Composing;
using ChatMonolith.Mail.Data;
using ChatMonolith.Mail.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Mail;

/// <summary>
/// One statement on the caller's own connection: a context of this module could not join every transaction, and its row must not be
/// committed without its cause.
/// </summary>
internal sealed class Outbox(Database database, Seal seal, MailWake wake, IOptions<MailOptions> options, TimeProvider time) : IMailOutbox
{
    private const int MostCharacters = 4000;

    private const string Insert =
        "INSERT INTO mail_outbox (id, kind, address, language, sealed, created_at, next_at, expires_at, attempts) VALUES ({0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, 0)";

    public bool Works => options.Value.Works;

    public bool Takes(string address) => MailAddress.IsSafe(address);

    public async Task Post(ModuleDbContext within, Letter letter, CancellationToken ct)
    {
        if (!Works)
        {
            return;
        }

        if (within.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("A letter is owed by a transaction: open it first.");
        }

        if (!MailAddress.IsSafe(letter.To) || letter.Values.Sum(v => v.Key.Length + v.Value.Length) > MostCharacters)
        {
            throw new ArgumentException("A letter needs an address of one line and bounded values.", nameof(letter));
        }

        var id = Guid.CreateVersion7();
        var now = time.Now();
        object[] values =
        [
            database.Id(id), (int)letter.Kind, letter.To, Templates.Known(letter.Language) ?? options.Value.Language, seal.Close(id, letter.Values), now, now, letter.ExpiresAt ?? long.MaxValue,
        ];
        await within.Database.ExecuteSqlRawAsync(Insert, values, ct);
        wake.Signal();
    }
}
