using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Telemetry;
using ChatMonolith.Host;

if (args is ["--version"])
{
    Console.WriteLine(Product.Version);
    return 0;
}

try
{
    var app = Server.Build(args);
    await Server.Run(app);
    return 0;
}
catch (Exception e) when (StartRefusal.Damage(e) is { } damaged)
{
    await Console.Error.WriteLineAsync("Cannot start: " + damaged.Message);
    return DamagedDatabaseException.ExitCode;
}
catch (Exception e) when (StartRefusal.Explain(e) is { } line)
{
    await Console.Error.WriteLineAsync(line);
    return 2;
}
