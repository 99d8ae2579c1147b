using ChatMonolith.Auth.Requests;

namespace ChatMonolith.Auth.Notices;

/// <summary>What stands in the inbox about one's own account, in the language of its owner. Letters have their own templates.</summary>
internal static class NoticeTexts
{
    private const int MostOfDevice = 120;

    private static readonly Dictionary<string, (string En, string De)> Changes = new(StringComparer.Ordinal)
    {
        ["password.changed"] = ("Your password was changed.", "Ihr Passwort wurde geändert."),
        ["password.reset"] = ("Your password was reset by mail.", "Ihr Passwort wurde per E-Mail zurückgesetzt."),
        ["email.changed"] = ("Your email address was changed to another one.", "Ihre E-Mail-Adresse wurde durch eine andere ersetzt."),
        ["totp.on"] = ("An authenticator app was set up as second factor.", "Eine Authenticator-App wurde als zweiter Faktor eingerichtet."),
        ["totp.off"] = ("The authenticator app was removed from your account.", "Die Authenticator-App wurde von Ihrem Konto entfernt."),
        ["passkey.added"] = ("A passkey was added to your account.", "Ein Passkey wurde Ihrem Konto hinzugefügt."),
        ["passkey.removed"] = ("A passkey was removed from your account.", "Ein Passkey wurde von Ihrem Konto entfernt."),
        ["recovery.renewed"] = ("New recovery codes were made; the old ones are void.", "Neue Wiederherstellungscodes wurden erzeugt; die alten gelten nicht mehr."),
        ["recovery.used"] = ("A recovery code was used to log in.", "Zum Anmelden wurde ein Wiederherstellungscode verwendet."),
        ["token.made"] = ("A personal access token was made.", "Ein persönliches Zugriffstoken wurde erzeugt."),
    };

    /// <returns>Null for what nobody is left to read.</returns>
    public static string? Of(string change, string language) => Changes.TryGetValue(change, out var text) ? IsGerman(language) ? text.De : text.En : null;

    public static string NewDevice(ClientInfo client, string language)
    {
        var device = client.UserAgent.Length > MostOfDevice ? client.UserAgent[..MostOfDevice] + "…" : client.UserAgent;
        var where = device.Length > 0 ? $"{device}, {client.Address}" : client.Address;
        return IsGerman(language)
            ? $"Anmeldung auf einem neuen Gerät: {where}. Waren Sie es nicht, beenden Sie die Sitzung und ändern Sie Ihr Passwort."
            : $"Login on a new device: {where}. If it was not you, end its session and change your password.";
    }

    private static bool IsGerman(string language) => language.StartsWith("de", StringComparison.OrdinalIgnoreCase);
}
