"""What stands before everything else (a Connection, a sign-in, a key) is named, and hides nothing that can be seen."""

import pytest

from tests.flows.running import KEY
from tests.preflight.installation import OFF, Installation, Mistake, settings
from visma_sync.ledger.ledger import open_ledger


def _with_another_key(link: Installation) -> None:
    open_ledger(f"sqlite:///{link.ledger_file}", "b3RoZXIta2V5LWZvci10ZXN0cy1vbmx5LTAxMjM0NTY=")


def _bound_elsewhere(link: Installation) -> None:
    open_ledger(f"sqlite:///{link.ledger_file}", KEY).save_company("default source", "another", "Zuiderzon B.V.")


def _named_elsewhere(link: Installation) -> None:
    open_ledger(f"sqlite:///{link.ledger_file}", KEY).save_company("default target", "another", "Zuiderzon B.V.")


# Mistakes that hide what lies behind them; each has a look of its own.
ALONE = [
    Mistake(
        "no Connection",
        lambda link: setattr(link, "without", "vismanet_default"),
        "Visma.net",
        "no Connection",
        "Make it",
    ),
    Mistake("no tenant", lambda link: link.target.update(tenant_id=""), "Visma.net", "lacks tenant", "Fill in"),
    Mistake("wrong secret", lambda link: link.target.update(password="x"), "Visma.net", "refused", "secret"),
    Mistake("wrong tenant", lambda link: link.target.update(tenant_id=KEY), "Visma.net", "refused", "tenant id"),
    Mistake("wrong company", lambda link: link.target.update(company_id="7"), "Visma.net", "no branch", "company"),
    Mistake("address silent", lambda link: link.target.update(api_url="http://127.0.0.1:9"), "Visma.net", "", ""),
    Mistake(
        "sign-in used up",
        lambda link: link.source.update(refresh_token="used-up"),
        "eAccounting",
        "refresh token",
        "make authorize",
    ),
    Mistake("module off", lambda link: link.switch("module_inactive"), "eAccounting", "4002", "Apps and extensions"),
    Mistake("start-up guide", lambda link: link.switch("guide_unfinished"), "eAccounting", "4003", "start-up guide"),
    Mistake("company inactive", lambda link: link.switch("company_inactive"), "eAccounting", "4004", "Activate"),
    Mistake("small edition", lambda link: link.switch("edition_too_small"), "eAccounting", "4009", "edition"),
    Mistake("no user access", lambda link: link.switch("user_without_access"), "eAccounting", "4011", "access"),
    Mistake("licence", lambda link: link.switch("licence_not_accepted"), "eAccounting", "4012", "accept the terms"),
    Mistake(
        "consent without accounting",
        lambda link: link.source.update(refresh_token=link.sign_in("ea:api offline_access ea:sales")),
        "eAccounting",
        "4006",
        "make authorize",
    ),
    Mistake("unknown setting", settings(confirmed="yes"), "visma_sync_settings", "confirmed", "default.yaml"),
    Mistake("no key", lambda link: setattr(link, "key", ""), "VISMA_SYNC_LEDGER_KEY", "is empty", "Fernet key"),
    Mistake("wrong key", _with_another_key, "VISMA_SYNC_LEDGER_KEY", "do not open", "back into"),
    Mistake("other company", _bound_elsewhere, "eAccounting", "Zuiderzon", "of its own"),
    Mistake("another company named", _named_elsewhere, "Visma.net", "Zuiderzon", "of its own"),
    Mistake("no VAT treatments", settings(vat={"treatments": []}), "vat.treatments", "every sale parks", "the table"),
    Mistake(
        "stock of a warehouse both ways",
        settings(flows_off=[flow for flow in OFF if not flow.startswith("stock")]),
        "visma_sync_settings",
        "both ways",
        "Correct",
    ),
]


@pytest.mark.parametrize("mistake", ALONE, ids=str)
def test_a_mistake_that_hides_others_is_named_and_the_rest_is_looked_at(link: Installation, mistake: Mistake) -> None:
    mistake.make(link)
    verdict = link.look()
    assert not verdict.ready
    assert any(map(mistake.is_named_by, verdict.of("miss"))), verdict.lines
    assert all("not checked because" in finding.sentence for finding in verdict.of("not_checked"))


def test_where_one_system_is_closed_the_other_is_still_looked_at(link: Installation) -> None:
    link.switch("module_inactive")
    link.remove("vismanet", "carrier/PARCEL")
    verdict = link.look()
    assert any("'PARCEL'" in finding.sentence for finding in verdict.of("miss"))
    unchecked = {finding.about: finding.sentence for finding in verdict.of("not_checked")}
    assert {"the fiscal year", "VAT rates of the source", "the home country"} <= unchecked.keys()
    assert "the API module is not active" in unchecked["the fiscal year"]
