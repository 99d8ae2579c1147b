using System.ComponentModel.DataAnnotations;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>Section <c>Push</c>: notifications to browsers that are not open.</summary>
internal sealed class PushOptions
{
    public const string Section = "Push";

    /// <summary>False: nothing is sent, and nobody can subscribe.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Where push services reach the operator: <c>mailto:</c> or <c>https:</c> (RFC 8292, 2.1). Empty: they are not told.</summary>
    [RegularExpression("^(mailto:.+@.+|https://.+)?$")]
    public string Contact { get; set; } = "";

    /// <summary>How long a notification waits before it is sent: who reads it meanwhile on an open device is not disturbed on the others.</summary>
    [Range(0, 300)]
    public int DelaySeconds { get; set; } = 3;

    /// <summary>The wait before the first repeat; each further one doubles it, to an hour.</summary>
    [Range(1, 3600)]
    public int RetrySeconds { get; set; } = 30;

    /// <summary>How long a push service may take to answer.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 10;

    [Range(1, 1000)]
    public int SubscriptionsPerPerson { get; set; } = 20;

    /// <summary>Also calls addresses in private networks, and over plain HTTP: for a push service of one's own, and for tests.</summary>
    public bool AllowPrivateAddresses { get; set; }
}
