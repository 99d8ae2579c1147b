namespace ChatMonolith.Mail.Smtp;

/// <summary>The mail server answered with something else than it was asked for, or not at all.</summary>
/// <param name="message">For the admin: what was asked and what came.</param>
/// <param name="isFinal">This letter will never be taken: the server refuses its reader or its content for good (5xx).</param>
/// <param name="inner">The cause.</param>
internal sealed class SmtpFailure(string message, bool isFinal = false, Exception? inner = null) : Exception(message, inner)
{
    public bool IsFinal => isFinal;
}
