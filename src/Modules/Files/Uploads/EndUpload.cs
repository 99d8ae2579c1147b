using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Files.Uploads;

/// <summary>Gives an upload up.</summary>
internal static class EndUpload
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/uploads/{id:id}", (Guid id, HttpContext context, Caller caller, Receiving receiving, CancellationToken ct) => Delete(id, context, caller, receiving, ct))
            .WithTags("Uploads").WithSummary("Give an upload up (tus 1.0.0, termination)")
            .WithDescription("Its bytes are removed and its part of the quota is free. A complete one is a file: delete that.")
            .Produces(204).ProducesProblem(404).ProducesProblem(412);

    public static async Task<IResult> Delete(Guid id, HttpContext context, Caller caller, Receiving receiving, CancellationToken ct) =>
        Tus.Begin(context) is { } refused ? refused.ToProblem() : (await receiving.Terminate(id, caller, ct)).ToNoContent();
}
