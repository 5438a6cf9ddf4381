namespace Orleans.Configuration;

/// <summary>The silo's name.</summary>
public class SiloOptions
{
    /// <summary>The name in logs; made up if not set.</summary>
    public string? SiloName { get; set; }
}
