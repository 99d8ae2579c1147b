using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>What axe-core finds on the page as it is now, of moderate weight or more.</summary>
internal static class Accessibility
{
    private static readonly string Axe = Path.Combine(Repository.Root, "tests", "Client", "node_modules", "axe-core", "axe.min.js");

    public static async Task<string[]> Findings(Device device)
    {
        // The page is there when its content is; before that there is an empty document to look at.
        await device.Page.Locator("h1").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        File.Exists(Axe).ShouldBeTrue("axe-core is not installed: npm ci in tests/Client; tools/test does it.");
        await device.Page.EvaluateAsync(await File.ReadAllTextAsync(Axe));
        return await device.Page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
              .filter(one => ['moderate', 'serious', 'critical'].includes(one.impact))
              .flatMap(one => one.nodes.map(node => `${one.impact} ${one.id} at ${node.target.join(' ')}: ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message}`))
            """);
    }
}
