namespace ChatMonolith.BuildingBlocks.Errors;

/// <summary>
/// What a <see cref="ErrorCodes.Conflict"/> is about, where somebody can do something about it: the member <c>reason</c> of the problem
/// and of the error frame, so that a client says it in its person's language. A conflict without one is a change by somebody else in the
/// meantime, or a defect of the client.
/// </summary>
public static class ConflictReasons
{
    public const string BackupBusy = "backup_busy";
    public const string BotRole = "bot_role";
    public const string CommandKnown = "command_known";
    public const string FactorKnown = "factor_known";
    public const string JobRuns = "job_runs";
    public const string LastAdmin = "last_admin";
    public const string LastOwner = "last_owner";
    public const string MessageDeleted = "message_deleted";
    public const string NoAddress = "no_address";
    public const string NoBackupPlace = "no_backup_place";
    public const string NoFactor = "no_factor";
    public const string NoMail = "no_mail";
    public const string NotInGeneral = "not_in_general";
    public const string NothingRuns = "nothing_runs";
    public const string PasskeyKnown = "passkey_known";
    public const string TestWaits = "test_waits";
    public const string TooManyCommands = "too_many_commands";
    public const string TooManyDevices = "too_many_devices";
    public const string TooManyHooks = "too_many_hooks";
    public const string TooManyInvites = "too_many_invites";
    public const string TooManyKeys = "too_many_keys";
    public const string TooManyPasskeys = "too_many_passkeys";
    public const string TooManyReactions = "too_many_reactions";
    public const string TooManyRooms = "too_many_rooms";
    public const string TooManyTokens = "too_many_tokens";
    public const string TooManyVersions = "too_many_versions";
}
