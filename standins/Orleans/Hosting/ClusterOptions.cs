namespace Orleans.Configuration;

/// <summary>Names of the cluster.</summary>
public class ClusterOptions
{
    internal const string DevelopmentClusterId = "dev";

    internal const string DevelopmentServiceId = "dev";

    /// <summary>Which cluster the silo belongs to.</summary>
    public string ClusterId { get; set; } = "default";

    /// <summary>Which service the cluster runs.</summary>
    public string ServiceId { get; set; } = "default";
}
