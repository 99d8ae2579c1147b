using System.Net;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Hooks.Data;

namespace ChatMonolith.Hooks;

/// <summary>Addresses that owners may give. Names are judged by their addresses, when they are called (<see cref="Sending.HookClient"/>).</summary>
internal static class HookAddress
{
    public static readonly string Rule = $"Give an https address of at most {HookRow.MaxUrl} characters, on the public Internet.";

    public static bool IsOne(string? text, bool allowPrivate)
    {
        if (text is not { Length: > 0 and <= HookRow.MaxUrl } || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            return false;
        }

        return allowPrivate ? uri.Scheme is "https" or "http" : uri.Scheme is "https" && (!IPAddress.TryParse(uri.DnsSafeHost, out var address) || PublicAddress.IsPublic(address));
    }
}
