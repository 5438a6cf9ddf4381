namespace DreamFarm.Coordinator.Tests;

public class OwnerAccountsTests
{
    [Fact]
    public void Who_comes_back_has_saved_up_nothing()
    {
        var share = new OwnerAccounts();
        share.Enter("ann");
        share.Enter("bob");
        share.Leave("bob");
        share.Charge("ann", 100);
        share.Settle("ann", 100, left: 0);
        share.Enter("bob");
        Assert.Equal(100, share.Of("bob"));
    }

    [Fact]
    public void Who_goes_and_comes_back_has_not_shaken_off_what_he_was_given()
    {
        var share = new OwnerAccounts();
        share.Enter("ann");
        share.Enter("bob");
        share.Charge("ann", 100);
        share.Leave("ann");
        share.Enter("ann");
        Assert.Equal(100, share.Of("ann"));
        Assert.Equal(0, share.Of("bob"));
    }

    [Fact]
    public void What_was_not_done_is_given_back()
    {
        var share = new OwnerAccounts();
        share.Enter("ann");
        share.Charge("ann", 100);
        share.Settle("ann", 100, left: 0.6);
        Assert.Equal(40, share.Of("ann"));
    }

    [Fact]
    public void Who_comes_is_behind_nobody_by_work_that_is_only_under_way()
    {
        var share = new OwnerAccounts();
        share.Enter("ann");
        share.Charge("ann", 100);
        share.Settle("ann", 100, left: 0);
        share.Charge("ann", 50);
        share.Enter("bob");
        Assert.Equal((150, 100), (share.Of("ann"), share.Of("bob")));
    }

    [Fact]
    public void An_idle_farm_forgets_everything()
    {
        var share = new OwnerAccounts();
        share.Enter("ann");
        share.Charge("ann", 100);
        share.Leave("ann");
        share.Enter("ann");
        Assert.Equal(0, share.Of("ann"));
    }
}
