using ChatMonolith.Admin;
using ChatMonolith.Auth;
using ChatMonolith.Backups;
using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.Files;
using ChatMonolith.Hooks;
using ChatMonolith.Mail;
using ChatMonolith.Messaging;
using ChatMonolith.Nodes;
using ChatMonolith.Rooms;

namespace ChatMonolith.Host;

/// <summary>The one list of modules. What is not in it does not exist; the architecture tests loop over it.</summary>
internal static class Modules
{
    public static readonly IModule[] All = [new NodesModule(), new AuthModule(), new RoomsModule(), new MessagingModule(), new FilesModule(), new MailModule(), new HooksModule(), new AdminModule(), new BackupsModule()];
}
