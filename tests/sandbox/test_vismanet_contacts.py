"""Contact persons in the imitated core API: they belong to a debtor, and their lists have no pages."""

from tests.sandbox.vismanet_caller import Caller, wrapped


def new_contact(vismanet: Caller, **fields: object) -> str:
    answer = vismanet.core("POST", "contact", wrapped(fields))
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"].rpartition("/")[2]


def test_a_contact_person_belongs_to_a_debtor(vismanet: Caller) -> None:
    number = vismanet.new_customer()
    contact = new_contact(vismanet, firstName="Anna", lastName="Bakker", businessAccount=number, email="Anna@bakker.nl")
    of_debtor = vismanet.core("GET", f"customer/{number}/contact").json()
    assert [(str(row["contactId"]), row["displayName"]) for row in of_debtor] == [(contact, "Bakker, Anna")]
    found = vismanet.core("GET", "contact", params={"email": "anna@bakker.nl", "businessAccount": number}).json()
    assert [row["lastName"] for row in found] == ["Bakker"]


def test_a_contact_person_needs_a_last_name_and_a_known_debtor(vismanet: Caller) -> None:
    answer = vismanet.core("POST", "contact", wrapped({"firstName": "Anna", "businessAccount": "99999"}))
    assert answer.status_code == 400
    assert "'Last Name' cannot be empty." in answer.json()["message"]
    assert "'Business Account' '99999' cannot be found" in answer.json()["message"]


def test_a_change_touches_only_what_is_sent(vismanet: Caller) -> None:
    contact = new_contact(vismanet, firstName="Piet", lastName="Smit", phone1="06 1")
    answer = vismanet.core("PUT", f"contact/{contact}", wrapped({"phone1": "06 2"}))
    shown = vismanet.core("GET", f"contact/{contact}").json()
    assert answer.status_code == 204
    assert (shown["phone1"], shown["lastName"]) == ("06 2", "Smit")


def test_a_change_meant_for_an_older_version_is_refused(vismanet: Caller) -> None:
    contact = new_contact(vismanet, lastName="Smit")
    old = {"If-Match": vismanet.core("GET", f"contact/{contact}").headers["ETag"]}
    assert vismanet.core("PUT", f"contact/{contact}", wrapped({"position": "inkoper"}), headers=old).status_code == 204
    assert vismanet.core("PUT", f"contact/{contact}", wrapped({"position": "baas"}), headers=old).status_code == 412


def test_an_unwrapped_value_is_not_recognised(vismanet: Caller) -> None:
    answer = vismanet.core("POST", "contact", {"lastName": "Smit"})
    assert "Data received not recognized as ContactUpdateDto" in answer.json()["message"]


def test_an_unknown_contact_is_not_found(vismanet: Caller) -> None:
    assert vismanet.core("GET", "contact/999999").status_code == 404
