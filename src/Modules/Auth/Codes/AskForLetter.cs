using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Auth.Codes;

/// <summary>
/// A forgotten password, and a code that did not come. The wish is written down for whatever address was typed and answered with 202 at
/// once; who has that address is looked up later (<see cref="LetterAnswers"/>), so neither answer nor time tells (ASVS 5.0, 6.3.8).
/// </summary>
internal static class AskForLetter
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/auth/password/forgot", (Body body, ClientInfo client, IMediator mediator, CancellationToken ct) => Ask(AskedFor.Reset, body, client, mediator, ct))
            .AllowAnonymous().WithTags("Auth").WithSummary("Ask for a link to set a forgotten password anew")
            .WithDescription("Always 202: whether somebody has this address is not told. The link works once, for 30 minutes, the newest only. Without mail nothing comes.")
            .Produces(202).ProducesProblem(400).ProducesProblem(429);
        api.MapPost("/auth/email/resend", (Body body, ClientInfo client, IMediator mediator, CancellationToken ct) => Ask(AskedFor.Verification, body, client, mediator, ct))
            .AllowAnonymous().WithTags("Auth").WithSummary("Send the code that confirms an email address once more")
            .WithDescription("Always 202. The newest code counts, for 10 minutes and five tries.")
            .Produces(202).ProducesProblem(400).ProducesProblem(429);
    }

    public sealed record Body(string? Email);

    public sealed record Command(AskedFor For, string? Email, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(c => c.Email).Must(e => e is not null && AccountRules.IsEmail(e)).WithMessage("Enter an email address.");
    }

    internal sealed class Handler(AuthDb db, LetterLimits limits, LetterAnswers answers, TimeProvider time) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var address = Account.EmailKey(request.Email!);
            if (limits.Refuse($"{request.For}\n{address}", request.Client) is { } refusal)
            {
                return refusal;
            }

            db.Asked.Add(new AskedRow { Id = Guid.CreateVersion7(), For = request.For, Address = address, Language = request.Client.Language, CreatedAt = time.Now() });
            await db.SaveChangesAsync(cancellationToken);
            answers.Wake();
            return Nothing.Value;
        }
    }

    private static async Task<IResult> Ask(AskedFor what, Body body, ClientInfo client, IMediator mediator, CancellationToken ct) =>
        (await mediator.Send(new Command(what, body.Email, client), ct)).ToHttp(_ => Results.Accepted());
}
