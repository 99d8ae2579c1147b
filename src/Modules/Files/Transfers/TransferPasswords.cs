using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Security;

namespace ChatMonolith.Files.Transfers;

/// <summary>PBKDF2-HMAC-SHA-512 with 210,000 iterations (OWASP Password Storage), few at once: a stranger's guesses must not take all cores.</summary>
internal sealed class TransferPasswords : IDisposable
{
    public const int Max = 128;
    private const int Iterations = 210_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private readonly SemaphoreSlim places = new(Math.Clamp(Environment.ProcessorCount - 1, 1, 4));

    public async Task<byte[]> Hash(string password, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return [.. salt, .. await Derive(password, salt, ct)];
    }

    public async Task<bool> IsRight(string password, byte[] stored, CancellationToken ct) =>
        Secrets.AreEqual(await Derive(password, stored[..SaltBytes], ct), stored.AsSpan(SaltBytes));

    public void Dispose() => places.Dispose();

    private async Task<byte[]> Derive(string password, byte[] salt, CancellationToken ct)
    {
        await places.WaitAsync(ct);
        try
        {
            return Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA512, HashBytes);
        }
        finally
        {
            places.Release();
        }
    }
}
