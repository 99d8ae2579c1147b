using System.Security.Cryptography;

namespace ChatMonolith.FileFormat;

/// <summary>
/// 160 random bits that a person prints: 32 characters of Crockford's base 32 in groups of four. The private key is wrapped under the 32
/// characters, in capitals and without hyphens, as under any passphrase.
/// </summary>
public static class RecoveryCode
{
    public const int Characters = 32;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Characters);

    public static string Print(string code) => string.Join('-', code.Chunk(4).Select(g => new string(g)));

    /// <summary>What was typed, whatever its case and its hyphens; I and L are read as 1, and O as 0.</summary>
    /// <returns>Null: it is no recovery code.</returns>
    public static string? Read(string typed)
    {
        var code = string.Concat(typed.ToUpperInvariant().Where(c => c is not ('-' or ' ')).Select(c => c switch { 'I' or 'L' => '1', 'O' => '0', _ => c }));
        return code.Length == Characters && code.All(Alphabet.Contains) ? code : null;
    }
}
