namespace Orleans.Hosting;

/// <summary>Registered when clustering was configured.</summary>
internal sealed class ClusteringMarker;
