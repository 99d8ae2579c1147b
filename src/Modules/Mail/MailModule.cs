using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Backups;
using ChatMonolith.Contracts.Mail;
using ChatMonolith.Mail.Composing;
using ChatMonolith.Mail.Data;
using ChatMonolith.Mail.Sending;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quartz;

namespace ChatMonolith.Mail;

/// <summary>Letters that other modules owe, and their way to a mail server.</summary>
public sealed class MailModule : IModule
{
    public string TablePrefix => MailDb.Prefix;

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddModuleDatabase<MailDb>(MailDb.Prefix);
        services.AddOptions<MailOptions>().Bind(configuration.GetSection(MailOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsRules>();
        services.AddSingleton<Seal>().AddSingleton<LetterComposer>().AddSingleton<MailLine>().AddScoped<MailRound>();
        services.AddSingleton<IMailOutbox, Outbox>().AddScoped<IMailState, MailState>().AddScoped<IStatistics, MailStatistics>().AddSingleton<IRestoredData, RestoredMail>();
        services.AddSingleton<MailWake>().AddHostedService(provider => provider.GetRequiredService<MailWake>());
    }

    public void MapEndpoints(IEndpointRouteBuilder api) => ListMail.Map(api);

    public void AddJobs(IQuartzBuilder jobs)
    {
        jobs.Every<SendMail>(SendMail.Name, "Sends the mail that is owed", TimeSpan.FromMinutes(1), first: TimeSpan.FromSeconds(5));
        jobs.Every<CleanMail>(CleanMail.Name, "Forgets mail that was given up, after 30 days", TimeSpan.FromHours(6));
    }
}
