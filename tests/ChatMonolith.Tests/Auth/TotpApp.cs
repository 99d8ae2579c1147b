using ChatMonolith.Auth.SecondFactors;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

/// <summary>An authenticator app that has scanned a secret.</summary>
internal sealed class TotpApp(string base32)
{
    private readonly byte[] secret = Decode(base32);

    public string Now => At(TimeProvider.System.GetUtcNow());

    public string At(DateTimeOffset time) => Totp.CodeAt(secret, Totp.StepAt(time.ToUnixTimeMilliseconds()));

    /// <summary>The code of the step after this one: taken too, and later than the one that set the app up.</summary>
    public string Next => At(TimeProvider.System.GetUtcNow().AddSeconds(30));

    /// <summary>Sets the app up for a person; with their recovery codes.</summary>
    public static async Task<(TotpApp App, string[] RecoveryCodes)> SetUp(Person person)
    {
        var begun = (await person.Http.Post("auth/2fa/totp")).Ok(200);
        begun["otpauthUri"].GetString().ShouldStartWith("otpauth://totp/");
        begun["qrSvg"].GetString()!.ShouldContain("<svg");
        var app = new TotpApp(begun["secret"].GetString()!);
        var confirmed = (await person.Http.Post("auth/2fa/totp/confirm", new { code = app.Now })).Ok(200);
        return (app, [.. confirmed["recoveryCodes"].EnumerateArray().Select(c => c.GetString()!)]);
    }

    private static byte[] Decode(string base32)
    {
        var bits = string.Concat(base32.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
