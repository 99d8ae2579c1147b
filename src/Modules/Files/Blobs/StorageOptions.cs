using System.ComponentModel.DataAnnotations;

namespace ChatMonolith.Files.Blobs;

internal enum StorageProvider
{
    Disk,
    S3,
}

/// <summary>Section <c>Storage</c>: where the bytes of files lie.</summary>
internal sealed class StorageOptions : IValidatableObject
{
    public const string Section = "Storage";

    [EnumDataType(typeof(StorageProvider))]
    public StorageProvider Provider { get; set; } = StorageProvider.Disk;

    /// <summary>The folder of the blobs; empty: <c>blobs</c> in the data folder.</summary>
    public string Directory { get; set; } = "";

    /// <summary>The service's address; empty: Amazon's own, by <see cref="Region"/>.</summary>
    public string Endpoint { get; set; } = "";

    public string Region { get; set; } = "us-east-1";

    public string Bucket { get; set; } = "";

    /// <summary>Before every name in the bucket.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Empty, with <see cref="SecretKey"/>: as the machine's own environment says (a role, a profile).</summary>
    public string AccessKey { get; set; } = "";

    public string SecretKey { get; set; } = "";

    /// <summary>The bucket stands in the path, not in the host's name: what most services other than Amazon's want.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>Bytes of a part of a large upload, in MiB. Amazon takes no less than 5.</summary>
    [Range(5, 1024)]
    public int PartMegaBytes { get; set; } = 8;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider is not StorageProvider.S3)
        {
            yield break;
        }

        if (Bucket.Length == 0)
        {
            yield return new ValidationResult("Storage:Provider is S3, but Storage:Bucket is empty. Name the bucket.", [nameof(Bucket)]);
        }

        if (Endpoint.Length > 0 && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return new ValidationResult($"Storage:Endpoint is \"{Endpoint}\"; it must be an address such as https://s3.example.org.", [nameof(Endpoint)]);
        }

        if (AccessKey.Length == 0 != (SecretKey.Length == 0))
        {
            yield return new ValidationResult("Set Storage:AccessKey and Storage:SecretKey both, or neither.", [nameof(SecretKey)]);
        }
    }
}
