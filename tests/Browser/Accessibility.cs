using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>What axe-core finds on the page as it is now, of moderate weight or more.</summary>
internal static class Accessibility
{
    private static readonly string Axe = Path.Combine(Repository.Root, "tests", "Client", "node_modules", "axe-core", "axe.min.js");

    /// <param name="device">Whose page.</param>
    /// <param name="coloursOnly">The page was looked at as it is in the other scheme: only what depends on colours can differ.</param>
    public static async Task<string[]> Findings(Device device, bool coloursOnly = false)
    {
        // The page is there when its content is; before that there is an empty document to look at.
        await device.Page.Locator("h1").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        if (!coloursOnly)
        {
            // Anew each time: what it remembers of an earlier look at the same page is not all forgotten.
            File.Exists(Axe).ShouldBeTrue("axe-core is not installed: npm ci in tests/Client; tools/test does it.");
            await device.Page.EvaluateAsync(await File.ReadAllTextAsync(Axe));
        }

        return await device.Page.EvaluateAsync<string[]>(
            """
            async (coloursOnly) => (await axe.run(document, { resultTypes: ['violations'], ...(coloursOnly ? { runOnly: ['color-contrast', 'link-in-text-block'] } : {}) })).violations
              .filter(one => ['moderate', 'serious', 'critical'].includes(one.impact))
              .flatMap(one => one.nodes.map(node => `${one.impact} ${one.id} at ${node.target.join(' ')}: ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message}`))
            """, coloursOnly);
    }

    /// <summary>In light, and in dark as far as that differs; the page is light afterwards.</summary>
    public static async Task<string[]> InBothSchemes(Device device)
    {
        var light = await Findings(device);
        await device.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        var dark = await Findings(device, coloursOnly: true);
        await device.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        return [.. light, .. dark.Select(f => "dark: " + f)];
    }
}
