using System.Diagnostics.CodeAnalysis;

namespace ChatMonolith.BuildingBlocks.Errors;

/// <summary>What a pipeline behaviour needs to fail a request without knowing its answer's type.</summary>
public interface IFailable<out TSelf>
    where TSelf : IFailable<TSelf>
{
    static abstract TSelf Fail(Error error);
}

/// <summary>A value, or the <see cref="Errors.Error"/> that stands in its place.</summary>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Required by IFailable; callers use the conversions.")]
public readonly record struct Result<T> : IFailable<Result<T>>
{
    private readonly T? value;

    private Result(T? value, Error? error)
    {
        this.value = value;
        Error = error;
    }

    public Error? Error { get; }

    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Error is null;

    public T Value => IsOk ? value! : throw new InvalidOperationException($"Failed with {Error.Code}.");

    /// <summary>Where the conversion does not serve: C# allows none from <c>object</c>.</summary>
    public static Result<T> Of(T value) => new(value, null);

    public static Result<T> Fail(Error error) => new(default, error);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Error error) => new(default, error);

    public Result<TOther> Map<TOther>(Func<T, TOther> map) => IsOk ? map(value!) : Error;
}

/// <summary>The value of a <see cref="Result{T}"/> that has nothing to say.</summary>
public readonly record struct Nothing
{
    public static readonly Nothing Value;
}
