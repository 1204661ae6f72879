"""What an outlet's configuration answers."""

from __future__ import annotations

from datetime import date

from workers.config import Outlet, Profile, load_config


def outlet(**more: object) -> Outlet:
    values = {"name": "واحد", "name_en": "One", "home": "https://one.test/", "hosts": ("one.test",), **more}
    return Outlet.model_validate(values)


def test_the_profile_of_the_day_is_the_latest_that_began() -> None:
    """A redesign does not change how older captures are read."""
    old, new = Profile(body=("div.old",)), Profile(valid_from=date(2025, 7, 1), body=("div.new",))
    one = outlet(profiles=(new, old))
    assert one.profile_on(date(2025, 6, 30)) == old
    assert one.profile_on(date(2025, 7, 1)) == new
    assert outlet().profile_on(date(2025, 7, 1)) == Profile()


def test_a_host_belongs_to_the_outlet_above_it() -> None:
    """Subdomains are the outlet's; hosts that only end in the same letters are not."""
    one = outlet()
    assert one.owns("one.test")
    assert one.owns("www.one.test")
    assert not one.owns("someone.test")


def test_the_outlet_of_an_address_is_that_of_its_host() -> None:
    """Every configured home and source leads back to its own outlet."""
    config = load_config()
    for outlet in config.outlets.values():
        found = config.outlet_of(outlet.home)
        assert found is not None
        assert found.slug == outlet.slug
    assert config.outlet_of("https://nobody.example/") is None
