namespace Orleans.Configuration;

/// <summary>Limits of calls that are made in a silo.</summary>
public class SiloMessagingOptions : MessagingOptions;
