"""Token buckets: bursts, refilling, clocks that jump, memory that stays bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data_feeds.rate_limits import Buckets, network_of
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT


def test_a_full_bucket_gives_its_burst_at_once_and_then_its_rate() -> None:
    buckets = Buckets(per_s=10, burst=50)
    assert [buckets.take("a", NOW) for _ in range(50)] == [0] * 50
    wait_ms = buckets.take("a", NOW)
    assert 100 <= wait_ms <= 101
    assert buckets.take("a", NOW + 50) > 0
    assert buckets.take("a", NOW + wait_ms) == 0


def test_a_batch_is_taken_whole_or_not_at_all() -> None:
    buckets = Buckets(per_s=10, burst=50)
    assert buckets.take("a", NOW, 40) == 0
    assert 2_900 <= buckets.take("a", NOW, 40) <= 3_001
    assert buckets.take("a", NOW, 10) == 0, "what was refused took nothing"


def test_each_key_has_a_bucket_of_its_own() -> None:
    buckets = Buckets(per_s=1, burst=1)
    assert (buckets.take("a", NOW), buckets.take("b", NOW)) == (0, 0)
    assert buckets.take("a", NOW) > 0


def test_a_clock_set_back_an_hour_does_not_shut_anybody_out_for_an_hour() -> None:
    buckets = Buckets(per_s=10, burst=50)
    buckets.take("a", NOW, 50)
    back = NOW - 3_600_000
    assert buckets.take("a", back) <= 101
    assert buckets.take("a", back + 200) == 0


def test_memory_is_bounded_however_many_senders_there_are() -> None:
    buckets = Buckets(per_s=1, burst=1, kept=100)
    for number in range(10_000):
        assert buckets.take(f"sender {number}", NOW) == 0
        assert len(buckets) <= 101
    assert buckets.take("sender 9999", NOW) > 0, "who was heard last is remembered"


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 20)), max_size=60))
@PATIENT
def test_never_more_than_burst_and_rate_allow(steps: list[tuple[int, int]]) -> None:
    buckets, now, given_out = Buckets(per_s=7, burst=30), NOW, 0
    for pause_ms, tokens in steps:
        now += pause_ms
        if buckets.take("a", now, tokens) == 0:
            given_out += tokens
        assert given_out <= 30 + (now - NOW) * 7 / 1000 + 1e-6


def test_a_sender_in_ipv6_is_its_network() -> None:
    assert network_of("10.1.2.3") == "10.1.2.3"
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network_of("fe80::1%eth0") == "fe80::/64"
    assert network_of("not:an:address") == "not:an:address"
