using System.Net;
using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Administration;
using ChatMonolith.Auth.Bots;
using ChatMonolith.Auth.Codes;
using ChatMonolith.Auth.Invitations;
using ChatMonolith.Auth.Keys;
using ChatMonolith.Auth.Leaving;
using ChatMonolith.Auth.Nodes;
using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Passkeys;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.SecondFactors;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.Auth.Tokens;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Settings;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Backups;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quartz;

namespace ChatMonolith.Auth;

public sealed class AuthModule : IModule
{
    public string TablePrefix => "auth_";

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddModuleDatabase<AuthDb>(TablePrefix);
        AddOptions(services, configuration);
        AddIdentity(services);
        services.AddAuthentication(RequestAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, RequestAuthentication>(RequestAuthentication.SchemeName, null);
        AddCors(services);
        services.AddSingleton<OriginRule>().AddSingleton<CallerLookup>().AddSingleton<ISocketAuthentication, SocketAuthentication>();
        services.AddSingleton<IRestoredData, RestoredAccounts>();
        services.AddSingleton<Setup>().AddSingleton<IPeople, People>().AddSingleton<IUsernames, Usernames>();
        services.AddSingleton<AccessTokens>().AddSingleton<RefreshSecrets>().AddSingleton<SocketTickets>().AddSingleton<SessionCookies>();
        services.AddSingleton<LiveSessions>().AddSingleton<ISessionState>(provider => provider.GetRequiredService<LiveSessions>());
        services.AddSingleton<SharedOnce>().AddSingleton<SessionNews>().AddSingleton<ProofNews>().AddSingleton<RoleNews>();
        services.AddSingleton<INodeListener>(provider => provider.GetRequiredService<SessionNews>()).AddSingleton<INodeListener>(provider => provider.GetRequiredService<ProofNews>()).AddSingleton<INodeListener>(provider => provider.GetRequiredService<RoleNews>());
        services.AddScoped<SessionStart>().AddScoped<SessionEnding>().AddScoped<SessionProofs>();
        services.AddSingleton<PersonalTokens>().AddSingleton<AccountNotices>().AddScoped<KnownDevices>();
        services.AddScoped<OneTimeCodes>().AddScoped<CodeLetters>().AddSingleton<LetterLimits>();
        services.AddSingleton<TotpSecrets>().AddScoped<RecoveryCodes>().AddScoped<SecondFactorCheck>();
        services.AddSingleton<PasskeyChallenges>().AddScoped<PasskeyCeremonies>();
        services.AddSingleton<OwedNotices>().AddHostedService(provider => provider.GetRequiredService<OwedNotices>());
        services.AddSingleton<LetterAnswers>().AddHostedService(provider => provider.GetRequiredService<LetterAnswers>());
        services.AddSingleton<Guests>().AddSingleton<IGuests>(provider => provider.GetRequiredService<Guests>()).AddHostedService(provider => provider.GetRequiredService<Guests>());
        services.AddScoped<AccountRemoval>().AddScoped<BotAccounts>().AddScoped<IBotAccounts>(provider => provider.GetRequiredService<BotAccounts>()).AddSingleton<ExportFiles>().AddScoped<IPersonalData, AccountData>();
        services.AddScoped<ResetLink>().AddScoped<IStatistics, AccountStatistics>();
        services.AddScoped<IBulkAction, BulkDeactivate>().AddScoped<IBulkAction, BulkActivate>().AddScoped<IBulkAction, BulkEndSessions>().AddScoped<IBulkAction, BulkRemove>().AddScoped<IBulkAction, BulkEndTokens>();
        services.AddLiveOptions<AuthOptions>().AddLiveOptions<ServerOptions>();
        AuthSettings.Add(services);
        AccessRule.AddPolicies(services);
        services.AddSingleton<Installation>().AddHostedService(provider => provider.GetRequiredService<Installation>());
        services.AddHostedService<PrintSetupLink>().AddHostedService<LastUsedWriter>();
    }

    public void MapEndpoints(IEndpointRouteBuilder api)
    {
        GetConfig.Map(api);
        Register.Map(api);
        Login.Map(api);
        Refresh.Map(api);
        Logout.Map(api);
        GetMe.Map(api);
        ListSessions.Map(api);
        EndSession.Map(api);
        EndOtherSessions.Map(api);
        ChangePassword.Map(api);
        IssueTicket.Map(api);
        MapFactors(api);
        MapAdministration(api);
        FindUsers.Map(api);
        GetUser.Map(api);
        UpdateProfile.Map(api);
        SetAvatar.Map(api);
        GetAvatar.Map(api);
        SetKey.Map(api);
        ListMyKeys.Map(api);
        GetKey.Map(api);
        FindKey.Map(api);
    }

