namespace ChatMonolith.Chatctl.Doctor;

/// <summary>The numbers are the exit code.</summary>
internal enum Verdict
{
    Ok = 0,
    Warning = 1,
    Problem = 2,
}

/// <param name="Check">What was looked at, such as <c>folder</c>.</param>
/// <param name="Verdict">What came of it.</param>
/// <param name="Text">In a sentence, without a secret.</param>
/// <param name="Next">What to do; null when nothing.</param>
internal sealed record Finding(string Check, Verdict Verdict, string Text, string? Next)
{
    public static Finding Ok(string check, string text) => new(check, Verdict.Ok, text, null);

    public static Finding Warning(string check, string text, string next) => new(check, Verdict.Warning, text, next);

    public static Finding Problem(string check, string text, string next) => new(check, Verdict.Problem, text, next);
}
