"""`import`: Seller Center's export becomes orders, once; what is in doubt is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from flows.clock import set_virtual
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.tables import CaseRow, FactRow, OrderRow
from models.fact import Authority, Fact, FactKind
from models.settings_file import read_settings
from tests.flows.cli.importing import NOW, OTHER, US, VN, rows, to_ship
from tests.ingest.exports import BUYER, NO, a_csv, a_line, an_xlsx, sample_rows
from tests.planted import packed, search_bytes, search_files


@pytest.mark.row("T01")
def test_an_import_tells_what_is_new_and_where_it_stands(shipclock, engine, sample):
    said = shipclock("import", sample("vn"), "--shop", VN)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0] == "vn.csv: 5 orders in 5 lines. New: 5. With news: 0. As known: 0."
    assert "577094200117744803  new  On the way" in said.out
    assert {row["shop_id"] for row in rows(engine, OrderRow)} == {VN}


def test_many_orders_are_counted_by_stage_unless_all_are_asked_for(shipclock, engine, place):
    file = to_ship(place, *(str(int(NO) + n) for n in range(51)))
    dry = shipclock("import", file, "--shop", VN, "--dry-run", "--all").out
    said = shipclock("import", file, "--shop", VN)
    assert said.out.splitlines()[1:] == ["Orders  Was  Is", "51      new  To check"]
    assert "--all lists each of them." in said.err
    assert len([line for line in dry.splitlines() if line.endswith("  new  To check")]) == 51
    assert len(rows(engine, OrderRow)) == 51


def test_one_order_in_one_line_is_no_plural(shipclock, engine, place):
    said = shipclock("import", to_ship(place, NO), "--shop", VN)
    assert said.out.startswith("orders.csv: 1 order in 1 line. New: 1.")
    assert len(rows(engine, OrderRow)) == 1


def test_times_that_the_file_has_no_column_for_are_told_once(shipclock, engine, place):
    file = to_ship(place, NO, OTHER)
    assert shipclock("import", file, "--shop", VN).err.count('The file has no column "RTS Time", "Shipped Time"') == 1
    assert shipclock("import", file, "--shop", VN, "--json").json["missing_columns"][0] == "RTS Time"
    assert len(rows(engine, OrderRow)) == 2


@pytest.mark.row("T01", "T02")
def test_importing_twice_changes_no_row(shipclock, engine, sample):
    file = sample("us")
    shipclock("import", file, "--shop", US)
    before = [rows(engine, table) for table in (OrderRow, FactRow)]
    set_virtual(engine, NOW + timedelta(hours=1))
    again = shipclock("import", file, "--shop", US, "--json")
    assert (again.json["new_facts"], again.json["unchanged"], again.json["new_orders"]) == (0, 4, [])
    assert [rows(engine, table) for table in (OrderRow, FactRow)] == before


def test_the_same_orders_as_a_workbook_change_nothing_either(shipclock, engine, place, sample):
    shipclock("import", sample("us"), "--shop", US)
    facts = rows(engine, FactRow)
    workbook = an_xlsx(place, sample_rows("us"))
    assert shipclock("import", str(workbook), "--shop", US).code == 0
    assert rows(engine, FactRow) == facts


def test_a_dry_run_tells_the_same_and_writes_nothing(shipclock, engine, sample):
    file = sample("vn")
    dry = shipclock("import", file, "--shop", VN, "--dry-run")
    assert rows(engine, OrderRow) + rows(engine, FactRow) == []
    assert dry.out.startswith("Nothing is written. This would happen:\n")
    assert dry.out.partition("\n")[2] == shipclock("import", file, "--shop", VN).out
    assert "As known: 5." in shipclock("import", file, "--shop", VN, "--dry-run").out


def test_a_later_export_moves_an_order_on_and_says_from_where_to_where(shipclock, engine, place):
    shipclock("import", to_ship(place, NO), "--shop", VN)
    shipped = a_csv(place, a_line(Order_Substatus="Awaiting collection", RTS_Time="20/11/2026 12:00:00"))
    for dry in ("--dry-run", "--json"):
        said = shipclock("import", str(shipped), "--shop", VN, "--json", dry)
        (changed,) = said.json["changed"]
        assert (changed["order_no"], changed["new_facts"]) == (NO, 1)
        assert (changed["stage_before"], changed["stage_after"]) == ("NEW", "AWAITING_HANDOVER")
    assert [row["stage"] for row in rows(engine, OrderRow)] == ["AWAITING_HANDOVER"]


@pytest.mark.parametrize(
    ("times", "stage"),
    [
        ({"Delivered_Time": "25/10/2026 10:00:00"}, "Finished (probably, please check)"),  # its 14 days are over
        ({"Delivered_Time": "15/11/2026 10:00:00"}, "Delivered"),
        ({}, "Delivered"),
    ],
)
@pytest.mark.parametrize("how", [("--dry-run",), ()])
def test_a_completed_order_is_told_as_it_is_shown_afterwards(shipclock, engine, place, times, stage, how):
    started = {"Created_Time": "20/10/2026 09:30:33", "Paid_Time": "20/10/2026 09:31:00"}
    line = a_line(Order_Status="Completed", Order_Substatus="Completed", **started, **times)
    file = str(a_csv(place, line))
    assert f"{NO}  new  {stage}\n" in shipclock("import", file, "--shop", VN, *how).out
    shipclock("import", file, "--shop", VN)
    assert f"  {stage} " in shipclock("orders").out
    assert len(rows(engine, OrderRow)) == 1


def test_one_poisoned_line_is_told_and_the_others_are_entered(shipclock, engine, place):
    file = a_csv(place, a_line(), a_line(Order_ID="5.76461E+17"), a_line(Order_ID=OTHER, Quantity="many"))
    said = shipclock("import", str(file), "--shop", VN)
    assert said.code == 4
    assert "Line 3: a spreadsheet program has rounded the order number. Export again" in said.err
    assert f"Line 4, order {OTHER}: the quantity is not a number" in said.err
    assert [row["order_no"] for row in rows(engine, OrderRow)] == [NO]


def test_a_state_that_is_not_known_is_left_out_with_its_word_and_how_to_teach_it(shipclock, engine, place):
    file = str(a_csv(place, a_line(), a_line(Order_ID=OTHER, Order_Status="Returned zz", Order_Substatus="")))
    said = shipclock("import", file, "--shop", VN, "--json")
    (left_out,) = said.json["refused"]
    assert (said.code, left_out["line"], left_out["code"], left_out["word"]) == (4, 3, "unknown_state", "Returned zz")
    assert [row["order_no"] for row in rows(engine, OrderRow)] == [NO]
    assert left_out["words"] in shipclock("import", file, "--shop", VN).err
    (place / "home" / "columns").mkdir()
    (place / "home" / "columns" / "own.toml").write_text(
        'language = "en"\n[states]\nDELIVERED = ["Returned zz"]', encoding="utf-8"
    )
    assert shipclock("import", file, "--shop", VN, "--json").json["new_orders"] == [OTHER]


def test_what_is_odd_but_taken_is_told(shipclock, engine, place):
    assert rows(engine, OrderRow) == []
    file = str(a_csv(place, a_line(Order_Substatus="Being looked at")))
    (remark,) = shipclock("import", file, "--shop", VN, "--dry-run", "--json").json["remarks"]
    said = shipclock("import", file, "--shop", VN)
    assert (said.code, remark["code"], remark["words"] in said.err) == (0, "unknown_substate", True)


def test_what_a_file_says_against_itself_is_told_on_the_page_and_to_machines(shipclock, engine, place):
    gone = a_line(Order_Status="Canceled", Order_Substatus="Canceled", Seller_SKU="GONE")
    file = str(a_csv(place, a_line(), gone, a_line(), a_line(Order_ID=OTHER, RTS_Time="19/11/2026 12:00:00")))
    told = shipclock("import", file, "--shop", VN, "--dry-run", "--json").json
    said = shipclock("import", file, "--shop", VN)
    assert [(one["line"], one["code"]) for one in told["remarks"]] == [(3, "part_cancelled"), (4, "repeated")]
    assert [(one["line"], one["code"]) for one in told["refused"]] == [(5, "early_time")]
    for one in (*told["remarks"], *told["refused"]):
        assert one["words"] in said.err
    assert [row["order_no"] for row in rows(engine, OrderRow)] == [NO]


def test_thousands_of_poisoned_lines_are_counted_and_not_all_listed(shipclock, engine, place):
    assert rows(engine, OrderRow) == []
    said = shipclock("import", to_ship(place, *["5.76461E+17"] * 50), "--shop", VN)
    assert len([line for line in said.err.splitlines() if line.startswith("Line ")]) == 20
    assert said.err.endswith("... and 30 more.\n")


def test_one_order_that_cannot_be_stored_holds_up_no_other(shipclock, engine, place):
    """A fact stands in the database that no version of Shipclock can read."""
    shipclock("import", to_ship(place, OTHER), "--shop", VN)
    with open_session(engine) as session:
        for row in session.exec(select(FactRow)):
            row.kind = "teleported"
            session.add(row)
        session.commit()
    said = shipclock("import", to_ship(place, OTHER, NO), "--shop", VN)
    assert (said.code, "New: 1" in said.out) == (4, True)
    assert f"Line 2, order {OTHER}: it could not be stored." in said.err


def test_an_order_known_by_mail_gets_the_news_and_no_conflict(shipclock, engine, place):
    mail = Fact(
        kind=FactKind.ORDER_PLACED,
        occurred_at=datetime(2026, 11, 20, 2, 30, tzinfo=UTC),
        observed_at=datetime(2026, 11, 20, 3, tzinfo=UTC),
        authority=Authority.PLATFORM,
        source_key="mail:1",
        payload={"amount": "478000.00", "items": [{"sku": "TV-TRAY-L", "title": "Tray", "quantity": 2}]},
    )
    shop = read_settings(place / "shipclock.toml").shop_named(VN)
    assert shop is not None
    with open_session(engine) as session:
        record_facts(session, shop, [(NO, mail)], NOW)
        session.commit()
    said = shipclock("import", to_ship(place, NO), "--shop", VN, "--json")
    assert said.json["changed"][0]["stage_after"] == "NEW"
    assert [(row["conflicts"], row["holds"]) for row in rows(engine, OrderRow)] == [([], [])]


@pytest.mark.row("X03")
def test_another_quantity_in_a_newer_file_holds_the_order_and_is_told(shipclock, engine, place):
    shipclock("import", to_ship(place, NO), "--shop", VN)
    newer = str(a_csv(place, a_line(Quantity="3")))
    for how in ("--dry-run", "--json"):
        (changed,) = shipclock("import", newer, "--shop", VN, "--json", how).json["changed"]
        assert (changed["new_facts"], changed["differs"]) == (1, True)
    assert [(row["conflicts"], row["holds"]) for row in rows(engine, OrderRow)] == [(["X03"], ["conflict"])]
    again = shipclock("import", newer, "--shop", VN)
    assert ("As known: 1." in again.out, "another count" in again.err) == (True, False)


def test_another_quantity_is_told_with_the_orders_number(shipclock, engine, place):
    shipclock("import", to_ship(place, NO), "--shop", VN)
    said = shipclock("import", str(a_csv(place, a_line(Quantity="3"))), "--shop", VN)
    assert f"another amount or another count than was told before of: {NO}." in said.err
    assert len(rows(engine, OrderRow)) == 1


def test_orders_from_before_the_shops_beginning_are_left_out_and_counted(shipclock, engine, place):
    file = a_csv(place, a_line(), a_line(Order_ID=OTHER, Created_Time="20/11/2025 10:00:00", Paid_Time=None))
    said = shipclock("import", str(file), "--shop", VN)
    assert (said.code, "history" in said.err) == (0, True)
    assert [row["order_no"] for row in rows(engine, OrderRow)] == [NO]


@pytest.mark.row("T30", "T36")
@pytest.mark.parametrize(
    ("state", "request_type", "kind", "case"),
    [
        ("To ship", "Cancel", "cancel_requested", "cancel_request"),
        ("Delivered", "Return", "return_requested", "return"),
    ],
)
def test_what_a_buyer_wants_is_told_with_the_command_that_enters_it(
    shipclock, engine, place, state, request_type, kind, case
):
    line = a_line(Order_Status=state, Order_Substatus="", **{"Cancelation/Return_Type": request_type})
    file = str(a_csv(place, line))
    said = shipclock("import", file, "--shop", VN)
    command = f"shipclock do {NO} record --set kind={kind} --set at="
    (told,) = [one for one in said.err.splitlines() if command in one]
    typed = told.replace("YYYY-MM-DDTHH:MM", "2026-11-21T02:00").split()
    assert shipclock(*typed[1:]).code == 0
    assert [(row["kind"], row["open"]) for row in rows(engine, CaseRow)] == [(case, True)]
    again = shipclock("import", file, "--shop", VN, "--json").json
    assert (again["requests"], again["request_commands"]) == ([], {})


def test_the_command_names_the_shop_where_another_has_the_number(shipclock, engine, place):
    shipclock("import", to_ship(place, NO), "--shop", VN)
    file = str(a_csv(place, a_line(**{"Cancelation/Return_Type": "Cancel"})))
    assert f"--set at=YYYY-MM-DDTHH:MM --shop '{US}'" in shipclock("import", file, "--shop", US, "--this-shop").err
    assert len(rows(engine, OrderRow)) == 2


def test_a_cancelled_order_asks_for_nothing(shipclock, engine, place):
    line = a_line(Order_Status="Canceled", Order_Substatus="", **{"Cancelation/Return_Type": "Cancel"})
    assert shipclock("import", str(a_csv(place, line)), "--shop", VN, "--json").json["requests"] == []
    assert len(rows(engine, OrderRow)) == 1


def test_of_several_shops_one_must_be_named(shipclock, engine, sample):
    file = sample("us")
    said = shipclock("import", file)
    assert (said.code, rows(engine, OrderRow)) == (2, [])
    assert f"There are several shops. Write --shop with one of: '{US}', '{VN}'" in said.err
    assert "Known:" in shipclock("import", file, "--shop", "Nobody").err


def test_a_hold_of_the_platform_comes_and_goes_with_the_exports(shipclock, engine, place):
    held = a_csv(place, a_line(Order_Status="On hold", Order_Substatus="On hold"))
    said = shipclock("import", str(held), "--shop", VN)
    assert f"TikTok Shop holds: {NO}." in said.err
    assert [row["holds"] for row in rows(engine, OrderRow)] == [["platform_hold"]]
    set_virtual(engine, NOW + timedelta(hours=1))
    shipclock("import", to_ship(place, NO), "--shop", VN)
    assert [row["holds"] for row in rows(engine, OrderRow)] == [[]]


@pytest.mark.row("X13")
def test_numbers_that_another_shop_has_are_two_orders_and_worth_a_question(shipclock, engine, place):
    file = to_ship(place, NO, OTHER)
    assert "Is " not in shipclock("import", file, "--shop", VN).err
    said = shipclock("import", file, "--shop", US, "--this-shop")
    assert f"Known here as orders of {VN}: 2 of these. Is {US} the right shop?" in said.err
    assert len(rows(engine, OrderRow)) == 4


@pytest.mark.parametrize("how", [(), ("--dry-run",)])
def test_of_an_export_that_is_mostly_another_shops_nothing_is_taken_unless_one_insists(shipclock, engine, place, how):
    shipclock("import", to_ship(place, NO, OTHER), "--shop", VN)
    file = to_ship(place, NO, OTHER, "576461413038785754")
    said = shipclock("import", file, "--shop", US, *how)
    assert (said.code, said.out) == (4, "")
    assert said.err.startswith(f"Nothing was taken: most orders in orders.csv (2 of 3) are known here as those of {VN}")
    assert "write --this-shop" in said.err
    told = shipclock("import", file, "--shop", US, *how, "--json").json
    assert (told["code"], told["known_elsewhere"], told["new_orders"]) == ("other_shop", {VN: 2}, [])
    assert {row["shop_id"] for row in rows(engine, OrderRow)} == {VN}
    assert shipclock("import", file, "--shop", US, *how, "--this-shop").code == 0


def test_half_of_an_export_being_another_shops_is_a_question_only(shipclock, engine, place):
    shipclock("import", to_ship(place, NO), "--shop", VN)
    said = shipclock("import", to_ship(place, NO, OTHER), "--shop", US)
    assert (said.code, "the right shop?" in said.err, len(rows(engine, OrderRow))) == (0, True, 3)


@pytest.mark.parametrize("command", ["import", "reconcile"])
def test_a_file_that_is_none_is_told_in_one_sentence(shipclock, engine, place, command):
    (place / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    said = shipclock(command, str(place / "other.csv"), "--shop", VN)
    assert (said.code, said.out, rows(engine, OrderRow)) == (2, "", [])
    assert said.err.startswith("No column for the order's number was found")


def test_own_words_stand_in_the_home(shipclock, engine, place):
    folder = place / "home" / "columns"
    folder.mkdir(parents=True)
    (folder / "en.toml").write_text('language = "en"\n[columns]\norder_no = ["Order tag"]', encoding="utf-8")
    file = a_csv(place, a_line(Order_ID=None, Order_tag=NO))
    assert shipclock("import", str(file), "--shop", VN).code == 0
    assert [row["order_no"] for row in rows(engine, OrderRow)] == [NO]


def test_nothing_about_a_buyer_is_left_or_printed(shipclock, engine, place, sample):
    printed = ""
    for name, shop in (("us", US), ("vn", VN)):
        for command in ("import", "reconcile"):
            for how in ((), ("--json",)):
                said = shipclock(command, sample(name), "--shop", shop, *how)
                printed += said.out + said.err
    moved = f"{NO},To ship,20/11/2026 10:00:00,{','.join(BUYER)}\n"
    (place / "moved.csv").write_text(f"Order ID,Order Status,Created Time\n{moved}", encoding="utf-8")
    said = shipclock("import", str(place / "moved.csv"), "--shop", VN, "--debug")
    assert "a comma or a quote too many" in said.err
    assert search_bytes((printed + said.out + said.err).encode(), BUYER, "printed") == []
    engine.dispose()
    assert search_files(place / "home", BUYER) == []
    (place / "home" / "control.bin").write_bytes(packed(BUYER[0]))
    assert [found.marker for found in search_files(place / "home", BUYER)] == [BUYER[0]]


@pytest.mark.parametrize("command", ["import", "reconcile", "enter"])
def test_help_says_what_it_does_with_examples(shipclock, command):
    said = shipclock(command, "--help")
    assert said.code == 0
    assert f"Examples:\n    shipclock {command} " in said.out
