using System.Text.Json;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Settings;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;

namespace ChatMonolith.Admin.Settings;

/// <summary>The settings that may change while the server runs. What an admin sets wins over files and environment, and counts when it answers.</summary>
internal static class AdministerSettings
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/settings", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("What may be set while the server runs").Produces<Items<SettingView>>().ProducesProblem(401).ProducesProblem(403);
        api.MapPut("/admin/settings", async (Body body, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(body.Values, actor), ct)).ToOk())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Set some of it")
            .WithDescription("`values` by key; null goes back to what is configured; others stay. All or nothing, effective when it answers. Needs a step-up.")
            .Produces<Items<SettingView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
    }

    public sealed record Body(Dictionary<string, JsonElement>? Values);

    /// <param name="Key">As in configuration.</param>
    /// <param name="Type">How it is shown.</param>
    /// <param name="Value">What counts.</param>
    /// <param name="Configured">What files and environment say, else the default.</param>
    /// <param name="Source"><c>configured</c> or <c>admin</c>.</param>
    /// <param name="Options">Of a choice.</param>
    /// <param name="Min">Of a number.</param>
    /// <param name="Max">Of a number; of a text its longest length.</param>
    /// <param name="Description">In a sentence.</param>
    public sealed record SettingView(string Key, SettingType Type, string Value, string Configured, string Source, IReadOnlyList<string>? Options, long? Min, long? Max, string Description);

    public sealed record Query : IRequest<Result<Items<SettingView>>>;

    public sealed record Command(Dictionary<string, JsonElement>? Values, Actor Actor) : IRequest<Result<Items<SettingView>>>;

    internal sealed class Handler(AdminDb db, IConfiguration configuration, RuntimeConfiguration runtime, IEnumerable<RuntimeSetting> settings, INodeBus bus, IAuditLog audit, TimeProvider time)
        : IRequestHandler<Query, Result<Items<SettingView>>>, IRequestHandler<Command, Result<Items<SettingView>>>
    {
        public async Task<Result<Items<SettingView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = await db.Settings.AsNoTracking().ToDictionaryAsync(r => r.Key, r => r.Value, StringComparer.OrdinalIgnoreCase, cancellationToken);
            return new Items<SettingView>([.. settings.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => Of(s, rows.GetValueOrDefault(s.Key)))]);
        }

        public async Task<Result<Items<SettingView>>> Handle(Command request, CancellationToken cancellationToken)
        {
            var checkedValues = Check(request.Values ?? []);
            if (!checkedValues.IsOk)
            {
                return checkedValues.Error;
            }

            await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
            {
                var rows = await db.Settings.ToDictionaryAsync(r => r.Key, StringComparer.OrdinalIgnoreCase, cancellationToken);
                foreach (var (setting, value) in checkedValues.Value)
                {
                    await Set(setting, value, rows, request.Actor, cancellationToken);
                }

                await db.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(CancellationToken.None);
                runtime.Apply(await db.Settings.AsNoTracking().Select(r => new KeyValuePair<string, string>(r.Key, r.Value)).ToListAsync(CancellationToken.None));
            }

            await bus.TellAndWait(SettingsStore.Changed, "");

            return await Handle(new Query(), cancellationToken);
        }

        private Result<List<(RuntimeSetting Setting, string? Value)>> Check(Dictionary<string, JsonElement> values)
        {
            var known = settings.ToDictionary(s => s.Key, StringComparer.OrdinalIgnoreCase);
            var problems = new Dictionary<string, string[]>(StringComparer.Ordinal);
            var good = new List<(RuntimeSetting, string?)>();
            foreach (var (key, element) in values)
            {
                var problem = "This cannot be set while the server runs.";
                if (known.TryGetValue(key, out var setting))
                {
                    var text = TextOf(element);
                    var value = element.ValueKind is JsonValueKind.Null ? null : setting.Check(text, out problem);
                    if (value is not null || element.ValueKind is JsonValueKind.Null)
                    {
                        good.Add((setting, value));
                        continue;
                    }
                }

                problems[key.Length > SettingRow.MaxKey ? key[..SettingRow.MaxKey] : key] = [problem];
            }

            return problems.Count > 0 ? new Error(ErrorCodes.Validation, "Some of these values cannot be set.", problems)
                : good.Count == 0 ? Error.Validation("values", "Name at least one setting.")
                : good;
        }

        private static string TextOf(JsonElement element)
        {
            try
            {
                return element.ValueKind is JsonValueKind.String ? element.GetString()! : element.GetRawText();
            }
            catch (InvalidOperationException)
            {
                // An escaped lone surrogate is valid JSON that no string can hold.
                return "";
            }
        }

        private async Task Set(RuntimeSetting setting, string? value, Dictionary<string, SettingRow> rows, Actor actor, CancellationToken ct)
        {
            var row = rows.GetValueOrDefault(setting.Key);
            var before = row?.Value ?? Configured(setting);
            if (row?.Value == value)
            {
                return;
            }

            if (value is null)
            {
                db.Settings.Remove(row!);
            }
            else if (row is null)
            {
                db.Settings.Add(new SettingRow { Key = setting.Key, Value = value, SetBy = actor.UserId, SetAt = time.Now() });
            }
            else
            {
                (row.Value, row.SetBy, row.SetAt) = (value, actor.UserId, time.Now());
            }

            await audit.Append(db, AuditEvent.By(actor, "setting.changed", "setting", subjectId: null, ("key", setting.Key), ("from", before), ("to", value ?? Configured(setting))), ct);
        }

        private SettingView Of(RuntimeSetting s, string? set)
        {
            var configured = Configured(s);
            return new SettingView(s.Key, s.Type, set ?? configured, configured, set is null ? "configured" : "admin", s.Options, s.Min, s.Max, s.Description);
        }

        /// <summary>As the layers below the admins' say.</summary>
        private string Configured(RuntimeSetting setting)
        {
            var below = ((IConfigurationRoot)configuration).Providers.Reverse().Where(p => !ReferenceEquals(p, runtime));
            foreach (var provider in below)
            {
                if (provider.TryGet(setting.Key, out var value) && value is not null)
                {
                    return setting.Check(value, out _) ?? value;
                }
            }

            return setting.Default;
        }
    }
}
