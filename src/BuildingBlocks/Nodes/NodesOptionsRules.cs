using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ChatMonolith.BuildingBlocks.Nodes;

/// <summary>What several servers must have in common, asked before one of them starts.</summary>
internal sealed class NodesOptionsRules(IConfiguration configuration) : IValidateOptions<NodesOptions>
{
    private const int LeastSecret = 32;

    public ValidateOptionsResult Validate(string? name, NodesOptions options) =>
        !options.Enabled ? ValidateOptionsResult.Success
        : !Is("Database:Provider", "PostgreSql") ? ValidateOptionsResult.Fail("Nodes:Enabled needs a database that several servers share. Set Database:Provider to PostgreSql, and ConnectionStrings:Default.")
        : !Is("Storage:Provider", "S3") ? ValidateOptionsResult.Fail("Nodes:Enabled needs a bucket that several servers share. Set Storage:Provider to S3, and Storage:Endpoint, Storage:Bucket and its keys.")
        : options.Secret.Length < LeastSecret ? ValidateOptionsResult.Fail($"Nodes:Enabled needs Nodes:Secret, at least {LeastSecret} characters, the same on all nodes. One can be made with: openssl rand -base64 32")
        : ValidateOptionsResult.Success;

    private bool Is(string setting, string value) => string.Equals(configuration[setting], value, StringComparison.OrdinalIgnoreCase);
}
