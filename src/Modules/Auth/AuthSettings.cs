using ChatMonolith.BuildingBlocks.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Auth;

/// <summary>What of accounts an admin may set while the server runs. Each is read at its use; bounds are those of the options.</summary>
internal static class AuthSettings
{
    public static void Add(IServiceCollection services)
    {
        Choice<RegistrationMode>("Auth:Registration", nameof(RegistrationMode.Open), "Who may make an account.");
        Choice<SecondFactorPolicy>("Auth:SecondFactor", nameof(SecondFactorPolicy.Off), "Who must have a second factor.");
        Flag("Auth:EmailRequired", "true", "Whether an email address must be given to register.");
        Flag("Auth:EmailVerificationRequired", "false", "Whether one logs in only after confirming one's address.");
        Flag("Auth:EmailCodes", "true", "Whether a code by mail counts as second factor.");
        Number("Auth:StepUpMinutes", "10", 1, 1440, "How long a proof of oneself is good for what needs a fresh one, in minutes.");
        Number("Auth:SessionIdleDays", "30", 1, 365, "Days without use after which a session has ended.");
        Number("Auth:SessionsPerAccount", "50", 1, 1000, "Live sessions of one account.");
        Number("Auth:TokensPerAccount", "50", 1, 1000, "Live personal tokens of one account.");
        Number("Auth:InvitationsPerDay", "20", 0, 10_000, "Invitations by mail that one member may send in a day.");
        services.AddSingleton(new RuntimeSetting("Server:Name", SettingType.Text, "ChatMonolith", "What clients show as the server's name.") { Max = 80 });

        void Choice<T>(string key, string otherwise, string description)
            where T : struct, Enum => services.AddSingleton(new RuntimeSetting(key, SettingType.Choice, otherwise, description) { Options = Enum.GetNames<T>() });

        void Flag(string key, string otherwise, string description) => services.AddSingleton(new RuntimeSetting(key, SettingType.Flag, otherwise, description));

        void Number(string key, string otherwise, long min, long max, string description) =>
            services.AddSingleton(new RuntimeSetting(key, SettingType.Number, otherwise, description) { Min = min, Max = max });
    }
}
