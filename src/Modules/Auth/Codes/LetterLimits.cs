using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Codes;

/// <summary>
/// How often letters may be asked for: by the address that was typed, whether anybody has it or not, and by where the asking comes from.
/// So nobody's mailbox is flooded, and the limit tells nothing.
/// </summary>
internal sealed class LetterLimits(IOptions<AuthOptions> options, IOptions<RateLimitOptions> limits, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private readonly Tally addressees = new(Window, time);
    private readonly Tally networks = new(Window, time);

    public Error? Refuse(string addressee, ClientInfo client)
    {
        if (!limits.Value.Enabled)
        {
            return null;
        }

        var wait = networks.Take(client.Network, options.Value.LettersPerAddress) ?? addressees.Take(addressee, options.Value.LettersPerAddressee);
        return wait is { } until ? Error.RateLimited(until) : null;
    }
}
