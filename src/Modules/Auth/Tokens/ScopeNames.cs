namespace ChatMonolith.Auth.Tokens;

internal static class ScopeNames
{
    private static readonly (string Name, TokenScopes Scope)[] All =
        [("read", TokenScopes.Read), ("write", TokenScopes.Write), ("live", TokenScopes.Live), ("admin", TokenScopes.Admin)];

    public static bool IsOne(string name) => Array.Exists(All, a => a.Name == name);

    public static TokenScopes Parse(IEnumerable<string> names) => names.Aggregate(TokenScopes.None, (all, name) => all | Array.Find(All, a => a.Name == name).Scope);

    public static IReadOnlyList<string> Of(TokenScopes scopes) => [.. All.Where(a => scopes.HasFlag(a.Scope)).Select(a => a.Name)];
}
