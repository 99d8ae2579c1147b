using System.CommandLine;
using System.Text;
using ChatMonolith.Chatctl;
using ChatMonolith.Chatctl.Audit;
using ChatMonolith.Chatctl.Backups;
using ChatMonolith.Chatctl.Doctor;
using ChatMonolith.Chatctl.Encryption;
using ChatMonolith.Chatctl.Loading;
using ChatMonolith.Chatctl.Moving;
using ChatMonolith.Chatctl.Offline;
using ChatMonolith.Chatctl.Seeding;
using ChatMonolith.Chatctl.Transfers;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var root = new RootCommand(
    """
    chatctl: the operator's command line of ChatMonolith.

    Commands with --data work on the data folder of a server that is stopped; settings such as Database__Provider and
    ConnectionStrings__Default come from the environment, as they do for the server.

    keygen, encrypt, decrypt, inspect and add-recipient work on local files and ask no server;
    send and receive encrypt and decrypt here what goes through one.

    Exit codes: 0 done, 1 the load test or audit verify found a broken promise, 2 refused or wrong usage (one line on standard error says why);
    of doctor 0 all is well, 1 warnings, 2 problems.
    """)
{
    CreateAdmin.Command(),
    ResetPassword.Command(),
    RotateKeys.Command(),
    LoadTest.Command(),
    Seed.Command(),
    BackupCommands.Command(),
    Export.Command(),
    Import.Command(),
    Move.Command(),
    Keygen.Command(),
    Encrypt.Command(),
    Decrypt.Command(),
    Inspect.Command(),
    AddRecipient.Command(),
    Send.Command(),
    Receive.Command(),
    AuditCommands.Command(),
    DoctorCommand.Command(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    return Refusal.Print(string.Join(" ", parsed.Errors.Select(e => e.Message)) + " Try --help.");
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
