namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>
/// The names of the policies that a route may ask for. Without one a route takes any caller who is fully logged in; each of these asks for
/// that and for something more.
/// </summary>
public static class Policies
{
    /// <summary>A server admin.</summary>
    public const string Admin = "admin";

    /// <summary>A session whose person has proven themselves within the last minutes: for acts that whoever finds an open laptop must not do.</summary>
    public const string StepUp = "step-up";

    /// <summary>An admin, freshly proven.</summary>
    public const string AdminStepUp = "admin step-up";

    /// <summary>Also a session that still owes the second factor that the server's policy asks for: what one needs to set it up, and to leave.</summary>
    public const string Unfinished = "unfinished";

    /// <summary>A session that still owes its second factor, freshly proven.</summary>
    public const string UnfinishedStepUp = "unfinished step-up";

    /// <summary>Anybody but guests.</summary>
    public const string NoGuests = "no guests";
}
