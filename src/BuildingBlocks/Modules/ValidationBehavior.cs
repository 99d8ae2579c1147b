using System.Text.Json;
using ChatMonolith.BuildingBlocks.Errors;
using FluentValidation;
using MediatR;

namespace ChatMonolith.BuildingBlocks.Modules;

/// <summary>Asks the validators of a request before its handler; what they find becomes one <c>validation</c> error.</summary>
internal sealed class ValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
    where TResponse : IFailable<TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        foreach (var validator in validators)
        {
            var result = validator.Validate(request);
            if (!result.IsValid)
            {
                return Task.FromResult(TResponse.Fail(Validation.ToError(result)));
            }
        }

        return next();
    }
}

public static class Validation
{
    public static Error ToError(FluentValidation.Results.ValidationResult result)
    {
        var fields = result.Errors
            .GroupBy(e => string.Join('.', e.PropertyName.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName)), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(e => e.ErrorMessage).ToArray(), StringComparer.Ordinal);
        return new Error(ErrorCodes.Validation, result.Errors[0].ErrorMessage, fields);
    }
}
