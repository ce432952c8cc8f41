"""`[dashboard]` of the settings: what does not go together is told with the way out of it."""

from __future__ import annotations

import pytest

from models.settings_dashboard import DashboardSettings, dashboard_faults

COMPANY = {"sign_in": "company", "client_id": "1", "public_url": "https://ship.example.com"}
PROVIDER = "https://accounts.google.com/.well-known/openid-configuration"


def faults(**given: object) -> list[str]:
    return [told for _, told in dashboard_faults(DashboardSettings.model_validate(given))]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"address": "localhost"},
        {"address": "::1"},
        {"sign_in": "pin", "address": "192.168.1.20"},
        {"sign_in": "pin", "certificate": "a.pem", "certificate_key": "a.key"},
        {**COMPANY, "provider": PROVIDER},
    ],
)
def test_what_goes_together_is_no_fault(given):
    assert faults(**given) == []


@pytest.mark.parametrize("address", ["192.168.1.20", "shop-pc.local", "::"])
def test_nobody_else_is_let_in_where_nobody_signs_in(address):
    assert ["shipclock share" in told for told in faults(address=address)] == [True]


@pytest.mark.parametrize("half", ["certificate", "certificate_key"])
def test_a_certificate_and_its_key_come_together(half):
    assert ["together" in told for told in faults(**{half: "a.pem"})] == [True]


@pytest.mark.parametrize("left_out", ["provider", "client_id", "public_url"])
def test_a_companys_sign_in_names_each_key_that_it_still_needs(left_out):
    given = {**COMPANY, "provider": PROVIDER}
    del given[left_out]
    assert [f"`{left_out}`" in told for told in faults(**given)] == [True]


@pytest.mark.parametrize("anybody", ["common", "organizations", "consumers"])
def test_a_provider_that_lets_all_the_world_name_itself_is_refused(anybody):
    provider = f"https://login.microsoftonline.com/{anybody}/v2.0/.well-known/openid-configuration"
    assert ["tenant" in told for told in faults(**COMPANY, provider=provider)] == [True]
