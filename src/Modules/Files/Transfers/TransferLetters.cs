using System.Globalization;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Mail;
using ChatMonolith.Files.Data;

namespace ChatMonolith.Files.Transfers;

/// <summary>
/// Tells recipients of a transfer by mail. Who was named by address gets the link that opens it; who was named as an account gets the
/// address of the transfer alone, which opens for them when they are logged in. The link of an encrypted transfer holds a key that the
/// server never has: there the sender passes it on.
/// </summary>
internal sealed class TransferLetters(IMailOutbox outbox, IPeople people)
{
    private const int FilesNamed = 10;
    private const int NameShown = 100;

    /// <summary>What the letters need of people, read before the commit.</summary>
    internal sealed record Correspondence(string Sender, string Language, IReadOnlyDictionary<Guid, Addressee> Known);

    /// <summary>Letters are sent, and this is no address for one.</summary>
    public bool Refuses(string email) => outbox.Works && !outbox.Takes(email);

    /// <returns>Null when no letters are sent.</returns>
    public async Task<Correspondence?> Prepare(Guid sender, IReadOnlyCollection<RecipientRow> recipients, CancellationToken ct)
    {
        if (!outbox.Works || recipients.Count == 0)
        {
            return null;
        }

        var known = await people.Addressees([sender, .. recipients.Where(r => r.UserId is not null).Select(r => r.UserId!.Value)], ct);
        var name = (await people.Find([sender], ct)).TryGetValue(sender, out var view) ? view.DisplayName : "";
        return new Correspondence(name, known.TryGetValue(sender, out var me) ? me.Language : "", known);
    }

    /// <summary>Owes the letters, in the transaction of the transfer.</summary>
    public async Task Post(FilesDb db, TransferRow transfer, IReadOnlyList<TransferFileRow> files, IEnumerable<RecipientRow> recipients, string? secret, Correspondence with, CancellationToken ct)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["sender"] = with.Sender,
            ["message"] = transfer.Message,
            ["until"] = DateTimeOffset.FromUnixTimeMilliseconds(transfer.ExpiresAt).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        };
        if (transfer.Encrypted)
        {
            values["sealer"] = with.Sender;
        }
        else
        {
            values["files"] = Names(files);
        }

        foreach (var recipient in recipients)
        {
            var addressee = recipient.UserId is { } id ? with.Known.GetValueOrDefault(id) : null;
            if ((recipient.Email ?? addressee?.Email) is { } address && outbox.Takes(address))
            {
                var link = recipient.Email is null || secret is null ? $"/t/{transfer.Id}" : $"/t/{transfer.Id}#{secret}";
                var letter = new Letter(LetterKind.Transfer, address, addressee?.Language ?? with.Language, new Dictionary<string, string>(values, StringComparer.Ordinal) { ["link"] = link }, transfer.ExpiresAt);
                await outbox.Post(db, letter, ct);
            }
        }
    }

    private static string Names(IReadOnlyList<TransferFileRow> files)
    {
        var names = files.Take(FilesNamed).Select(f => f.Name.Length > NameShown ? f.Name[..NameShown] + "…" : f.Name);
        return string.Join('\n', names) + (files.Count > FilesNamed ? string.Create(CultureInfo.InvariantCulture, $"\n+ {files.Count - FilesNamed}") : "");
    }
}
