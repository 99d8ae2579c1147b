using System.Net;
using ChatMonolith.Auth;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Tests.Auth;

public class LoginThrottleTests
{
    private readonly HandClock clock = new();

    [Fact]
    public void A9_the_tenth_failure_begins_a_wait_that_doubles_and_is_bounded()
    {
        var throttle = New();
        for (var i = 0; i < 9; i++)
        {
            throttle.Failed("ann", "a");
        }

        throttle.Wait("ann", "a").ShouldBeNull();
        foreach (var seconds in (int[])[30, 60, 120, 240, 480, 900, 900])
        {
            throttle.Failed("ann", "a");
            throttle.Wait("ann", "a").ShouldBe(TimeSpan.FromSeconds(seconds));
            clock.Advance(TimeSpan.FromSeconds(seconds));
            throttle.Wait("ann", "a").ShouldBeNull();
        }
    }

    [Fact]
    public void A9_no_stranger_locks_a_person_out()
    {
        var throttle = New();
        for (var i = 0; i < 30; i++)
        {
            throttle.Failed("ann", "stranger");
        }

        throttle.Wait("ann", "home").ShouldBeNull();
        throttle.Wait("bob", "stranger").ShouldBeNull();
    }

    [Fact]
    public void A9_an_address_that_fails_at_many_accounts_waits_and_a_success_does_not_clear_it()
    {
        var throttle = New();
        for (var i = 0; i < 50; i++)
        {
            throttle.Failed("account-" + i, "stranger");
            throttle.Succeeded("own", "stranger");
        }

        throttle.Wait("fresh", "stranger").ShouldNotBeNull();
    }

    [Fact]
    public void Failures_are_forgotten_after_the_window_and_by_a_success()
    {
        var throttle = New();
        for (var i = 0; i < 9; i++)
        {
            throttle.Failed("ann", "a");
            throttle.Failed("bob", "a");
        }

        throttle.Succeeded("bob", "a");
        throttle.Failed("bob", "a");
        throttle.Wait("bob", "a").ShouldBeNull();
        clock.Advance(TimeSpan.FromMinutes(15.1));
        throttle.Failed("ann", "a");
        throttle.Wait("ann", "a").ShouldBeNull();
    }

    [Fact]
    public void Switched_off_it_never_refuses()
    {
        var throttle = New(enabled: false);
        for (var i = 0; i < 100; i++)
        {
            throttle.Failed("ann", "a");
        }

        throttle.Wait("ann", "a").ShouldBeNull();
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("::1", "::/64")]
    public void Addresses_are_counted_by_the_network_that_one_person_holds(string address, string network) =>
        ClientNetwork.Of(IPAddress.Parse(address)).ShouldBe(network);

    private LoginThrottle New(bool enabled = true) => new(Options.Create(new AuthOptions()), Options.Create(new RateLimitOptions { Enabled = enabled }), clock);

    /// <summary>Moves when told to.</summary>
    private sealed class HandClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(TimeSpan by) => ticks += by.Ticks;
    }
}
