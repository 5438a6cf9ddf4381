namespace DreamFarm.Coordinator;

/// <summary>
/// How much each owner has been given, in megapixel-steps, so that whoever has the least comes next: start-time fair
/// queuing with owners as flows (Goyal, Vin, Cheng 1996). Only owners who have jobs are compared; one who comes, or comes
/// back, begins where the least served of them stands, so that nobody saves up credit while he is away.
/// </summary>
internal sealed class OwnerAccounts
{
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>An owner has jobs now. Nothing if he had some before.</summary>
    public void Enter(string owner)
    {
        if (_accounts.TryGetValue(owner, out var account) && account.IsPresent)
            return;
        // What is under way has been charged and not been given yet.
        var present = _accounts.Values.Where(other => other.IsPresent).ToArray();
        double least = present.Length == 0 ? 0 : present.Min(other => other.Charged - other.UnderWay);
        if (account is null)
            _accounts.Add(owner, account = new Account());
        account.IsPresent = true;
        account.Charged = Math.Max(account.Charged, least);
    }

    /// <summary>An owner has no jobs left. What he was given beyond the others is remembered as long as there are others.</summary>
    public void Leave(string owner)
    {
        _accounts[owner].IsPresent = false;
        if (!_accounts.Values.Any(account => account.IsPresent))
            _accounts.Clear();
    }

    /// <summary>What counts against an owner, megapixel-steps.</summary>
    public double Of(string owner) => _accounts.TryGetValue(owner, out var account) ? account.Charged : 0;

    /// <summary>A job of an owner who is present starts; its work counts against him from now on.</summary>
    public void Charge(string owner, double megapixelSteps)
    {
        var account = _accounts[owner];
        account.Charged += megapixelSteps;
        account.UnderWay += megapixelSteps;
    }

    /// <summary>That job's run has ended.</summary>
    /// <param name="left">The share of the work that was not done, 0 .. 1: it is given back.</param>
    public void Settle(string owner, double megapixelSteps, double left)
    {
        var account = _accounts[owner];
        account.Charged -= left * megapixelSteps;
        account.UnderWay -= megapixelSteps;
    }

    private sealed class Account
    {
        public bool IsPresent { get; set; }

        public double Charged { get; set; }

        public double UnderWay { get; set; }
    }
}