    private static void MapFactors(IEndpointRouteBuilder api)
    {
        AskForLetter.Map(api);
        VerifyEmail.Map(api);
        ChangeEmail.Map(api);
        SendLoginCode.Map(api);
        ResetPassword.Map(api);
        StepUp.Map(api);
        GetSecondFactors.Map(api);
        SetUpTotp.Map(api);
        ConfirmTotp.Map(api);
        RemoveTotp.Map(api);
        RenewRecoveryCodes.Map(api);
        RegisterPasskey.Map(api);
        LogInByPasskey.Map(api);
        ListPasskeys.Map(api);
        RemovePasskey.Map(api);
        ListTokens.Map(api);
        CreateToken.Map(api);
        DeleteToken.Map(api);
        CreateBot.Map(api);
        ListBots.Map(api);
        DeleteBot.Map(api);
        InvitePerson.Map(api);
        DeleteAccount.Map(api);
        AskForExport.Map(api);
        FetchExport.Map(api);
    }

    private static void MapAdministration(IEndpointRouteBuilder api)
    {
        ListAccounts.Map(api);
        CreateAccount.Map(api);
        ChangeAccount.Map(api);
        RemoveAccount.Map(api);
        SendResetLink.Map(api);
        EndAccountSessions.Map(api);
        AdministerTokens.Map(api);
        AdministerInvitations.Map(api);
    }

    public void AddJobs(IQuartzBuilder jobs)
    {
        jobs.Every<MakeExports>(MakeExports.Name, "Makes the copies of personal data that were asked for, and removes old ones", TimeSpan.FromMinutes(10));
        jobs.Every<CleanSessions>(CleanSessions.Name, "Ends sessions whose time is over, and forgets ended ones with their refresh tokens", TimeSpan.FromMinutes(10));
    }

    private static void AddOptions(IServiceCollection services, IConfiguration configuration)
    {
        Bind<AuthOptions>(AuthOptions.Section);
        Bind<RateLimitOptions>(RateLimitOptions.Section);
        Bind<ServerOptions>(ServerOptions.Section);
        Bind<CorsOptions>(CorsOptions.Section);
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsRules>();

        void Bind<T>(string section)
            where T : class =>
            services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateDataAnnotations().ValidateOnStart();
    }

    private static void AddIdentity(IServiceCollection services)
    {
        // Before Identity, which would make it anew for each request.
        services.AddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>();
        services.AddIdentityCore<Account>().AddUserStore<PasskeyStore>();
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<IOptions<ServerOptions>, OriginRule>((passkeys, server, origins) =>
        {
            passkeys.ServerDomain = server.Value.PublicOrigin is { } origin ? new Uri(origin).Host : null;
            passkeys.AuthenticatorTimeout = PasskeyChallenges.Lifetime;
            passkeys.ResidentKeyRequirement = "required";
            passkeys.UserVerificationRequirement = "preferred";
            passkeys.ValidateOrigin = asked => ValueTask.FromResult(!asked.CrossOrigin && origins.IsOwn(asked.HttpContext.Request, asked.Origin));
        });
        services.AddOptions<PasswordHasherOptions>().Configure<IOptions<AuthOptions>>((hasher, auth) => hasher.IterationCount = auth.Value.PasswordIterations);
        services.AddSingleton<PasswordHashing>().AddSingleton<LoginThrottle>().AddSingleton<KeyLookups>().AddSingleton<CredentialCheck>();
    }

    /// <summary>What the Host's <c>UseCors</c> and <c>UseForwardedHeaders</c> act by: nobody foreign, and no proxy, unless a setting names them.</summary>
    private static void AddCors(IServiceCollection services)
    {
        services.AddCors();
        services.AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>().Configure<IOptions<CorsOptions>>((cors, ours) =>
            cors.AddDefaultPolicy(policy => policy.WithOrigins(ours.Value.AllowedOrigins).AllowCredentials().AllowAnyHeader().AllowAnyMethod()
                .WithExposedHeaders("ETag", "Location", "Retry-After", "Content-Disposition", "Content-Range")
                .SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ServerOptions>>((forwarded, server) =>
        {
            forwarded.ForwardedHeaders = server.Value.TrustedProxies.Length > 0
                ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost
                : ForwardedHeaders.None;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in server.Value.TrustedProxies)
            {
                if (IPAddress.TryParse(proxy, out var address))
                {
                    forwarded.KnownProxies.Add(address);
                }
                else
                {
                    forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
                }
            }

            forwarded.ForwardLimit = null;
        });
    }
}
