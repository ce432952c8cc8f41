"""What is wrong with shipclock.toml is told with file, line, key, what is allowed, and an example."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from models.deadline import RuleId
from models.home import find_home
from models.settings_file import SettingsError, load_settings, read_settings

MAILBOX = '[[mailbox]]\nname = "main"\nhost = "imap.example.com"\nuser = "shop@example.com"\n'
SHOP = (
    '[[shop]]\nname = "Tre Viet Store"\nmarket = "VN"\ncurrency = "VND"\n'
    'timezone = "Asia/Ho_Chi_Minh"\nmailbox = "main"\n'
)


def reading(folder: Path, text: str):
    file = folder / "shipclock.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def fault_of(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as fault:
        reading(folder, text)
    return str(fault.value)


def test_a_complete_file_is_read(tmp_path):
    settings = reading(tmp_path, MAILBOX + SHOP + '[alerts]\naddresses = ["ntfy://ntfy.example/x"]\n')
    assert settings.mailbox[0].host == "imap.example.com"
    assert settings.shop[0].mailbox == "main"
    assert settings.alerts.addresses == ("ntfy://ntfy.example/x",)


def test_a_wrong_value_is_told_with_line_key_allowed_values_and_example(tmp_path):
    told = fault_of(tmp_path, MAILBOX + SHOP + 'handover = "pikup"\n')
    assert 'shipclock.toml line 11: `[[shop]] handover = "pikup"` is not one of pickup, drop_off.' in told
    assert 'Example: handover = "pickup"' in told
    assert str(tmp_path / "shipclock.toml") in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (MAILBOX.replace("host", "hots") + SHOP, "line 3: [[mailbox]] has no key `hots`. Did you mean `host`?"),
        (MAILBOX + SHOP + "[alert]\n", "line 11: the file has no key `alert`. Did you mean `alerts`?"),
        (MAILBOX + SHOP.replace('currency = "VND"\n', ""), "line 5: [[shop]] needs the key `currency`: an ISO"),
        (MAILBOX + SHOP.replace('"main"', '"man"'), 'line 10: `[[shop]] mailbox = "man"` is not one of main.'),
        (MAILBOX + SHOP + 'policy = "articel"\n', 'policy = "articel"` is not one of article'),
        (MAILBOX + SHOP + SHOP, 'line 12: `[[shop]] name = "Tre Viet Store"` is taken by a shop above.'),
        (MAILBOX + MAILBOX + SHOP, 'line 6: `[[mailbox]] name = "main"` is taken'),
        (MAILBOX.replace('user = "shop@example.com"\n', "") + SHOP, 'kind = "imap" needs the key `user`'),
        ('[[mailbox]]\nname = "m"\nkind = "maildir"\n' + SHOP, 'kind = "maildir" needs the key `path`'),
        (
            '[[mailbox]]\nname = "m"\nkind = "maildir"\npath = "m"\nafter_reading = "move"\n' + SHOP,
            'line 5: `[[mailbox]] after_reading = "move"` is for kind = "imap" alone',
        ),
        (MAILBOX, "there is no [[shop]]"),
        ('mailbox = "main"\n' + SHOP, "line 1: `mailbox` is not a table. Write it as [[mailbox]]"),
        (MAILBOX + "port = x\n" + SHOP, "line 5: `port` is not TOML"),
        (MAILBOX + "port = 1\nport = 2\n" + SHOP, "line 6: `port` is not TOML"),
        (MAILBOX + SHOP + "closed_days = [2027-02-06, 3]\n", "line 11: `[[shop]] closed_days = [2027-02-06, 3]`"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, told):
    assert told in fault_of(tmp_path, text)


def test_a_shop_may_have_other_names_and_addresses_of_its_own(tmp_path):
    more = 'also_named = ["Tre Viet Official"]\naddresses = ["Shop+Tre@example.com"]\n'
    [shop] = reading(tmp_path, MAILBOX + SHOP + more).shop
    assert (shop.also_named, shop.addresses) == (("Tre Viet Official",), ("shop+tre@example.com",))


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("", 'also_named = ["tre viet store"]', 'also_named = "tre viet store"` is also that of the shop "Tre Viet'),
        ('also_named = ["Bamboo"]', 'also_named = ["bamboo"]', 'also_named = "bamboo"` is also that of'),
        ('addresses = ["a@b.example"]', 'addresses = ["A@b.example"]', "addresses` is also that of the shop"),
        ("", 'addresses = ["+juniper"]', "is not a list of the mail addresses that TikTok Shop writes to"),
    ],
)
def test_what_tells_two_shops_of_a_mailbox_apart_is_of_one_alone(tmp_path, first, second, told):
    other = SHOP.replace("Tre Viet Store", "Juniper")
    assert told in fault_of(tmp_path, f"{MAILBOX}{SHOP}{first}\n{other}{second}\n")


def test_shops_of_two_mailboxes_may_share_a_name_that_mails_write(tmp_path):
    named = 'also_named = ["Bamboo"]\n'
    other = SHOP.replace("Tre Viet Store", "Juniper").replace('"main"', '"second"') + named
    assert len(reading(tmp_path, MAILBOX + MAILBOX.replace("main", "second") + SHOP + named + other).shop) == 2


def test_all_faults_are_told_at_once(tmp_path):
    told = fault_of(tmp_path, MAILBOX.replace("host", "hots") + SHOP.replace("VND", "Dong"))
    assert "`hots`" in told
    assert "currency" in told


def test_two_mailboxes_may_not_share_the_variable_of_their_password(tmp_path):
    both = MAILBOX.replace("main", "shop-a") + MAILBOX.replace("main", "shop_a")
    told = fault_of(tmp_path, both + SHOP.replace('"main"', '"shop-a"'))
    assert "SHIPCLOCK_PASSWORD_SHOP_A" in told


def test_a_password_in_the_file_is_sent_to_dotenv_and_not_repeated(tmp_path):
    told = fault_of(tmp_path, MAILBOX + 'password = "hunter2"\n' + SHOP)
    assert "SHIPCLOCK_PASSWORD_MAIN" in told
    assert "hunter2" not in told


def test_a_wrong_alert_address_is_not_repeated_for_it_may_hold_a_token(tmp_path):
    told = fault_of(tmp_path, MAILBOX + SHOP + '[alerts]\naddresses = ["TOKEN-1234"]\n')
    assert "line 12: `[alerts] addresses` is not a list of Apprise addresses" in told
    assert "TOKEN-1234" not in told


@pytest.mark.parametrize(
    ("given", "read"),
    [('"20:00-08:00"', (time(20), time(8))), ('"never"', "never")],
)
def test_a_shop_may_have_quiet_hours_of_its_own_or_none(tmp_path, given, read):
    assert reading(tmp_path, f"{MAILBOX}{SHOP}quiet_hours = {given}\n").shop[0].quiet_hours == read


@pytest.mark.parametrize("given", ['"always"', '"08:00-08:00"', '"25:00-07:00"', "false"])
def test_other_quiet_hours_of_a_shop_are_refused_in_one_sentence(tmp_path, given):
    told = fault_of(tmp_path, f"{MAILBOX}{SHOP}quiet_hours = {given}\n")
    assert f"line 11: `[[shop]] quiet_hours = {given}` is not a time from when to when" in told
    assert told.count("quiet_hours = ") == 2  # what was given, and the example


ALERTS = MAILBOX + SHOP + '[alerts]\naddresses = ["ntfy://n.example/x"]\nfallback = ["ntfy://n.example/y"]\n'


@pytest.mark.parametrize(
    ("levels", "hears"),
    [
        ('["breach", "urgent"]', {0: ("breach", "urgent")}),
        ('{ 2 = ["warning"], 1 = ["breach"] }', {0: ("breach",), 1: ("warning",)}),
    ],
)
def test_levels_are_those_of_the_first_channel_or_of_each_by_its_number(tmp_path, levels, hears):
    assert reading(tmp_path, f"{ALERTS}levels = {levels}\n").alerts.hears == hears


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        (
            '["breach", "urgnt"]',
            'levels = ["breach", "urgnt"]` is not a list of breach, urgent, warning, notice, digest',
        ),
        ('{ 2 = ["loud"] }', 'levels = {2 = ["loud"]}` is not a list of breach, urgent'),
        ("[]", "levels = []` is not a list of breach"),
        ('{ 0 = ["breach"] }', "is not a list of breach"),
        ('{ first = ["breach"] }', "is not a list of breach"),
        ('"breach"', 'levels = "breach"` is not a list of breach'),
        ('{ 3 = ["breach"] }', "levels` speaks of channel 3, and there are 2: 1 is `addresses`"),
    ],
)
def test_a_level_or_channel_that_there_is_not_is_refused_in_one_sentence(tmp_path, levels, told):
    said = fault_of(tmp_path, f"{ALERTS}levels = {levels}\n")
    assert f"line 14: `[alerts] {told}" in said or told in said
    assert said.count("[alerts] levels") == 1
    assert "n.example" not in said


def test_a_missing_file_is_told_with_the_places_and_the_command_that_makes_one(tmp_path):
    with pytest.raises(SettingsError) as fault:
        load_settings(find_home({"SHIPCLOCK_HOME": str(tmp_path)}, cwd=tmp_path / "elsewhere"))
    assert "shipclock init" in str(fault.value)
    assert str(tmp_path / "shipclock.toml") in str(fault.value)


def test_a_file_that_is_not_utf8_is_told(tmp_path):
    file = tmp_path / "shipclock.toml"
    file.write_bytes(b'name = "\xff"')
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(file)


def test_a_folder_in_place_of_the_file_is_told(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path)


def test_the_environment_wins_over_dotenv_and_the_nearer_dotenv_over_the_farther(tmp_path):
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    for folder, value in ((home, "far"), (here, "near")):
        lines = (f"SHIPCLOCK_PASSWORD_{name}={value}" for name in ("A", "B", value.upper()))
        (folder / ".env").write_text("\n".join(lines), encoding="utf-8")
    found = find_home({"SHIPCLOCK_HOME": str(home), "SHIPCLOCK_PASSWORD_A": "set"}, cwd=here)
    assert [found.password(name) for name in ("a", "b", "far")] == ["set", "near", "far"]


FIGURE = '[shop.figures.D02]\nlength = 48\nunit = "hours"\n'
EXTENSION = (
    '[[extension]]\nname = "Tet"\nsource = "U-vn 1"\nread_on = 2026-11-22\nmarkets = ["VN"]\n'
    'from = 2027-02-03\nuntil = 2027-02-11\napplies_to = "started"\nadd_hours = 24\n'
)


def test_a_shop_may_have_figures_of_its_own_and_extensions(tmp_path):
    other = SHOP.replace("Tre Viet Store", "Juniper").replace('"VN"', '"US"')
    settings = reading(tmp_path, MAILBOX + SHOP + FIGURE + other + EXTENSION)
    own, others = settings.shop
    assert (own.policy, own.own_policy.clocks[RuleId.D02].length) == ("vn-2025", 48)
    assert (others.policy, others.own_policy.clocks[RuleId.D02].length) == ("us-2026", 2)
    assert [one.name for one in own.extensions] == ["Tet"]
    assert own.extensions[0].begins_at == datetime(2027, 2, 2, 17, tzinfo=UTC)  # midnight in Vietnam
    assert others.extensions == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FIGURE.replace("D02", "D99"), "line 11: shop.figures.D99: there is no such figure; there are D01, D02"),
        (FIGURE.replace("48", "-1"), "line 11: shop.figures.D02.length = -1 is not a number from 0"),
        (FIGURE.replace("unit", "units"), "line 11: shop.figures.D02: unknown units; did you mean unit?"),
        ("figures = 3\n", "line 11: `[[shop]] figures = 3` is not a table of figures by rule"),
        (EXTENSION.replace("add_hours = 24\n", ""), "line 11: extension needs one of add_hours"),
        (
            EXTENSION + 'shops = ["Tre Viet"]\n',
            'line 20: `[[extension]] shops = "Tre Viet"` is not one of Tre Viet Store',
        ),
        ("extension = 3\n", "line 11: [[shop]] has no key `extension`"),
        ("[extension]\n", "line 11: `extension` is not a table. Write it as [[extension]]"),
        (SHOP.replace("Tre", "Trà") + FIGURE.replace("48", "x"), "line 18: `length` is not TOML"),
    ],
)
def test_what_is_wrong_with_own_figures_and_extensions_is_named(tmp_path, text, told):
    assert told in fault_of(tmp_path, MAILBOX + SHOP + text)


def test_a_second_shops_figure_is_told_on_its_own_line(tmp_path):
    told = fault_of(tmp_path, MAILBOX + SHOP + FIGURE + SHOP.replace("Tre", "Trà") + FIGURE.replace("48", "-1"))
    assert "line 20: shop.figures.D02.length" in told
