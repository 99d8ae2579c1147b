using System.Text.Json;
using ChatMonolith.Tests.Admin;
using ChatMonolith.Tests.Harness;
using Microsoft.AspNetCore.Identity;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>What both imports are looked at by: a report, and a server as somebody of the source sees it.</summary>
internal static class Imported
{
    public const string Password = "long copper kettle 47";

    /// <summary>Gives somebody of the source a password as the operator does, starts the server, and logs them in.</summary>
    public static async Task<HttpCaller> Enter(RunningServer server, string username)
    {
        (await ChatctlRun.On(server, Password + "\n", "reset-password", "--login", username)).Succeeds();
        return await LogIn(server, username);
    }

    /// <summary>The same by a hand in the database, which is faster.</summary>
    public static async Task<HttpCaller> Slip(RunningServer server, string username)
    {
        await using (var data = await StoppedData.Open(server))
        {
            (await data.Execute($"UPDATE auth_accounts SET password_hash = '{new PasswordHasher<object>().HashPassword(new object(), Password)}' WHERE username = '{username}'")).ShouldBe(1);
        }

        return await LogIn(server, username);
    }

    public static async Task<Dictionary<string, JsonElement>> Rooms(HttpCaller http) =>
        (await http.Get("rooms")).Ok(200)["items"].EnumerateArray().ToDictionary(r => r.GetProperty("name").GetString() ?? "@" + r.GetProperty("peer").Word("username"), r => r.Clone(), StringComparer.Ordinal);

    /// <summary>Top-level messages, oldest first.</summary>
    public static async Task<JsonElement[]> Messages(HttpCaller http, JsonElement room) =>
        [.. (await http.Get($"rooms/{room.Id()}/messages?limit=100")).Ok(200)["items"].EnumerateArray().Select(m => m.Clone()).OrderBy(m => m.Seq())];

    public static async Task<Dictionary<string, string>> Members(HttpCaller http, JsonElement room) =>
        (await http.Get($"rooms/{room.Id()}/members?limit=100")).Ok(200)["items"].EnumerateArray()
            .ToDictionary(m => m.GetProperty("user").Word("username"), m => m.Word("role"), StringComparer.Ordinal);

    public static JsonElement Report(string file) => JsonDocument.Parse(File.ReadAllBytes(file)).RootElement;

    /// <summary>Places of one kind of what was left out or changed.</summary>
    public static string[] Places(this JsonElement report, string code) =>
        [.. report.GetProperty("items").EnumerateArray().Where(i => i.Word("code") == code).Select(i => i.Word("place"))];

    public static long Came(this JsonElement report, string what) => report.GetProperty("came").GetProperty(what).GetInt64();

    private static async Task<HttpCaller> LogIn(RunningServer server, string username)
    {
        await server.Restart();
        var login = (await server.Anonymous.Post("auth/login", new { login = username, password = Password })).Ok(200);
        return new HttpCaller(server.Address) { AccessToken = login["accessToken"].GetString() };
    }
}
