using System.Data.Common;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>For the few commands that are not Entity Framework's.</summary>
public static class Parameters
{
    public static DbCommand With(this DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
        return command;
    }
}
